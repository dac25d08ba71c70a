"""Pictures of two folders or more that belong together: by their path, in any format."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ganfx.errors import MediaError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.file_search import find_files, natural_order
from ganfx.media.formats import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from ganfx.quality.wording import some

TOLD = 5
"""Names of a list within an error."""


def pictures_of(folder: Path) -> dict[str, Path]:
    """The pictures of a folder tree by their path without a suffix, in natural order.

    Raises:
        UsageError: It is no folder, holds none, or two that differ in their suffix alone.
    """
    if folder.is_file():
        is_video = folder.suffix.lower() in VIDEO_SUFFIXES
        hint = "write a video's frames to a folder" if is_video else "give the folder it is in"
        raise UsageError(f"{folder} is {'a video' if is_video else 'a file'}, no folder", hint=hint)
    found: dict[str, Path] = {}
    for _, files in find_files(folder, PICTURE_SUFFIXES, what="picture"):
        for path in files:
            name = path.relative_to(folder).with_suffix("").as_posix()
            if name in found:
                raise UsageError(f"{found[name]} and {path}: which of them is meant?")
            found[name] = path
    return dict(sorted(found.items(), key=lambda each: natural_order(Path(each[0]))))


def matched(folders: Sequence[Path], *, all_of_first: bool = False) -> dict[str, list[Path]]:
    """The pictures that folders have in common, by name: one path for each folder.

    Args:
        folders: Two or more.
        all_of_first: Whether the others may have pictures besides the first one's.

    Raises:
        UsageError: A folder lacks what another has; it tells which.
    """
    sets = [pictures_of(folder) for folder in folders]
    wanted = list(sets[0]) if all_of_first else list(dict.fromkeys(n for s in sets for n in s))
    lacking = {
        folder: [name for name in wanted if name not in have]
        for folder, have in zip(folders, sets, strict=True)
    }
    told = [
        f"{folder} lacks {some(names, TOLD)}, of {len(wanted)}"
        for folder, names in lacking.items()
        if names
    ]
    if told:
        raise UsageError("the folders do not match: " + "; ".join(told))
    return {name: [have[name] for have in sets] for name in wanted}


def refuse_other_size(path: Path, picture: ImageU8, first: Path, other: ImageU8) -> None:
    """Refuse a picture that has another size than the one it belongs to.

    Raises:
        MediaError: It has.
    """
    if picture.shape != other.shape:
        sizes = [f"{each.shape[1]}x{each.shape[0]}" for each in (picture, other)]
        raise MediaError(f"{path}: {sizes[0]}, and {first} has {sizes[1]}")
