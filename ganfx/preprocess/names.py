"""Unique file names of the written pictures, in the folder tree of the source.

Names are compared without regard to case and Unicode normalisation, as some file systems do.
Colliding names get their source's suffix (``a.jpg`` and ``a.png`` become ``a-jpg.png`` and
``a-png.png``), and then a number.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

_LONGEST = 180  # bytes of a name; file systems take 255, and temporary names are longer


def base_names(keys: Sequence[str], *, flat: bool) -> dict[str, str]:
    """Base path without a suffix for the output files of each source.

    Args:
        keys: Keys of the sources, in order: "sh010/plate.1001.exr", "clip.mp4#000120".
        flat: Join the folders into the name instead of keeping the tree.

    Returns:
        Base paths by key, unique on any file system. They depend on the keys and their order.
    """
    plain = {key: _plain(key, flat=flat) for key in keys}
    counts = Counter(_compared(base) for base in plain.values())
    taken = {name for name, count in counts.items() if count == 1}
    names = dict[str, str]()
    for key, base in plain.items():
        if counts[_compared(base)] > 1:
            base = _free(f"{base}-{_suffix(key)}", taken)
            taken.add(_compared(base))
        names[key] = base
    return names


def file_names(
    bases: Mapping[str, str],
    wanted: Iterable[tuple[str, str, Sequence[str]]],
    *,
    suffix: str,
    reserved: Iterable[str] = (),
) -> list[tuple[str, ...]]:
    """File names to write, relative to the output folder.

    Args:
        bases: From `base_names`.
        wanted: Key of the source, its part ("", "left"), and the name endings of the pictures
            of that part ("", or "-01", "-02"), in order.
        suffix: Suffix of the format, with the dot.
        reserved: Names of other files in the output folder.

    Returns:
        For each of ``wanted``, one name for each ending.
    """
    pieces = list(wanted)
    taken = {_compared(name) for name in reserved}
    for key, *_ in pieces:
        taken.update(_compared(str(folder)) for folder in PurePosixPath(bases[key]).parents)
    names = []
    for key, part, endings in pieces:
        stem = bases[key] + (f"-{part}" if part else "")
        files = []
        for ending in endings:
            files.append(_free(stem + ending, taken, suffix) + suffix)
            taken.add(_compared(files[-1]))
        names.append(tuple(files))
    return names


def _plain(key: str, *, flat: bool) -> str:
    """A key without its suffix: ``clip.mp4#000120`` becomes ``clip-000120``."""
    path, _, frame = _split(key)
    folders, stem = list(path.parent.parts), path.stem + (f"-{frame}" if frame else "")
    if flat:
        return _shortened("_".join([*folders, stem]))
    return str(PurePosixPath(*folders, _shortened(stem)))


def _suffix(key: str) -> str:
    return _split(key)[1]


def _split(key: str) -> tuple[PurePosixPath, str, str]:
    """Path, suffix without the dot, and the frame number in a video."""
    name, mark, number = key.rpartition("#")
    # Of a picture the suffix is last, so that a number is last only behind a video.
    video = mark and number.isdecimal()
    path = PurePosixPath(name if video else key)
    return path, path.suffix.removeprefix("."), number if video else ""


def _shortened(name: str) -> str:
    """Shorten a name for file systems: the end of a long one, with a hash of all of it."""
    encoded = name.encode("utf-8", "surrogateescape")
    if len(encoded) <= _LONGEST:
        return name
    sign = hashlib.sha256(encoded).hexdigest()[:8]
    return f"{encoded[-_LONGEST + 9 :].decode('utf-8', 'ignore')}-{sign}"


def _free(stem: str, taken: set[str], suffix: str = "") -> str:
    """The stem, with a number if the name is taken."""
    candidate, number = stem, 1
    while _compared(candidate + suffix) in taken:
        number += 1
        candidate = f"{stem}-{number}"
    return candidate


def _compared(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
