"""Set pictures aside that no training will see, to judge looks on.

    python benchmarks/hold_out.py PICTURES TRAIN HELD [--count 24]

Which ones depends on the hashes of their names alone, so that the same folder is always
divided alike. Files are linked where the file system can, else copied; lists of sources
(``SOURCES.tsv``) go along with both parts. PICTURES is only read.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
from pathlib import Path

from ganfx.errors import GanfxError, UsageError
from ganfx.training.loading import find_pictures


def main() -> None:
    """Divide the folder and say how."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("train", type=Path)
    parser.add_argument("held", type=Path)
    parser.add_argument("--count", type=int, default=24, help="pictures to set aside")
    options = parser.parse_args()
    try:
        paths = find_pictures(options.pictures, "PICTURES")
        kept, held = divide(paths, options.pictures, options.count)
        for part, folder in ((kept, options.train), (held, options.held)):
            _fill(folder, part, options.pictures)
    except GanfxError as error:
        raise SystemExit(f"error: {error}") from error
    print(f"{len(kept)} pictures in {options.train}, {len(held)} set aside in {options.held}")


def divide(paths: list[Path], root: Path, count: int) -> tuple[list[Path], list[Path]]:
    """What to train on, and ``count`` pictures to set aside."""
    if not 0 < count < len(paths):
        raise UsageError(f"--count {count}: there are {len(paths)} pictures")

    def rank(path: Path) -> str:
        return hashlib.sha256(path.relative_to(root).as_posix().encode()).hexdigest()

    ranked = sorted(paths, key=rank)
    return sorted(ranked[count:]), sorted(ranked[:count])


def _fill(folder: Path, paths: list[Path], root: Path) -> None:
    if folder.exists():
        raise UsageError(f"{folder} is there already")
    for path in [*paths, *root.rglob("SOURCES.tsv")]:
        place = folder / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, place)
        except OSError:  # another file system, or one that cannot link
            shutil.copy2(path, place)


if __name__ == "__main__":
    main()
