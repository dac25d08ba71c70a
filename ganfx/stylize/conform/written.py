"""The timeline of the results: new media beside the old references, of the clips that are done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganfx.errors import UsageError
from ganfx.media.atomic import replacing
from ganfx.media.sequences import find_shots
from ganfx.stylize.conform.timeline import Use, load_otio

if TYPE_CHECKING:
    from ganfx.stylize.conform.run import Part

KEY = "ganfx"
"""Of the new references, which become the active ones; and of a timeline that ganfx wrote."""


def refuse_to_replace(target: Path, source: Path, *, overwrite: bool) -> None:
    """Refuse to write over a timeline that ganfx did not write.

    Raises:
        UsageError: It is somebody's.
    """
    if not target.exists() or overwrite:
        return
    own = f'"{KEY}"' in target.read_text(encoding="utf-8", errors="replace")
    if target.samefile(source) or not own:
        raise UsageError(
            f"{target} is there already, and ganfx did not write it",
            hint="choose another folder with --out, or replace it with --overwrite",
        )


def write_timeline(timeline: Any, uses: Sequence[Use], parts: Sequence[Part], target: Path) -> Path:
    """Write the timeline with a further reference in each clip whose frames are all there.

    Args:
        timeline: Of OpenTimelineIO; it is changed.
        uses: Of its clips.
        parts: What was done.
        target: Its new file.
    """
    otio = load_otio()
    for use in uses:
        part = next(
            each
            for each in parts
            if each.source == use.media.source
            and any(first <= use.first and use.last <= last for first, last in each.frames)
        )
        reference = _reference(use, part, timeline)
        if reference is not None:
            references = {**use.clip.media_references(), KEY: reference}
            use.clip.set_media_references(references, KEY)
    timeline.metadata[KEY] = {"conformed": True}
    with replacing(target) as temporary:
        otio.adapters.write_to_file(timeline, str(temporary), adapter_name="otio_json")
    return target


def _reference(use: Use, part: Part, timeline: Any) -> Any:
    """To the new media; None where a frame of the clip is lacking."""
    otio = load_otio()
    rate = use.clip.trimmed_range().start_time.rate
    if use.media.is_video:
        if not part.out.is_file():
            return None
        first, last = part.frames[0]
        there = _range(use, first, last, rate)
        return otio.schema.ExternalReference(part.out.absolute().as_uri(), there)
    shot = find_shots(part.source)[0]
    wanted = [shot.path_of(frame) for frame in range(use.first, use.last + 1)]
    made = [part.out / f"{file.stem}{part.suffix or file.suffix}" for file in wanted]
    if not all(file.is_file() for file in made):
        return None
    first, last = next((a, b) for a, b in part.frames if a <= use.first and use.last <= b)
    naming = shot.naming
    tail, _, kind = naming.suffix.rpartition(".")
    return otio.schema.ImageSequenceReference(
        target_url_base=f"{part.out.absolute().as_uri()}/",
        name_prefix=naming.prefix,
        name_suffix=f"{tail}{part.suffix or f'.{kind}'}",
        start_frame=first,
        frame_zero_padding=naming.width,
        rate=rate,
        available_range=_range(use, first, last, rate),
    )


def _range(use: Use, first: int, last: int, rate: float) -> Any:
    """The times of frames of the new media: those that they have in the old."""
    otio = load_otio()
    starts = use.media.starts
    time = first if starts is None else float(starts) + first - use.media.first
    return otio.opentime.TimeRange(
        otio.opentime.RationalTime(time, rate), otio.opentime.RationalTime(last - first + 1, rate)
    )
