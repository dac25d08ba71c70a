"""What every file of a source is taken for: its role in a material, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.texture_names import role_name, role_of
from ganfx.media.texture_references import reference_to
from ganfx.media.tile_sets import cube_files_of, tile_set_of
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.source_files import chooser
from ganfx.stylize.options import Options


@dataclass(frozen=True)
class TakenFor:
    """A file, and what it is taken for."""

    source: Path
    role: str
    """``base color``, ``normal``, ``packed (orm)``; ``picture`` for what has none."""
    by: str
    """What says so: ``name``, a model's file; "" where nothing does."""
    copied: bool
    """Whether it is copied as data."""
    of: str = ""
    """The set that it is one picture with: ``wood.<UDIM>.exr``."""


def texture_roles(sources: Sequence[Path], options: Options) -> Iterator[TakenFor]:
    """What the files of some sources are taken for, in their order.

    Raises:
        UsageError: A source does not exist, or holds no picture or video.
    """
    for source in sources:
        for shot in find_shots(source, frames=options.frames, choose=chooser(source, options)):
            for file in shot.files:
                yield _taken(file, shot, options)


def _taken(file: Path, shot: Shot, options: Options) -> TakenFor:
    copied = is_data(file) and not options.force
    reference, role = reference_to(file), role_of(file.stem)
    if reference is not None:
        return TakenFor(file, reference.role, reference.model.name, copied, _set(file, shot))
    if copied or role.kind == "color" or (is_data(file) and options.force):
        return TakenFor(file, role_name(role.word), "name", copied, _set(file, shot))
    kind = {"sequence": "frame", "video": "video"}.get(shot.kind, "picture")
    return TakenFor(file, kind, "", copied=False, of=_set(file, shot))


def _set(file: Path, shot: Shot) -> str:
    if shot.kind == "sequence":
        return shot.name
    if shot.kind != "stills" or file.suffix.lower() not in PICTURE_SUFFIXES:
        return ""
    tiles = tile_set_of(file, named=shot.are_tiles)
    if tiles is not None:
        return tiles.name
    cube = cube_files_of(file)
    return f"cube map of {cube[0].name}" if cube else ""


def two_base_colors(files: Sequence[Path]) -> Iterator[str]:
    """Notices of surfaces with several base colors, by the names of their files."""
    found: dict[tuple[Path, str], dict[str, Path]] = {}
    for file in files:
        role = role_of(file.stem)
        if role.base and role.is_sure and role_name(role.word) == "base color":
            found.setdefault((file.parent, role.base), {}).setdefault(role.word, file)
    for words in found.values():
        if len(words) > 1:
            names = " and ".join(str(file) for file in words.values())
            yield (
                f"one texture set has several base colors, {names}: all are stylised"
                " (--exclude leaves one out)"
            )
