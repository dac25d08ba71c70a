"""Options with all that they name found and read, once for a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ganfx.media.color_spaces import find_space
from ganfx.media.file_color import ColorSettings
from ganfx.media.ocio_configs import chosen_config, config_hash
from ganfx.stylize.job.manifest import file_hash
from ganfx.stylize.job.painted import find_painted
from ganfx.stylize.job.planes import Planes, find_planes
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.cuts import shot_starts
from ganfx.stylize.temporal.motion_vectors import Vectors, find_vectors


@dataclass(frozen=True)
class ResolvedOptions:
    """The options of a run with their files found and read."""

    options: Options = field(default_factory=Options)
    planes: Planes = field(default_factory=Planes)
    """Mattes and directions."""
    color: ColorSettings = field(default_factory=ColorSettings)
    """Color space of all plates, or what decides it for each."""
    ocio_hash: str = ""
    """Of the studio's own OpenColorIO configuration, where ``colorspace`` is one of its spaces."""
    vectors: Vectors | None = None
    """Motion that a renderer knows; None estimates it."""
    painted: tuple[Path, ...] = ()
    """Painted frames of the shot."""
    shot_starts: frozenset[int] | None = frozenset()
    """Frames that a further shot begins with; None finds them by the motion."""


def resolve(options: Options) -> ResolvedOptions:
    """Find and read what the options name.

    Raises:
        UsageError: A file or a folder is not there, or is not what the option takes.
    """
    config = chosen_config(options.ocio)
    space = find_space(options.colorspace, config)
    own = None if space is None or space.config is None else config
    return ResolvedOptions(
        options,
        planes=find_planes(options),
        color=ColorSettings(space, config),
        ocio_hash=_hash(own) if own else "",
        vectors=find_vectors(options.flow),
        painted=find_painted(options.painted),
        shot_starts=shot_starts(options.cuts),
    )


def _hash(config: str) -> str:
    return file_hash(Path(config)) if Path(config).is_file() else config_hash(config)
