"""What a timeline uses: of which clips, which frames; and which clips cannot be done.

OpenTimelineIO is of the extra ``conform`` and loaded where a timeline is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from ganfx.errors import UsageError
from ganfx.stylize.conform.media import Media, NotDoneError, media_of

SUFFIXES = (".otio", ".edl")
_MOTION = re.compile(r"^M2\s+(?P<reel>\S+)\s+(?P<speed>-?[\d.]+)\s+(?P<at>[\d:;.]+)", re.MULTILINE)
_NEAR = 0.002
"""Share by which rates may differ that mean the same: 23.976 and 24 frames per second do."""


@dataclass(frozen=True)
class Use:
    """A clip, and the frames of its media that are seen."""

    clip: Any
    media: Media
    first: int
    last: int

    @property
    def name(self) -> str:
        """For messages."""
        return self.clip.name or self.media.source.name


@dataclass(frozen=True)
class Left:
    """A clip that is not done, and why."""

    name: str
    why: str


def is_timeline(path: Path) -> bool:
    """Whether a path is called as a timeline is."""
    return path.suffix.lower() in SUFFIXES


def read_timeline(path: Path, *, rate: float) -> Any:
    """A timeline of OpenTimelineIO.

    Args:
        path: An ``.otio``, or a CMX 3600 ``.edl``.
        rate: Frames per second of an EDL, which does not say.

    Raises:
        UsageError: OpenTimelineIO is not installed; or the file is not there, or no timeline.
    """
    otio = load_otio()
    if not path.is_file():
        raise UsageError(f"there is no timeline {path}")
    told = {"rate": rate} if path.suffix.lower() == ".edl" else {}
    try:
        found = otio.adapters.read_from_file(str(path), **told)
    except Exception as error:  # of adapters, which raise anything
        first = (str(error) or type(error).__name__).splitlines()[0]
        raise UsageError(f"cannot read the timeline {path}: {first}") from error
    if not isinstance(found, otio.schema.Timeline):
        raise UsageError(f"{path} holds {type(found).__name__}, and no timeline")
    return found


def load_otio() -> Any:
    """OpenTimelineIO; `UsageError` where it is not installed."""
    try:
        import opentimelineio
    except ImportError as error:
        raise UsageError(
            "timelines are read by OpenTimelineIO, which is not installed",
            hint='pip install "ganfx[conform]"',
        ) from error
    return opentimelineio


def uses_of(timeline: Any, path: Path, *, rate: float) -> Iterator[Use | Left]:
    """What the video tracks of a timeline use.

    Args:
        timeline: From `read_timeline`.
        path: Of its file.
        rate: As `read_timeline` was told.
    """
    otio = load_otio()
    motions = _motions(path, rate)
    for track in timeline.video_tracks():
        for item in track:
            if isinstance(item, (otio.schema.Gap, otio.schema.Transition)):
                continue
            name = item.name or "a clip without a name"
            try:
                found = _use(item, track, path.absolute().parent, motions)
            except NotDoneError as error:
                yield Left(name, str(error))
                continue
            if found is not None:
                yield found


def _use(item: Any, track: Any, folder: Path, motions: set[tuple[str, str]]) -> Use | None:
    """A clip that is seen; None for one that is switched off, or has no media by its nature.

    Raises:
        NotDoneError: It cannot be done.
    """
    otio = load_otio()
    if not isinstance(item, otio.schema.Clip):
        raise NotDoneError("it is a nested sequence, which is not looked into: flatten it first")
    if not item.enabled or isinstance(item.media_reference, otio.schema.GeneratorReference):
        return None
    _refuse_speed([*item.effects, *track.effects], item, motions)
    media, seen = media_of(item, folder), item.trimmed_range()
    at = seen.start_time.rate
    if media.rate is not None and abs(at - media.rate) > _NEAR * media.rate:
        raise NotDoneError(f"it runs at {at:g} frames per second, and its media at {media.rate:g}")
    before, after = _transitions(item, track)
    start = Fraction(seen.start_time.value) - before
    first = media.frame_at(start)
    last = first + round(Fraction(seen.duration.value) + before + after) - 1
    if first < media.first or last > media.last:
        raise NotDoneError(
            f"it uses frames {first}-{last} of {media.source}, which has {media.first}-{media.last}"
        )
    return Use(item, media, first, last)


def _refuse_speed(effects: list[Any], clip: Any, motions: set[tuple[str, str]]) -> None:
    otio = load_otio()
    changes = [each for each in effects if isinstance(each, otio.schema.TimeEffect)]
    reel = clip.metadata.get("cmx_3600", {}).get("reel", "")
    told = (str(reel), _timecode(clip.trimmed_range().start_time)) in motions
    if changes or told:
        what = type(changes[0]).__name__ if changes else "M2"
        raise NotDoneError(f"it changes speed ({what}): bake that in first")


def _transitions(item: Any, track: Any) -> tuple[Fraction, Fraction]:
    """Frames before and after a clip that transitions show."""
    otio = load_otio()
    near = track.neighbors_of(item, otio.schema.NeighborGapPolicy.never)
    previous, following = near
    before = after = Fraction(0)
    if isinstance(previous, otio.schema.Transition):
        before = Fraction(previous.in_offset.value)
    if isinstance(following, otio.schema.Transition):
        after = Fraction(following.out_offset.value)
    return before, after


def _motions(path: Path, rate: float) -> set[tuple[str, str]]:
    """Reel and first timecode of clips that an EDL plays at another speed.

    The adapter leaves out those of events whose source is as long as their record.
    """
    if path.suffix.lower() != ".edl":
        return set()
    text = path.read_text(encoding="utf-8", errors="replace")
    found = _MOTION.finditer(text)
    return {(m["reel"], m["at"]) for m in found if abs(float(m["speed"]) - rate) > 0.01}


def _timecode(time: Any) -> str:
    try:
        return str(time.to_timecode())
    except ValueError:  # of rates that have none
        return ""
