"""Which numbered pictures of a folder are sequences, and which are nearly so.

The rule is that of `ganfx.media.sequences`. Each picture is in one group only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from ganfx.errors import MediaError
from ganfx.media.canvas import canvas_of
from ganfx.media.frame_names import NumberedFiles, numbered_files, numbers_in
from ganfx.media.headers import Header, read_header
from ganfx.media.texture_names import role_of
from ganfx.media.udim import Tiling, tiling
from ganfx.media.windows import Window

_FEWEST_FRAMES = 3  # two pictures called _1 and _2 are rarely footage
_LARGEST_GAP = 0.1  # of the range
_UDIM_DIGITS = 4
_SHORT = 2  # digits of a name that is nothing but a number
_MOST_GAPS = 4  # missing frames per existing one: with more, numbers are no frame numbers


@dataclass(frozen=True)
class Judged:
    """Numbered pictures, and what they are."""

    group: NumberedFiles
    kind: Literal["sequence", "holes", "doubts", "tiles"]
    why: str = ""
    tiling: Tiling = ""
    canvas: Window | None = None


def grouped(pictures: list[Path]) -> list[Judged]:
    """Sequences among pictures, each file in one, and groups that are nearly sequences.

    Numbers after a dot or an underscore that end a name come first, then later ones in it.
    """
    headers: dict[Path, Header | None] = {}
    names = [(file, name) for file in pictures for name in numbers_in(file.name)]
    groups = numbered_files(names)
    groups.sort(key=lambda each: (not each.plain, -len(each.naming.prefix)))
    found: list[Judged] = []
    taken: set[Path] = set()
    near: list[Judged] = []
    for group in groups:
        left = {n: file for n, file in group.files.items() if file not in taken}
        judged = _judged(replace(group, files=left), headers) if left else None
        if judged is not None and judged.kind in ("sequence", "tiles"):
            found.append(judged)
            taken.update(left.values())
        elif judged is not None:
            near.append(judged)
    for judged in near:
        if taken.isdisjoint(judged.group.files.values()):
            found.append(judged)
            taken.update(judged.group.files.values())
    return found


def _judged(group: NumberedFiles, headers: dict[Path, Header | None]) -> Judged | None:
    """Kind of numbered pictures; None if nothing speaks for a sequence."""
    numbers = list(group.files)
    length = numbers[-1] - numbers[0] + 1
    gaps = length - len(numbers)
    if len(numbers) < _FEWEST_FRAMES or gaps > _MOST_GAPS * len(numbers):
        return None
    kinds, few = kinds_of(group.files, headers), gaps < _LARGEST_GAP * length
    if not group.plain and _is_texture(group, kinds):
        return None
    tiles = _tiling(group, kinds)
    if tiles == "tiles":
        pattern = f"{group.naming.prefix}####{group.naming.suffix}"
        why = f"UDIM tiles of one picture; if they are frames of a shot, name them {pattern}"
        return Judged(group, "tiles", why)
    if len(kinds) > 1:
        why = "has pictures of different size or format"
        return Judged(group, "doubts", why) if few else None
    if few and _is_unnamed(group):
        why = f"is called by short numbers alone (as a sequence: {group.naming.pattern})"
        return Judged(group, "doubts", why)
    if few:
        return Judged(group, "sequence", tiling=tiles, canvas=shown_canvas(group.files, headers))
    return Judged(group, "holes", f"lacks {gaps} of {length} frames")


def _tiling(group: NumberedFiles, kinds: Iterable[tuple[int, int, str]]) -> Tiling:
    if group.naming.width != _UDIM_DIGITS:
        return ""
    stem = next(iter(group.files.values())).stem
    return tiling(group.files, stem, [(width, height) for width, height, _ in kinds])


def _is_unnamed(group: NumberedFiles) -> bool:
    """Whether nothing but one or two digits tells files apart: as often photos as frames."""
    longest = max(len(file.stem) for file in group.files.values())
    return group.naming.prefix == "" and longest <= _SHORT


def _is_texture(group: NumberedFiles, kinds: Iterable[tuple[int, int, str]]) -> bool:
    """Whether a number is part of a texture's name: "wood_02_albedo.png"."""
    squares = all(width == height for width, height, _ in kinds)
    return squares and role_of(next(iter(group.files.values())).stem).kind != ""


def kinds_of(
    group: Mapping[int, Path], headers: dict[Path, Header | None]
) -> dict[tuple[int, int, str], int]:
    """Width and height as shown, and format of the frames, each with the first that has them.

    An unreadable frame is skipped: it is a bad frame of its sequence.
    """
    kinds: dict[tuple[int, int, str], int] = {}
    for frame, file in group.items():
        if file not in headers:
            headers[file] = _header(file)
        header = headers[file]
        if header is not None:
            window = header.window
            kinds.setdefault((window.full_width, window.full_height, header.format), frame)
    return kinds


def _header(file: Path) -> Header | None:
    try:
        return read_header(file)
    except MediaError:
        return None


def shown_canvas(group: Mapping[int, Path], headers: Mapping[Path, Header | None]) -> Window | None:
    """Common canvas of frames; None where all store the same, or nothing is cut away."""
    found = (headers[file] for file in group.values())
    windows = {header.window for header in found if header is not None}
    whole = canvas_of(windows) if windows else None
    return None if len({window[:4] for window in windows}) == 1 or not whole else whole
