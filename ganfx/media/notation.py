"""Sequences named in fileseq's notation: "plate.1001-1100#.exr", "plate.%04d.exr".

fileseq reads ranges and padding. Where the range ends and the name begins, the files say:
"render-0001-0006#.png" is frames 1 to 6 of "render-", or -1 to 6 of "render".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fileseq.exceptions import FileSeqException, MaxSizeException
from fileseq.filesequence import FileSequence
from fileseq.frameset import FrameSet

from ganfx.errors import UsageError
from ganfx.media.frame_names import NumberedFiles, NumberedName, numbered_files

_PADDING = re.compile(r"#+|@+|%\d*d|\$F\d*")
_TILES = {
    "<UDIM>": r"1\d\d\d",
    "%(UDIM)d": r"1\d\d\d",
    "<UVTILE>": r"u\d+_v\d+",
    "u<U>_v<V>": r"u\d+_v\d+",
}
"""Notations of textures' tiles, and what they stand for."""
_AT_LEAST = 1e-9
"""Fit of a name without a range: better than a range of which nothing is there."""
_FRAME_ITEMS = re.compile(r"-?\d+(--?\d+([xy:]-?\d+)?)?(,-?\d+(--?\d+([xy:]-?\d+)?)?)*")


@dataclass(frozen=True)
class Named:
    """A notation of frames, parsed."""

    files: NumberedFiles
    wanted: frozenset[int] | None = None
    """Frames of its range; None is all."""


def parse_frames(text: str) -> frozenset[int]:
    """Parse a frame range in fileseq notation: "1001-1100", "1-10x2", "1,3,5", "-5-5".

    Raises:
        UsageError: If it is not a frame range, or too long.
    """
    try:
        if not _FRAME_ITEMS.fullmatch(text):
            raise ValueError(text)
        return frozenset(int(frame) for frame in FrameSet(text))
    except MaxSizeException:
        raise UsageError(f"the frame range {text} is too long to be meant") from None
    except ValueError as error:  # fileseq's own errors are ValueErrors too
        raise UsageError(
            f"cannot understand the frame range {text!r}",
            hint="write it as 1001-1100, 1001-1100x2 (every second) or 1001,1005,1010-1020",
        ) from error


def named_tiles(name: str, files: Sequence[Path]) -> list[Path] | None:
    """Tiles of a texture by ``name.<UDIM>.exr`` or ``name_<UVTILE>.exr``; None is neither."""
    for notation, tile in _TILES.items():
        before, found, after = name.partition(notation)
        if found:
            pattern = re.compile(f"{re.escape(before)}{tile}{re.escape(after)}", re.IGNORECASE)
            return [file for file in files if pattern.fullmatch(file.name)]
    return None


def named_frames(source: Path, files: Sequence[Path]) -> Named | None:
    """The frames that a notation names, of the files of its folder; None if there are none.

    The padding need not match, if there is only one on disk.

    Raises:
        UsageError: The notation has two paddings, as for subframes, or a range too long.
    """
    pads = list(_PADDING.finditer(source.name))
    if not pads:
        return None
    if len(pads) > 1:
        raise UsageError(
            f"{source} has two numbers for its frames",
            hint="leave one of them as it is written: beauty.####.25.exr",
        )
    before, pad = source.name[: pads[0].start()], pads[0][0]
    after = source.name[pads[0].end() :]
    found: list[tuple[float, Named]] = []
    for prefix, text in _readings(before):
        numbered = _numbered(prefix, after, pad, files)
        if numbered is not None:
            found.append(_fit(numbered, text))
    # The first of equals: the longest range.
    return max(found, key=lambda each: each[0])[1] if found else None


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Names and ranges that a text before the padding may be: the longest range first."""
    for start in range(len(text)):
        inside = start and text[start].isdigit() and text[start - 1].isdigit()
        if not inside and _FRAME_ITEMS.fullmatch(text[start:]):
            yield text[:start], text[start:]
    yield text, ""


def _fit(numbered: NumberedFiles, text: str) -> tuple[float, Named]:
    """How much of a range is there, and the frames it means."""
    if not text:
        return _AT_LEAST, Named(numbered)
    wanted = parse_frames(text)
    there = len(wanted & numbered.files.keys())
    return there / len(wanted), Named(numbered, wanted)


def _numbered(prefix: str, suffix: str, pad: str, files: Sequence[Path]) -> NumberedFiles | None:
    """The files with these around a number; those of the padding, where there are several."""
    tag, dot, kind = suffix.rpartition(".")
    after = f"{re.escape(tag + dot)}(?i:{re.escape(kind)})"
    pattern = re.compile(f"{re.escape(prefix)}(?P<number>-?\\d+)(?P<suffix>{after})")
    matches = [(file, match) for file in files if (match := pattern.fullmatch(file.name))]
    names = [(file, NumberedName(prefix, m["number"], m["suffix"])) for file, m in matches]
    groups = numbered_files(names)
    if len(groups) > 1:
        widths = (_digits(pad), len(pad))  # of "####": 16 and 4, by convention
        groups = [group for group in groups if group.naming.width in widths][:1]
    return groups[0] if groups else None


def _digits(pad: str) -> int:
    try:
        return int(FileSequence.getPaddingNum(pad))
    except (FileSeqException, ValueError):  # "%d"
        return 1
