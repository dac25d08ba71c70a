"""Frame numbers in file names: where the number is, and how names of a sequence are written.

A name is cut into what stands before the number, the number, and what stands after it:
"a.", "0001", "_L.png". Versions ("v002") and UV tiles ("u1_v1") are no frame numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_DIGITS = re.compile(r"\d+")
_UV_TILE = re.compile(r"(?:^|[._-])u\d+_v\d+(?![0-9A-Za-z])", re.IGNORECASE)
_VERSION = re.compile(r"(?:^|[^0-9A-Za-z])[vV]$")
_SIGNED = re.compile(r"(?:^|[._ (\[])-$")


class NumberedName(NamedTuple):
    """A file name, cut at a number that may be its frame number."""

    prefix: str
    number: str
    """As written: "0012", "-001"."""
    suffix: str
    """With the format's own suffix: ".png", "_L.png"."""

    @property
    def is_plain(self) -> bool:
        """Whether the number follows a dot or an underscore, and ends the name."""
        return self.prefix.endswith((".", "_")) and self.suffix.rfind(".") == 0


@dataclass(frozen=True)
class FrameNaming:
    """How the names of a sequence are written."""

    prefix: str
    suffix: str
    width: int
    """Padding: digits of a frame number, sign included; 1 where they are not padded."""

    def name(self, frame: int) -> str:
        """File name of a frame."""
        return f"{self.prefix}{frame:0{self.width}d}{self.suffix}"

    @property
    def padding(self) -> str:
        """In fileseq's notation: "#" for four digits, else a "@" for each."""
        return "#" if self.width == 4 else "@" * self.width

    @property
    def pattern(self) -> str:
        """Of all frames, in fileseq's notation: "plate.#.exr"."""
        return f"{self.prefix}{self.padding}{self.suffix}"

    def ranged(self, first: int, last: int) -> str:
        """Of some frames, in fileseq's notation: "plate.1001-1100#.exr"."""
        numbers = f"{first:0{self.width}d}-{last:0{self.width}d}"
        return f"{self.prefix}{numbers}{self.padding}{self.suffix}"


@dataclass(frozen=True)
class NumberedFiles:
    """Files of one folder whose names differ in one number."""

    naming: FrameNaming
    files: Mapping[int, Path]
    """By that number, ascending."""
    plain: bool = True
    """As of `NumberedName`."""


def numbers_in(name: str) -> Iterator[NumberedName]:
    """A file name, cut at each number that may be its frame number; the last one first."""
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    tiles = [match.span() for match in _UV_TILE.finditer(stem)]
    for match in reversed(list(_DIGITS.finditer(stem))):
        first, last = match.span()
        if any(a <= first < b for a, b in tiles) or _VERSION.search(stem[:first]):
            continue
        first -= bool(_SIGNED.search(stem[:first]))
        yield NumberedName(stem[:first], stem[first:last], f"{stem[last:]}{dot}{suffix}")


def numbered_files(names: Iterable[tuple[Path, NumberedName]]) -> list[NumberedFiles]:
    """Group files by what stands around their numbers, and by padding.

    Formats in capitals and in small letters are one, unless two files have the same number.
    """
    by_name: dict[tuple[str, str], list[tuple[Path, NumberedName]]] = {}
    for file, name in names:
        by_name.setdefault((name.prefix, name.suffix), []).append((file, name))
    groups = [group for alike in _any_case(by_name) for group in _by_width(alike)]
    return [_numbered(group) for group in _with_negatives(groups)]


def largest_groups(files: Iterable[Path]) -> Iterator[NumberedFiles]:
    """All numbered files, each in the largest group of names that differ in one number."""
    groups = numbered_files((file, name) for file in files for name in numbers_in(file.name))
    groups.sort(key=lambda each: (-len(each.files), not each.plain, -len(each.naming.prefix)))
    taken: set[Path] = set()
    for group in groups:
        left = {number: file for number, file in group.files.items() if file not in taken}
        taken.update(left.values())
        if left:
            yield NumberedFiles(group.naming, left, group.plain)


_Names = list[tuple[Path, NumberedName]]


def _any_case(by_name: Mapping[tuple[str, str], _Names]) -> Iterator[_Names]:
    """Names that differ in the case of their format's suffix, as one."""
    alike: dict[tuple[str, str], list[_Names]] = {}
    for (prefix, suffix), names in by_name.items():
        tag, dot, kind = suffix.rpartition(".")
        alike.setdefault((prefix, f"{tag}{dot}{kind.lower()}"), []).append(names)
    for each in alike.values():
        together = [name for names in each for name in names]
        if len({name.number for _, name in together}) == len(together):
            yield together
        else:
            yield from each


def _by_width(names: _Names) -> Iterator[_Names]:
    """Names by padding: "plate.1.png" is no frame of "plate.0001.png" and its like."""
    lengths = {len(name.number) for _, name in names if is_padded(name.number)}
    positive = {len(n.number) for _, n in names if is_padded(n.number) and n.number[0] != "-"}
    groups: dict[int, _Names] = {}
    for file, name in names:
        length = len(name.number)
        if name.number[0] == "-" and length - 1 in positive and length not in positive:
            length -= 1  # some write -0001 before 0000, others -001
        width = max((each for each in lengths if each <= length), default=0)
        groups.setdefault(width, []).append((file, name))
    yield from groups.values()


def _with_negatives(groups: list[_Names]) -> list[_Names]:
    """Groups, with "frame-0001" as the frame before "frame0000" and not one of "frame-"."""
    keys = [(names[0][1].prefix, names[0][1].suffix.lower()) for names in groups]
    found = dict(zip(keys, groups, strict=True))
    merged: dict[tuple[str, str], _Names] = {}
    for (prefix, suffix), names in found.items():
        following = found.get((prefix.removesuffix("-"), suffix))
        if not prefix.endswith("-") or following is None or following is names:
            continue
        if {1} <= _numbers(names) and {0} <= _numbers(following):
            negative = [
                (file, NumberedName(prefix[:-1], f"-{name.number}", name.suffix))
                for file, name in names
            ]
            merged[prefix[:-1], suffix] = [*negative, *following]
            merged[prefix, suffix] = []
    replaced = [
        merged.get(key, names) if found[key] is names else names
        for key, names in zip(keys, groups, strict=True)
    ]
    return [names for names in replaced if names]


def _numbers(names: _Names) -> set[int]:
    return {int(name.number) for _, name in names}


def _numbered(names: _Names) -> NumberedFiles:
    ordered = sorted(names, key=lambda each: int(each[1].number))
    files: dict[int, Path] = {}
    for file, name in ordered:
        files.setdefault(int(name.number), file)
    first = ordered[0][1]
    naming = FrameNaming(first.prefix, first.suffix, _width([name.number for _, name in ordered]))
    return NumberedFiles(naming, files, first.is_plain)


def _width(numbers: list[str]) -> int:
    lengths = {len(number) for number in numbers}
    padded = len(lengths) == 1 or any(is_padded(number) for number in numbers)
    return min(lengths) if padded else 1


def is_padded(number: str) -> bool:
    """Whether a number is written with zeros before it."""
    digits = number.lstrip("-")
    return len(digits) > 1 and digits.startswith("0")
