"""Notices of what written pictures cannot keep of their sources in the same format."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ganfx.errors import MediaError
from ganfx.media.picture_losses import losses_of_picture
from ganfx.stylize.job.jobs import Job, PlannedShot
from ganfx.stylize.options import Options


def picture_losses(
    planned: Sequence[PlannedShot], options: Options
) -> Iterator[tuple[str, list[Path]]]:
    """Every kind of loss, and the pictures that it befalls: stills, and the first of a sequence."""
    if options.leaves_plate and options.depth is None:
        return  # copies
    partly = bool(options.matte or options.fdl or options.region) or options.strength == 0
    found = defaultdict[str, list[Path]](list)
    for job in _looked_at(planned):
        with suppress(MediaError):  # reported when its turn comes
            for loss in losses_of_picture(job.source, job.output, options.depth, partly=partly):
                found[loss].append(job.source)
    yield from found.items()


def _looked_at(planned: Sequence[PlannedShot]) -> Iterator[Job]:
    for each in planned:
        if each.shot.kind != "video":
            yield from each.jobs if each.shot.kind == "stills" else each.jobs[:1]
