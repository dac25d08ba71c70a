"""Render a sample shot, put the noir look on it, and compare.

    python examples/demo.py [FOLDER]

Does what these commands do, and then makes a contact sheet:

    ganfx samples demo/samples --frames 12 --art 0 --seed 2
    ganfx stylize demo/samples/shot --style noir --out demo/noir
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ganfx.media.frames import read_picture, write_picture
from ganfx.quality.sheets import contact_sheet

FRAMES = 12
SHOWN = 4  # frames on the sheet


def run(*arguments: object) -> None:
    """Run a ganfx command as a user would, showing it first."""
    words = [str(argument) for argument in arguments]
    print("$ ganfx", *words, flush=True)
    subprocess.run([sys.executable, "-m", "ganfx", *words], check=True)


def main() -> None:
    """Make the demo in the folder given, ``demo`` by default."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
    samples, look = folder / "samples", folder / "noir"
    run("samples", samples, "--frames", FRAMES, "--art", 0, "--seed", 2)
    plates = sorted((samples / "shot").glob("plate.*.png"))
    run("stylize", samples / "shot", "--style", "noir", "--out", look)
    shown = plates[:: max(1, len(plates) // SHOWN)][:SHOWN]
    before = [read_picture(path) for path in shown]
    after = [read_picture(look / path.name) for path in shown]
    write_picture(folder / "sheet.png", contact_sheet([before, after]))
    print(f"\nthe shot            {samples / 'shot'}")
    print(f"in the noir look    {look}")
    print(f"before and after    {folder / 'sheet.png'}")


if __name__ == "__main__":
    main()
