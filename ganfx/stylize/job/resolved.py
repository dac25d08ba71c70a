"""Options with all that they name found and read, once for a run."""

from __future__ import annotations

from dataclasses import dataclass, field

from ganfx.media.color_spaces import ColorSpace, find_space
from ganfx.stylize.job.manifest import file_hash
from ganfx.stylize.job.mattes import Mattes, find_mattes
from ganfx.stylize.options import Options
from ganfx.stylize.temporal.cuts import shot_starts
from ganfx.stylize.temporal.motion_vectors import Vectors, find_vectors


@dataclass(frozen=True)
class ResolvedOptions:
    """The options of a run with their files found and read."""

    options: Options = field(default_factory=Options)
    mattes: Mattes | None = None
    """Where the look shows; None is everywhere."""
    space: ColorSpace | None = None
    """Color space of all plates; None goes by each file."""
    ocio_hash: str = ""
    """Of the studio's own OpenColorIO configuration."""
    vectors: Vectors | None = None
    """Motion that a renderer knows; None estimates it."""
    shot_starts: frozenset[int] | None = frozenset()
    """Frames that a further shot begins with; None finds them by the motion."""


def resolve(options: Options) -> ResolvedOptions:
    """Find and read what the options name.

    Raises:
        UsageError: A file or a folder is not there, or is not what the option takes.
    """
    return ResolvedOptions(
        options,
        mattes=find_mattes(options.matte),
        space=find_space(options.colorspace, options.ocio),
        ocio_hash=file_hash(options.ocio) if options.ocio else "",
        vectors=find_vectors(options.flow),
        shot_starts=shot_starts(options.cuts),
    )
