"""Stills too large for memory: a strip of rows after the other, to the same pixels.

A 16384x16384 picture is 3.2 GB in float32, and there are several of each on the way. A strip
is read with the halo that networks need, stylised and written before the next is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ganfx.media.atomic import replacing
from ganfx.media.canvas import own_canvas
from ganfx.media.frame_fingerprint import Note
from ganfx.media.frame_reading import Frame, Part
from ganfx.media.frame_writing import changed_part
from ganfx.media.headers import Header, read_header
from ganfx.media.strips import StripWriter, can_be_read_by_rows, cut, open_strips
from ganfx.stages import stage
from ganfx.stylize.effects import ALIGNMENT
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.job.assumed_color import refuse_data
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.origin import note_of, seal_of
from ganfx.stylize.job.run import Run
from ganfx.stylize.network import brush_scale
from ganfx.stylize.network.edge_extend import BLOCK
from ganfx.stylize.network.plate import prepare_frame
from ganfx.stylize.network.regional import run_layers
from ganfx.stylize.network.tiling import Band
from ganfx.stylize.render.finish import finish, place_of

ROWS = 1024
"""Of a strip, to the next multiple of all strides."""
ROWS_WITH_ALPHA = 512
"""Of one that is read with more around it, for colour to be continued where nothing is covered."""


def goes_by_strips(job: Job, run: Run) -> bool:
    """Whether a job is too large to be done in one piece, and can be done in several."""
    surface = run.surface_in(job.source)
    scales = [layer.options.mark_scale for layer in run.of(job).layers]
    whole = any(scale != 1 for scale in scales) or "y" in surface.wrap or run.planes.need_whole
    whole |= surface.in_pieces or job.tiles is not None or bool(job.cube)
    whole |= bool(job.painted)
    changes = run.of(job).strength > 0 and not job.black
    by_rows = can_be_read_by_rows(job.source, above=brush_scale.LARGEST, out=job.output)
    return changes and not whole and by_rows and _fills_canvas(job)


def _fills_canvas(job: Job) -> bool:
    """Whether a picture stores all that it shows: else marks have to know what is around it."""
    window = read_header(job.source).window
    return (job.canvas or own_canvas(window))[:4] == window[:4]


def stylize_strips(job: Job, run: Run, fingerprint: str) -> tuple[bool, bool]:
    """Stylise a picture that `goes_by_strips`; the bytes are those of one piece.

    Args:
        job: What to do.
        run: How.
        fingerprint: For the written file.

    Returns:
        Whether pixels were infinite or not a number: mended; and whether the picture is
        additive (see `Frame`).

    Raises:
        MediaError: A file cannot be read, or written; nothing is left of it then.
    """
    mended, note, seal = False, note_of(job, run, fingerprint), seal_of(job, run)
    with (
        open_strips(job.source, max_pixels=run.options.max_pixels) as reader,
        replacing(job.output) as temporary,
    ):
        writer = StripWriter(temporary, job.output, reader.header)
        for strip in _strips(reader.header, run.of(job)):
            with stage("decode"):
                frame = reader.read(strip.band.first, strip.last)
            mended |= frame.repaired > 0
            part = _stylized(frame, strip, job, run, note)
            with stage("encode"):
                writer.write(part)
        writer.close()
        if seal is not None:
            seal(temporary)
    return mended, reader.additive


@dataclass(frozen=True)
class _Strip:
    """Rows to write, rows to stylise around them, and rows to read around these."""

    top: int
    bottom: int
    band: Band
    """Rows for the network: the strip, and as far around it as effects reach."""
    last: int
    """Row after the last that is read."""


def _strips(header: Header, run: Run) -> Iterator[_Strip]:
    """Every strip of a picture, from above."""
    looks = [layer.look for layer in run.layers]
    networks, height = [each.generator for look in looks for each in look.mix], header.height
    stride = math.lcm(ALIGNMENT, *(network.stride for network in networks))
    # Tiling rounds a network's radius up to its stride.
    halo = max(network.receptive_radius + network.stride for network in networks)
    reach = run.effects.reach(place_of(run.options, height, number=0))
    reach = math.ceil(reach / stride) * stride
    rows = math.ceil((ROWS_WITH_ALPHA if header.has_alpha else ROWS) / stride) * stride
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        above, below = max(0, top - reach), min(bottom + reach, height)
        first, last = above - halo, below + halo
        if header.has_alpha:  # what is uncovered there is filled by whole blocks
            first, last = (first // BLOCK - 1) * BLOCK, (-(-last // BLOCK) + 1) * BLOCK
        yield _Strip(top, bottom, Band(above, below, max(0, first), height), min(last, height))


def _stylized(frame: Frame, strip: _Strip, job: Job, run: Run, note: Note) -> Part:
    """One strip as it is written, of the strip and its halo as they were read."""
    run, band = run.of(job), strip.band
    options = run.options
    color = run.color_of(frame.header)
    refuse_data(color, force=options.force)
    prepared = prepare_frame(frame, color, surface=run.surface_in(job.source))
    deep = frame.header.depth != "uint8"
    size = frame.rgb.shape[0], frame.rgb.shape[1]
    prepared = run.planes.laid_on(prepared, size, job.frame, frame)
    prepared = run.laid_over(prepared, size, job.frame, frame)
    styled = run_layers(run.layers, prepared, deep=deep, band=band)
    around = prepared.cut(slice(band.top - band.first, band.bottom - band.first))
    place = place_of(
        options, band.height, number=grain_number(job.source, job.number), frame=job.time
    ).rows(band.top)
    finished = finish(run.effects, around, styled, place, strength=run.strength)
    own = finished[strip.top - band.top : strip.bottom - band.top]
    like = cut(frame, slice(strip.top - band.first, strip.bottom - band.first), path=job.output)
    return changed_part(
        job.output,
        own,
        like,
        depth=options.depth,
        note=note,
        space=color.space,
        partly=run.shows_plate,
    )
