"""Stylise a shot from Python, and act on what happens to each frame.

    python examples/stylize_in_a_pipeline.py SHOT_FOLDER OUT_FOLDER [STYLE]

`ganfx stylize` is this loop with a progress bar; a studio's publisher would register
every finished frame where this prints it.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from ganfx.errors import EXIT_PARTIAL, GanfxError
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone, FrameFailed, StylizeDone


def main() -> int:
    """Stylise; the exit code tells whether every frame came out."""
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    style = sys.argv[3] if len(sys.argv) > 3 else "noir"
    failed = 0
    try:
        with closing(stylize([source], style, Options(out=out))) as events:
            for event in events:
                match event:
                    case FrameDone():
                        print(f"publish {event.output}")
                    case FrameFailed():
                        print(f"retry {event.source}: {event.reason}")
                    case StylizeDone():
                        failed = event.failed
    except GanfxError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    return EXIT_PARTIAL if failed else 0


if __name__ == "__main__":
    sys.exit(main())
