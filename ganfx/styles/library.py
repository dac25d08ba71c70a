"""The style library: where styles are kept, and which file a name means.

In this order: a path as given; ``./styles``; the user's library; the styles that ship
with ganfx. Importing this module imports no torch.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganfx import __version__
from ganfx.errors import GanfxError, MediaError, UsageError, nearest
from ganfx.media.atomic import write_bytes
from ganfx.media.user_folders import data_folder
from ganfx.styles.header import SUFFIX, StyleHeader, read_style_header

BUILT_IN = Path(__file__).parent / "builtin"
HERE = Path("styles")

Origin = Literal["here", "yours", "built-in"]


@dataclass(frozen=True)
class Entry:
    """One style file of a library folder."""

    name: str  # what --style calls it: the file's name
    origin: Origin
    path: Path
    header: StyleHeader | None  # None when the file is unusable
    problem: str  # why; "" when all is well
    shadowed: bool  # the name means a style of an earlier place


def user_library() -> Path:
    """Folder of the user's own styles; it need not exist.

    ``$GANFX_HOME/styles`` where that is set, else the platform's place for data.
    """
    home = os.environ.get("GANFX_HOME")
    if home:
        return Path(home) / "styles"
    return data_folder("styles")


def find_style(name_or_path: str | Path) -> Path:
    """The file that a name or a path means.

    Raises:
        UsageError: There is none; the hint names the nearest, and what there is.
    """
    text = str(name_or_path)
    path = Path(text).expanduser()
    if path.is_file():
        return path
    if _looks_like_a_path(text):
        raise UsageError(f"no such style file: {text}", hint=_what_there_is(path.stem))
    for _, folder in _places():
        candidate = folder / f"{text}{SUFFIX}"
        if candidate.is_file():
            return candidate
    raise UsageError(f"unknown style {text}", hint=_what_there_is(text))


def identity(paths: Iterable[Path]) -> str:
    """Of looks and of this version of ganfx, which together decide every pixel.

    Nodes that share a job have to have the same, such as ``0.1.0-3f5a...``.

    Args:
        paths: Style files, in order.
    """
    files = hashlib.sha256()
    for path in paths:
        files.update(path.read_bytes())
    return f"{__version__}-{files.hexdigest()[:24]}"


def is_built_in(name: str) -> bool:
    """Whether a style that ships with ganfx has this name."""
    return (BUILT_IN / f"{name}{SUFFIX}").is_file()


def list_styles() -> list[Entry]:
    """Every style of every place, by name; of equal names the one that is used comes first.

    A file that is unusable is listed with its problem.
    """
    entries: dict[str, list[Entry]] = {}
    for origin, folder in _places():
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            if not path.name.startswith("."):  # a write that is under way
                same = entries.setdefault(path.stem, [])
                same.append(_entry(path, origin, shadowed=bool(same)))
    return [entry for name in sorted(entries) for entry in entries[name]]


def add_style(path: Path, *, overwrite: bool = False) -> Path:
    """Copy a style into the user's library, after checking all of it.

    Returns:
        The copy, named after the look.

    Raises:
        UsageError: No such file, or the library has a style of that name and
            ``overwrite`` is False.
        StyleError: The file is not usable.
        GanfxError: The library cannot be written.
    """
    from ganfx.styles.file import load_style  # torch: to check the weights

    style = load_style(path)
    target = user_library() / f"{style.header.name}{SUFFIX}"
    if target.exists() and not overwrite:
        raise UsageError(
            f"your library already has a style {style.header.name}: {target}",
            hint="replace it with --overwrite",
        )
    try:
        write_bytes(target, path.read_bytes())
    except MediaError as error:
        hint = "free some space, or set GANFX_HOME to another folder"
        raise GanfxError(error.message, hint=hint) from error
    return target


def remove_style(name: str) -> Path:
    """Remove a style from the user's library.

    Returns:
        The file that is gone.

    Raises:
        UsageError: The library has no style of that name.
        GanfxError: It cannot be removed.
    """
    path = user_library() / f"{name}{SUFFIX}"
    if _looks_like_a_path(name) or not path.is_file():
        yours = sorted(entry.name for entry in list_styles() if entry.origin == "yours")
        kind = "ships with ganfx, and stays" if is_built_in(name) else "is not there"
        there = f"it has {', '.join(yours)}" if yours else "it has none"
        raise UsageError(f"{name} {kind}: only looks of your library can be removed", hint=there)
    try:
        path.unlink()
    except OSError as error:
        raise GanfxError(f"cannot remove {path}: {error.strerror or error}") from error
    return path


def _places() -> list[tuple[Origin, Path]]:
    places: list[tuple[Origin, Path]] = [
        ("here", HERE),
        ("yours", user_library()),
        ("built-in", BUILT_IN),
    ]
    seen: set[Path] = set()
    different = []
    for origin, folder in places:
        if folder.resolve() not in seen:
            different.append((origin, folder))
        seen.add(folder.resolve())
    return different


def _entry(path: Path, origin: Origin, *, shadowed: bool) -> Entry:
    try:
        return Entry(path.stem, origin, path, read_style_header(path), "", shadowed)
    except GanfxError as error:
        return Entry(path.stem, origin, path, None, error.message, shadowed)


def _looks_like_a_path(text: str) -> bool:
    return text.endswith(SUFFIX) or "/" in text or "\\" in text


def _what_there_is(name: str) -> str:
    known = sorted({entry.name for entry in list_styles() if not entry.problem})
    if not known:
        return "there are no styles here: train one, or add one with ganfx styles add"
    near = nearest(name, known)
    listed = f"styles: {', '.join(known)}"
    return f"did you mean {near}? {listed}" if near else listed
