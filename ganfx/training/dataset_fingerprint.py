"""Dataset fingerprints: a resumed run can tell that its pictures have changed.

A batch takes pictures by their number in the list, so with another list the rest of a run
is not the one that was begun. Names within a source and sizes tell lists apart, not times:
a folder that was copied to another machine is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ganfx.training.data import PictureSet, TrainingSet

SetFingerprints = dict[str, dict[str, Any]]
"""For each set, by its name, the ``count`` of its pictures and a ``digest`` of their list."""


def fingerprint_sets(pictures: TrainingSet) -> SetFingerprints:
    """Count and digest of every set, as plain values for a checkpoint."""
    sets = {"photos": pictures.photos, "painted": pictures.painted, "art": pictures.art}
    return {
        name: {"count": len(each.pictures), "digest": _digest(each)}
        for name, each in sets.items()
        if each is not None
    }


def changed_sets(before: Mapping[str, Mapping[str, Any]], now: SetFingerprints) -> list[str]:
    """How sets differ, as ``art (6 pictures, now 2)``.

    Args:
        before: As the run has had them; empty where that is not known.
        now: As they are. Sets that are only in one of both come from another preset.
    """
    told = []
    for name in [name for name in now if name in before]:
        old, new = before[name], now[name]
        count = f"{old['count']} picture{'' if old['count'] == 1 else 's'}"
        if old["count"] != new["count"]:
            told.append(f"{name} ({count}, now {new['count']})")
        elif old["digest"] != new["digest"]:
            told.append(f"{name} ({count} as before, but not the same files)")
    return told


def _digest(pictures: PictureSet) -> str:
    """Of the names within the source and the sizes of files and pictures, in their order."""
    digest = hashlib.sha256()
    # Rendered ones have no paths: the preset says all about them.
    for path, picture in zip(pictures.paths, pictures.pictures, strict=False):
        facts = (_name(path, Path(pictures.source)), _size(path), *picture.shape)
        digest.update("\0".join(map(str, facts)).encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()[:32]


def _name(path: Path, source: Path) -> str:
    return path.relative_to(source).as_posix() if path.is_relative_to(source) else path.name


def _size(path: Path) -> int:
    with suppress(OSError):  # gone since it was read
        return path.stat().st_size
    return 0
