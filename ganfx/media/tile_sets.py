"""Sets of files that are one picture: UDIM tiles of a texture, and the six faces of a cube.

A file's set is what lies beside it on disk, whatever is asked for, so that every task of a farm
sees the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ganfx.errors import MediaError
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frame_names import NumberedName, numbers_in
from ganfx.media.grouping import grouped
from ganfx.media.headers import read_header
from ganfx.media.texture_names import role_of
from ganfx.media.udim import FIRST, LAST, ROW, tiling

Place = tuple[int, int]
"""u and v of a tile: right, and up."""
NEAR = 2
"""Tiles on either side that a tile depends on: those around it, and those around missing ones."""

_UV = re.compile(r"(?<![0-9A-Za-z])u(\d+)_v(\d+)(?![0-9A-Za-z])", re.IGNORECASE)
_FACES = (
    ("px", "nx", "py", "ny", "pz", "nz"),
    ("posx", "negx", "posy", "negy", "posz", "negz"),
    ("right", "left", "top", "bottom", "front", "back"),
    ("right", "left", "up", "down", "front", "back"),
)
"""How files of the six faces end: +X, -X, +Y, -Y, +Z, -Z."""


@dataclass(frozen=True)
class TileSet:
    """The tiles of a texture, of which some may be missing."""

    name: str
    """``wood.<UDIM>.exr``."""
    tiles: Mapping[Place, Path]

    def place_of(self, path: Path) -> Place:
        """Where a tile of the set lies."""
        return next(place for place, tile in self.tiles.items() if tile.name == path.name)

    def near(self, path: Path) -> dict[Place, Path]:
        """The tiles within `NEAR` of one, without it."""
        u, v = self.place_of(path)
        return {
            (a, b): tile
            for (a, b), tile in sorted(self.tiles.items())
            if (a, b) != (u, v) and max(abs(a - u), abs(b - v)) <= NEAR
        }


def tile_set_of(path: Path, *, named: bool = False) -> TileSet | None:
    """The set that a picture is a tile of; None if it is none, or the only one.

    Args:
        path: The picture.
        named: Whether a notation says that it is one.
    """
    by_uv = _uv_tiles(path)
    if by_uv is not None:
        return by_uv
    for name in numbers_in(path.name):
        if len(name.number) == len(str(FIRST)) and FIRST <= int(name.number) <= LAST:
            found = _numbered_tiles(path, name, named=named)
            if found is not None:
                return found
    return None


def refuse_sizes(files: Iterable[Path], what: str, hint: str) -> None:
    """Refuse files of one picture that have several sizes; what cannot be read is told later.

    Raises:
        MediaError: Naming two of them.
    """
    sizes: dict[tuple[int, int], Path] = {}
    for file in files:
        try:
            window = read_header(file).window
        except MediaError:
            continue
        sizes.setdefault((window.full_width, window.full_height), file)
    if len(sizes) > 1:
        (a, first), (b, second) = list(sizes.items())[:2]
        raise MediaError(
            f"{what}: {first.name} is {a[0]}x{a[1]}, and {second.name} is {b[0]}x{b[1]}", hint=hint
        )


def cube_files_of(path: Path) -> tuple[Path, ...] | None:
    """The six files of a cube map that a picture is a face of: +X -X +Y -Y +Z -Z; or None."""
    for words in _FACES:
        found = re.fullmatch(rf"(.*?)({'|'.join(words)})", path.stem, re.IGNORECASE)
        if found is None or (found[1] and found[1][-1].isalnum()):
            continue
        names = _spelled(words, found[2])
        files = tuple(path.with_name(f"{found[1]}{word}{path.suffix}") for word in names)
        if all(file.is_file() for file in files):
            return files
    return None


def _spelled(words: tuple[str, ...], like: str) -> list[str]:
    """Words in capitals, or with one, as one of them is written."""
    if like.isupper():
        return [word.upper() for word in words]
    return [word.capitalize() if like[0].isupper() else word for word in words]


def _uv_tiles(path: Path) -> TileSet | None:
    found = _UV.search(path.stem)
    if found is None:
        return None
    before, after = path.name[: found.start()], path.name[found.end() :]
    pattern = re.compile(rf"{re.escape(before)}u(\d+)_v(\d+){re.escape(after)}", re.IGNORECASE)
    tiles: dict[Place, Path] = {}
    for file in _beside(path):
        tile = pattern.fullmatch(file.name)
        if tile:
            tiles[int(tile[1]), int(tile[2])] = file
    return TileSet(f"{before}<UVTILE>{after}", tiles) if len(tiles) > 1 else None


def _numbered_tiles(path: Path, name: NumberedName, *, named: bool) -> TileSet | None:
    try:
        changed = path.parent.stat().st_mtime_ns
    except OSError:  # of a file that will be reported when it is read
        return None
    found = _tiles_called(path.parent, changed, name.prefix, name.suffix.lower(), named)
    return found if found is not None and path in found.tiles.values() else None


@lru_cache(maxsize=256)
def _tiles_called(
    folder: Path, changed: int, prefix: str, suffix: str, named: bool
) -> TileSet | None:
    """The tiles of a folder with these around their numbers; None if they are none, or one."""
    pattern = re.compile(rf"{re.escape(prefix)}(1\d\d\d){re.escape(suffix)}", re.IGNORECASE)
    matches = ((file, pattern.fullmatch(file.name)) for file in _pictures(folder, changed))
    found = {int(match[1]): file for file, match in matches if match and int(match[1]) >= FIRST}
    numbers = dict(sorted(found.items()))
    if len(numbers) < 2 or not (named or _are_tiles(numbers, prefix)):
        return None
    tiles = {((n - FIRST) % ROW, (n - FIRST) // ROW): file for n, file in numbers.items()}
    return TileSet(f"{prefix}<UDIM>{suffix}", tiles)


def _are_tiles(numbers: Mapping[int, Path], prefix: str) -> bool:
    files = list(numbers.values())
    if len(files) > 2:
        judged = (each for each in grouped(files) if each.group.naming.prefix == prefix)
        return any(each.kind == "tiles" for each in judged)
    try:
        windows = [read_header(file).window for file in files]
    except MediaError:
        return False
    sizes, stem = [(window.full_width, window.full_height) for window in windows], files[0].stem
    return role_of(stem).kind != "" and tiling(list(numbers), stem, sizes) == "tiles"


def _beside(path: Path) -> tuple[Path, ...]:
    """Pictures of its folder."""
    try:
        changed = path.parent.stat().st_mtime_ns
    except OSError:  # of a file that will be reported when it is read
        return ()
    return _pictures(path.parent, changed)


@lru_cache(maxsize=16)
def _pictures(folder: Path, changed: int) -> tuple[Path, ...]:
    """Pictures of a folder as it was when it was last ``changed``."""
    return tuple(f for f in sorted(folder.iterdir()) if f.suffix.lower() in PICTURE_SUFFIXES)
