"""File search: walking of folder trees in natural order, and errors for missing sources."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from ganfx.errors import UsageError, nearest
from ganfx.media.formats import UNREAD_SUFFIXES

_Key = list[tuple[int, int, str]]

SYSTEM_FOLDERS = frozenset(
    (
        *("@eadir", "@tmp", "@recycle", "@recently-snapshot", "@sharebin", "#recycle"),
        *("#snapshot", "~snapshot", "lost+found", "$recycle.bin", "recycler"),
        *("system volume information", "__macosx", "cvs", "network trash folder"),
    )
)
"""Folders of storage and version control systems, in small letters; others are hidden by a dot."""


def natural_order(path: Path) -> _Key:
    """Sort key of natural order ("sh2" before "sh10"); the same on every system."""
    parts = re.split(r"(\d+)", path.as_posix())
    return [(1, int(part), part) if part.isdecimal() else (0, 0, part) for part in parts]


def find_files(
    root: Path, suffixes: Collection[str], *, what: str = "picture or video"
) -> list[tuple[Path, list[Path]]]:
    """List the files of a folder tree with one of ``suffixes``, by folder, in natural order.

    Hidden files and folders, and `SYSTEM_FOLDERS`, are ignored. Symbolic links to folders are
    followed last, and a folder is searched once, however many links lead to it or to itself.

    Args:
        root: The folder.
        suffixes: Lower case, with the dot.
        what: Such a file is called in an error, in the singular.

    Returns:
        Each folder with its files; folders without any are left out.

    Raises:
        UsageError: If there is no such folder, one cannot be listed, or the tree holds no
            such file.
    """
    if not root.is_dir():
        raise missing_source(root)
    found: list[tuple[Path, list[Path]]] = []
    others: Counter[str] = Counter()
    for folder, files in _walk(root):
        wanted = [file for file in files if file.suffix.lower() in suffixes]
        if len(wanted) < len(files):
            kinds = (file.suffix.lower() or file.name for file in files)
            others.update(kind for kind in kinds if kind not in suffixes)
        if wanted:
            found.append((folder, sorted(wanted, key=natural_order)))
    if not found:
        raise _nothing_found(root, others, what)
    return sorted(found, key=lambda item: natural_order(item[0]))


def unread_files(root: Path) -> list[Path]:
    """The pictures and videos of a folder tree whose formats are not read; often none."""
    try:
        folders = find_files(root, UNREAD_SUFFIXES)
    except UsageError:  # there is none
        return []
    return [file for _, files in folders for file in files]


def files_in(folder: Path, suffixes: Collection[str]) -> list[Path]:
    """List the files of one folder with one of ``suffixes``, in natural order, none hidden.

    Raises:
        UsageError: If the folder cannot be listed.
    """
    files = [Path(entry.path) for entry in _entries(folder) if not _is_folder(entry)]
    wanted = [file for file in files if file.suffix.lower() in suffixes]
    return sorted((file for file in wanted if not file.name.startswith(".")), key=natural_order)


def missing_source(source: Path, names: Sequence[str] = ()) -> UsageError:
    """Error for a source that does not exist, with the nearest name as its hint.

    Args:
        source: The path that was asked for.
        names: Candidates for the hint; by default, the files of the same folder.
    """
    parent = source.parent
    while not parent.is_dir() and parent != parent.parent:
        source, parent = parent, parent.parent
    if not names:
        names = sorted(entry.name for entry in _entries(parent) if entry.name[0] != ".")
    guess = nearest(source.name, names)
    if guess:
        hint = f"did you mean {parent / guess}?"
    elif names:
        hint = f"{parent} holds {', '.join(names[:5])}{', ...' if len(names) > 5 else ''}"
    else:
        hint = f"{parent} is empty"
    return UsageError(f"cannot find {source}", hint=hint)


def _walk(root: Path) -> Iterator[tuple[Path, list[Path]]]:
    """Folders with their files; real folders before symbolic links."""
    real, links = [root], list[Path]()
    seen: set[tuple[int, int]] = set()
    while real or links:
        folder = real.pop() if real else links.pop()
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        files = []
        for entry in _entries(folder):
            if entry.name.startswith("."):
                continue
            if not _is_folder(entry):
                files.append(Path(entry.path))
            elif entry.name.lower() in SYSTEM_FOLDERS:
                continue
            elif entry.is_symlink():
                links.append(Path(entry.path))
            else:
                real.append(Path(entry.path))
        links.sort(key=natural_order, reverse=True)
        yield folder, files


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself: reported when it is read
        return False


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        raise UsageError(f"cannot list {folder}: {error.strerror}") from error


def _nothing_found(root: Path, others: Counter[str], what: str) -> UsageError:
    if not others:
        some = " or ".join(f"{kind}s" for kind in what.split(" or "))
        return UsageError(f"{root} is empty", hint=f"give a folder with {some}")
    kinds = ", ".join(f"{count} {suffix}" for suffix, count in others.most_common(5))
    hint = f"it holds {kinds}{', ...' * (len(others) > 5)}"
    if not UNREAD_SUFFIXES.isdisjoint(others):
        hint += "; convert pictures to PNG, TIFF or EXR first, and videos to MOV or MP4"
    return UsageError(f"{root} holds no {what}", hint=hint)
