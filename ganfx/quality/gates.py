"""Gates: limits that finished pictures are held to, and the frames that did not keep them.

A value that is not a number is never within a limit. What could not be measured is told, as a gate
that nothing went through has kept nothing out.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ganfx.quality.appearance import LookScore, PictureScore
from ganfx.quality.golden import GoldenScore
from ganfx.quality.options import FlickerOptions, GoldenOptions, StyleOptions
from ganfx.quality.steadiness import ShotScore, StepScore
from ganfx.quality.style import StylePictureScore, StyleScore
from ganfx.styles.header import Gates


@dataclass(frozen=True)
class GateMissed:
    """A limit that was not kept."""

    gate: str
    """The option that sets it: "--max-ratio"."""
    limit: float
    value: float
    """Infinite where the source has none of it and the output some."""
    of: str
    """The shot, or the folder."""
    frames: tuple[str, ...]
    """Frames or pictures that are beyond the limit themselves, the worst first."""
    message: str


@dataclass(frozen=True)
class GateUnmeasured:
    """A limit that nothing could be held to."""

    gate: str
    of: str
    why: str


Verdict = GateMissed | GateUnmeasured


def exceeds(value: float, limit: float) -> bool:
    """Whether a value is above a limit, or not a number."""
    return not value <= limit


def falls_below(value: float, limit: float) -> bool:
    """Whether a value is below a limit, or not a number."""
    return not value >= limit


def held_flicker(
    scores: Iterable[StepScore | ShotScore], options: FlickerOptions
) -> Generator[StepScore | ShotScore | Verdict, None, None]:
    """Pass the scores of shots on, and after each shot what it does not keep."""
    steps: list[StepScore] = []
    for score in scores:
        yield score
        if isinstance(score, StepScore):
            steps.append(score)
            continue
        if options.max_ratio is not None:
            yield from _ratio(score, steps, options.max_ratio)
        if options.max_tone is not None:
            yield from _tone(score, steps, options.max_tone)
        steps = []


def _ratio(
    shot: ShotScore, steps: Sequence[StepScore], limit: float
) -> Generator[Verdict, None, None]:
    if shot.output is None or shot.source is None:
        yield GateUnmeasured("--max-ratio", shot.shot, "no pixel could be followed")
        return
    times = _times(shot.output, shot.source)
    if exceeds(times, limit):
        found = [(_times(s.output, s.source), s.frame) for s in steps if s.output is not None]
        frames = _worst([(value, frame) for value, frame in found if exceeds(value, limit)])
        told = f"more than {limit:g} times the source's own flicker: {shot.shot} {times:.2f}"
        yield GateMissed("--max-ratio", limit, times, shot.shot, frames, told)


def _times(value: float, other: float | None) -> float:
    """How often a value is another one; 0 of nothing is once, and something of nothing infinite."""
    if other:
        return value / other
    return 1.0 if value == 0.0 else float("nan") if value != value else float("inf")


def _tone(
    shot: ShotScore, steps: Sequence[StepScore], limit: float
) -> Generator[Verdict, None, None]:
    if exceeds(shot.output_tone, limit):
        changes = [(abs(step.output_tone), step.frame) for step in steps]
        frames = _worst([each for each in changes if exceeds(each[0], limit)])
        told = f"tone flickers by more than {limit:g}: {shot.shot} {shot.output_tone:.4f}"
        yield GateMissed("--max-tone", limit, shot.output_tone, shot.shot, frames, told)


def held_look(
    scores: Iterable[PictureScore | LookScore],
    gates: Gates,
    of: str,
    max_unrest: float | None = None,
) -> Generator[PictureScore | LookScore | Verdict, None, None]:
    """Pass the scores of pictures on, and at the end what they do not keep."""
    pictures: list[PictureScore] = []
    for score in scores:
        yield score
        if isinstance(score, PictureScore):
            pictures.append(score)
            continue
        if gates.min_structure is not None:
            yield from _structure(score, pictures, gates.min_structure, of)
        if gates.max_grid is not None:
            yield from _grid(score, pictures, gates.max_grid, of)
        if max_unrest is not None:
            yield from _unrest(score, pictures, max_unrest, of)


def _structure(
    score: LookScore, pictures: Sequence[PictureScore], limit: float, of: str
) -> Generator[Verdict, None, None]:
    if falls_below(score.structure, limit):
        weak = [(-p.structure, p.picture) for p in pictures if falls_below(p.structure, limit)]
        told = (
            f"structure {score.structure:.3f} is below {limit:g}:"
            f" weakest {score.weakest.picture} at {score.weakest.structure:.3f}"
        )
        yield GateMissed("--min-structure", limit, score.structure, of, _worst(weak), told)


def _grid(
    score: LookScore, pictures: Sequence[PictureScore], limit: float, of: str
) -> Generator[Verdict, None, None]:
    if score.grid is None or score.source_grid is None:
        why = "every picture is too small for a grid to be seen"
        yield GateUnmeasured("--max-grid", of, why)
        return
    times = _times(score.grid, score.source_grid)
    if exceeds(times, limit):
        own = [(_times(p.grid, p.source_grid), p.picture) for p in pictures if p.grid is not None]
        frames = _worst([each for each in own if exceeds(each[0], limit)])
        told = f"a grid {times:.2f} times the source's is above {limit:g}"
        yield GateMissed("--max-grid", limit, times, of, frames, told)


def _unrest(
    score: LookScore, pictures: Sequence[PictureScore], limit: float, of: str
) -> Generator[Verdict, None, None]:
    unrest = score.flat_area_noise
    if unrest is None:
        yield GateUnmeasured("--max-unrest", of, "no source has a flat area")
    elif exceeds(unrest, limit):
        own = [(p.flat_area_noise, p.picture) for p in pictures if p.flat_area_noise is not None]
        frames = _worst([each for each in own if exceeds(each[0], limit)])
        told = f"unrest {unrest:.4f} where the source is flat is above {limit:g}"
        yield GateMissed("--max-unrest", limit, unrest, of, frames, told)


def held_style(
    scores: Iterable[StylePictureScore | StyleScore], options: StyleOptions, of: str
) -> Generator[StylePictureScore | StyleScore | Verdict, None, None]:
    """Pass the scores of pictures and sets on, and at the end what the output does not keep."""
    pictures: list[StylePictureScore] = []
    sets: list[StyleScore] = []
    for score in scores:
        if isinstance(score, StylePictureScore):
            pictures.append(score)
        else:
            sets.append(score)
        yield score
    farthest = [(each.distance, each.picture) for each in pictures]
    for score in sets:
        if score.role == "output" and options.max_distance is not None:
            yield from _distance(score, farthest, options.max_distance, of)
        if score.role == "output" and options.max_kid is not None and score.kid is not None:
            limit = options.max_kid
            if exceeds(score.kid, limit):
                told = f"kernel inception distance {score.kid:.4f} to the art is above {limit:g}"
                yield GateMissed("--max-kid", limit, score.kid, of, _worst(farthest), told)


def _distance(
    score: StyleScore, own: Sequence[tuple[float, Path]], limit: float, of: str
) -> Generator[Verdict, None, None]:
    if exceeds(score.distance, limit):
        over = [each for each in own if exceeds(each[0], limit)]
        told = f"distance {score.distance:.4f} to the art is above {limit:g}"
        yield GateMissed("--max-distance", limit, score.distance, of, _worst(over or own), told)


def held_golden(
    scores: Iterable[GoldenScore], options: GoldenOptions, of: str
) -> Generator[GoldenScore | Verdict, None, None]:
    """Pass the scores of pictures on, and at the end what they do not keep."""
    kept: list[GoldenScore] = []
    for score in scores:
        kept.append(score)
        yield score
    limits = (
        ("--max-flip", "FLIP", "flip", options.max_flip),
        ("--max-error", "difference", "error", options.max_error),
    )
    for gate, name, field, limit in limits:
        if limit is None:
            continue
        over = [(getattr(s, field), s.picture) for s in kept if exceeds(getattr(s, field), limit)]
        if over:
            frames = _worst(over)
            worst = max(over, key=lambda each: _rank(each[0]))
            told = (
                f"{len(over)} of {len(kept)} pictures are above a {name} of {limit:g}:"
                f" {worst[1]} {worst[0]:.4f}"
            )
            yield GateMissed(gate, limit, worst[0], of, frames, told)


def _worst(found: Iterable[tuple[float, object]]) -> tuple[str, ...]:
    """Names by falling value; what is not a number comes first."""
    return tuple(str(name) for _, name in sorted(found, key=lambda each: -_rank(each[0])))


def _rank(value: float) -> float:
    return float("inf") if value != value else value
