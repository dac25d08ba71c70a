"""All that an evaluation found: scores and verdicts, gathered by kind; as CSV."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from ganfx.media.atomic import replacing
from ganfx.quality.appearance import LookScore, PictureScore
from ganfx.quality.gates import GateMissed, GateUnmeasured
from ganfx.quality.golden import GoldenScore
from ganfx.quality.steadiness import ShotScore, StepScore
from ganfx.quality.style import StylePictureScore, StyleScore

JUDGED = {
    StepScore: "flicker",
    PictureScore: "look",
    StylePictureScore: "style",
    GoldenScore: "golden",
}
"""Judgements by their scores of a single step or picture."""


@dataclass
class Evaluation:
    """What was found, in the order in which it was."""

    steps: list[StepScore] = field(default_factory=list)
    shots: list[ShotScore] = field(default_factory=list)
    pictures: list[PictureScore] = field(default_factory=list)
    looks: list[LookScore] = field(default_factory=list)
    style_pictures: list[StylePictureScore] = field(default_factory=list)
    styles: list[StyleScore] = field(default_factory=list)
    goldens: list[GoldenScore] = field(default_factory=list)
    missed: list[GateMissed] = field(default_factory=list)
    unmeasured: list[GateUnmeasured] = field(default_factory=list)

    def add(self, event: Any) -> None:
        """Put a score or a verdict where it belongs."""
        kinds: dict[type, list[Any]] = {
            StepScore: self.steps,
            ShotScore: self.shots,
            PictureScore: self.pictures,
            LookScore: self.looks,
            StylePictureScore: self.style_pictures,
            StyleScore: self.styles,
            GoldenScore: self.goldens,
            GateMissed: self.missed,
            GateUnmeasured: self.unmeasured,
        }
        kinds[type(event)].append(event)

    @staticmethod
    def progress(event: Any) -> str:
        """What there is to tell as it goes on; "" for nothing."""
        match event:
            case ShotScore():
                return f"{event.shot}: {event.frames} frames"
            case PictureScore():
                return f"{event.picture}: structure {event.structure:.2f}"
            case StylePictureScore():
                return f"{event.picture}: distance {event.distance:.4f}"
            case GoldenScore():
                return f"{event.picture}: FLIP {event.flip:.4f}"
        return ""


def chained(judgements: Iterable[Generator[Any, None, None]]) -> Generator[Any, None, None]:
    """Judgements one after the other; each is closed where the whole is."""
    for judgement in judgements:
        yield from judgement


def write_csv(path: Path, found: Evaluation) -> None:
    """Write every step and picture as a line.

    Where there is more than one judgement, the first column has its name, and a line the columns
    that are its own.

    Raises:
        MediaError: The file cannot be written.
    """
    scores: list[Any] = [*found.steps, *found.pictures, *found.style_pictures, *found.goldens]
    kinds = list(dict.fromkeys(type(score) for score in scores))
    names = list(dict.fromkeys(each.name for kind in kinds for each in fields(kind)))
    several = len(kinds) > 1
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*(["judgement"] * several), *names], restval="")
        writer.writeheader()
        for score in scores:
            own = {"judgement": JUDGED[type(score)]} if several else {}
            writer.writerow({**own, **asdict(score)})
