"""Make training pictures of a folder, from a tool of your own.

    python examples/prepare_training_pictures.py scans/ art/

The same as ``ganfx preprocess scans/ art/ --min-side 512 --resume``: what happens comes as typed
events, nothing is printed but what you print, and the exit code is 3 if a source failed.
"""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ganfx.errors import EXIT_PARTIAL, GanfxError
from ganfx.preprocess import find_preset, preprocess
from ganfx.preprocess.events import PreprocessDone, SourceFailed


def main() -> int:
    """Prepare a folder; returns an exit code."""
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    options = replace(find_preset("art"), min_side=512)
    failed = 0
    try:
        with closing(preprocess(source, out, options, preset="art", resume=True)) as events:
            for event in events:
                match event:
                    case SourceFailed(name, reason):
                        failed += 1
                        print(f"bad source {name}: {reason}", file=sys.stderr)
                    case PreprocessDone():
                        print(f"{event.kept} kept, dropped: {dict(event.dropped)}")
    except GanfxError as error:
        print(error.message, file=sys.stderr)
        return error.exit_code
    return EXIT_PARTIAL if failed else 0


if __name__ == "__main__":
    sys.exit(main())
