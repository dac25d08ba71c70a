"""Textures that hold data (normals, roughness...), not color, by their names.

A model that names its textures (glTF, MaterialX, USD as text) says what they are, whatever they
are called. What a name leaves open, its neighbours tell: ``brick_wall_n.png`` is a normal map
beside ``brick_wall_diff.png``, and a photo by itself. Neighbours are the files of its folder,
whatever is asked for, so that every task of a farm decides alike.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.texture_names import Role, role_of
from ganfx.media.texture_references import reference_to

_OPPOSITES = {"r": "l", "n": "s", "s": "n"}
"""Single letters that are sides or directions where the other one is there, too."""


def is_data(path: Path) -> bool:
    """Whether a model says that a texture holds data, or names do: its own, or those beside it."""
    reference = reference_to(path)
    if reference is not None:
        return reference.kind == "data"
    role = role_of(path.stem)
    if role.kind != "data":
        return False
    if role.is_sure:
        return True
    return not _is_a_side(path, role) and _belongs(role, _roles_in(path.parent))


def _is_a_side(path: Path, role: Role) -> bool:
    """Whether a letter is a side or a direction: the other one is there, too."""
    letter = path.stem[-1:]
    other = _OPPOSITES.get(letter.lower(), "")
    if letter.lower() != role.word or not other:
        return False
    named = f"{path.stem[:-1]}{other.upper() if letter.isupper() else other}{path.suffix}"
    return path.with_name(named).exists()


def _belongs(role: Role, others: frozenset[Role]) -> bool:
    """Whether a role that is not sure is one of a set of textures of the same surface."""
    same = [other for other in others if other.base == role.base and other != role]
    return any(other.kind == "color" or (other.kind == "data" and other.is_sure) for other in same)


def _roles_in(folder: Path) -> frozenset[Role]:
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:  # of a file that will be reported when it is read
        return frozenset()
    return _read_roles(folder, changed)


@lru_cache(maxsize=16)
def _read_roles(folder: Path, changed: int) -> frozenset[Role]:
    """Roles of a folder's pictures, as it was when it was last ``changed``."""
    files = (path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    return frozenset(role for path in files if (role := role_of(path.stem)).kind)
