"""Assumed color spaces of a run's sources, and notices about their tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ganfx.errors import MediaError
from ganfx.media.file_color import FileColor
from ganfx.media.ocio_configs import config_name
from ganfx.stylize.job.jobs import PlannedShot
from ganfx.stylize.job.run import Run

_LOOKED_AT = 200  # stills of a shot: a folder of thousands must start at once
_SHOWN = 3  # spaces in a line


def describe_colors(planned: Sequence[PlannedShot], run: Run) -> str:
    """The spaces that were assumed, by how often: "ACEScg (chromaticities), sRGB (...)".

    Of a sequence the first frame counts.
    """
    found = Counter(str(color) for _, color in _colors(planned, run))
    shown = [name for name, _ in found.most_common(_SHOWN)]
    if len(found) > _SHOWN:
        shown.append(f"and {len(found) - _SHOWN} more")
    config = run.resolved.color.config
    if config is not None:
        shown.append(f"configuration {config_name(config)}")
    return ", ".join(shown)


def color_notices(planned: Sequence[PlannedShot], run: Run) -> Iterator[str]:
    """Notices about the color tags of the sources."""
    for path, color in _colors(planned, run):
        if color.problem:
            yield (
                f"{path}: {color.problem}; taken for {color.name}"
                " (say what it is with --colorspace NAME)"
            )


def refuse_data(color: FileColor, *, force: bool) -> None:
    """Raise `MediaError` for a picture that says it holds no colour."""
    if color.is_data and not force:
        raise MediaError(
            f"it holds data, not colour, by its {color.by}: leave it out, or give --force"
        )


def _colors(planned: Sequence[PlannedShot], run: Run) -> Iterator[tuple[Path, FileColor]]:
    for each in planned:
        stills = each.shot.kind == "stills"
        for job in each.jobs[: _LOOKED_AT if stills else 1]:
            try:
                yield job.source, run.color_in(job.source)
            except MediaError:
                continue  # reported when its turn comes
