"""The shots of the keyframe benchmark: frames, painted keys, truth, and what needs no training."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from fidelity import Scores, mean_scores, score
from hidden_teachers import paint
from teacher_baselines import best_affine, recolored

from ganfx.errors import UsageError
from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.flow import Flow, optical_flow, sample_at
from ganfx.media.frames import read_picture, write_picture
from ganfx.samples import FIRST_FRAME, Scene, develop
from ganfx.stylize.temporal.filter import guide_of
from ganfx.stylize.temporal.motion import Motion
from ganfx.stylize.temporal.painted import Painting, lay_over
from ganfx.training.data import PictureSet
from ganfx.training.loading import find_pictures

SAMPLES = "samples:"
SAMPLE_SEED, SAMPLE_FRAMES = 1, 48
SIDE = 640
"""Long side of all frames, in pixels."""
EVERY = 4
"""Frames from one that is painted or scored to the next; motion is followed over all."""
UNCHANGED, AFFINE = "unchanged", "affine told"
STEPWISE, DIRECT = "nearest key, carried frame by frame", "nearest key, carried at once"

Painted = dict[int, ImageU8]
"""Paintings by frame."""


@dataclass(frozen=True, eq=False)
class Shot:
    """A clip, some of whose frames a teacher paints."""

    name: str
    frames: tuple[ImageU8, ...]
    count: int = 2
    """Of painted frames."""
    motion: Motion = field(init=False)

    def __post_init__(self) -> None:
        guides = dict(enumerate(self.frames))
        object.__setattr__(self, "motion", Motion(guides=guides, starts=frozenset()))

    @cached_property
    def digest(self) -> str:
        """Names the frames by their pixels."""
        code = hashlib.sha256(b"".join(frame.tobytes() for frame in self.frames))
        return code.hexdigest()[:8]

    @property
    def keys(self) -> tuple[int, ...]:
        """The painted frames: in the middle of every other of so many equal parts of the shot.

        Two are in the middle of its first third and of its last.
        """
        shown = range(0, len(self.frames), EVERY)
        parts = 2 * self.count - 1
        ends = [len(shown) * (4 * k + 1) // (2 * parts) for k in range((self.count + 1) // 2)]
        mirrored = [-1 - n for n in ends[: self.count // 2]]
        return tuple(sorted(shown[n] for n in (*ends, *mirrored)))

    @property
    def unseen(self) -> tuple[int, ...]:
        """The frames that are scored."""
        return tuple(n for n in range(0, len(self.frames), EVERY) if n not in self.keys)

    def nearest_key(self, frame: int) -> int:
        """The key that is fewest frames away; the earlier of two."""
        return min(self.keys, key=lambda key: abs(key - frame))

    def painted(self, teacher: str, frames: tuple[int, ...]) -> Painted:
        """The teacher's own paintings of some frames."""
        return {n: paint(teacher, self.frames[n]) for n in frames}

    def write_pairs(self, keys: Painted, folder: Path) -> None:
        """Put the keys beside their paintings, as ``--pairs`` expects them."""
        for n, painting in keys.items():
            for part, picture in (("photos", self.frames[n]), ("painted", painting)):
                (folder / part).mkdir(parents=True, exist_ok=True)
                write_picture(folder / part / f"plate.{FIRST_FRAME + n}.png", picture)


def open_shot(source: str, count: int) -> Shot:
    """The frames of a folder in the order of their names, or a rendered shot for ``samples:``.

    Raises:
        UsageError: There are too few frames.
    """
    if source == SAMPLES:
        scene = Scene(SAMPLE_SEED, SIDE, SIDE * 9 // 16)
        numbers = range(FIRST_FRAME, FIRST_FRAME + SAMPLE_FRAMES)
        return Shot("samples", tuple(develop(scene.render(n)) for n in numbers), count)
    paths = find_pictures(Path(source), "--clips")
    if len(paths) < 3 * EVERY:
        raise UsageError(f"{source} holds {len(paths)} frames: at least {3 * EVERY} are needed")
    frames = tuple(read_picture(path, max_side=SIDE) for path in paths)
    return Shot(Path(source).name, frames, count)


def baselines(shot: Shot, keys: Painted) -> dict[str, Painted]:
    """What can be made of the unseen frames without training, by name."""
    photos = PictureSet(tuple(shot.frames[n] for n in keys), "photos")
    affine = best_affine(photos, PictureSet(tuple(keys.values()), "painted"))
    nearest = {n: shot.nearest_key(n) for n in shot.unseen}
    ways: dict[str, Callable[[int], ImageU8]] = {
        UNCHANGED: lambda n: shot.frames[n],
        AFFINE: lambda n: recolored(affine, shot.frames[n]),
        STEPWISE: lambda n: _carried(keys[nearest[n]], _stepwise(shot, n, nearest[n])),
        DIRECT: lambda n: _carried(keys[nearest[n]], _direct(shot, n, nearest[n])),
    }
    return {name: {n: make(n) for n in shot.unseen} for name, make in ways.items()}


def with_keys(shot: Shot, keys: Painted, made: Painted) -> Painted:
    """The keys before and after laid over what was made, as ``ganfx stylize --painted`` does."""
    paintings = [
        Painting(n, guide_of(_unit(shot.frames[n])), _unit(key), np.ones(key.shape[:2], np.float32))
        for n, key in keys.items()
    ]
    laid = {
        n: lay_over(_unit(picture), n, guide_of(_unit(shot.frames[n])), paintings)[0]
        for n, picture in made.items()
    }
    return {n: _code(np.float32(255) * picture) for n, picture in laid.items()}


def scored(made: Painted, truth: Painted) -> Scores:
    """Means over frames."""
    return mean_scores(score(made[n], truth[n]) for n in truth)


def _carried(key: ImageU8, flow: Flow) -> ImageU8:
    """A key along the motion from a frame to it.

    Where the key does not show what the frame shows, it is carried all the same, and its border
    repeated: the key as it lies is worse there.
    """
    moved = sample_at(key.astype(np.float32), flow, smooth=True)
    return _code(moved)


def _unit(picture: ImageU8) -> ImageF32:
    return picture.astype(np.float32) / np.float32(255)


def _code(picture: ImageF32) -> ImageU8:
    return np.asarray(np.clip(picture + np.float32(0.5), 0, 255), np.uint8)


def _stepwise(shot: Shot, frame: int, key: int) -> Flow:
    """The motion from a frame to a key, followed frame by frame."""
    way = shot.motion.farthest(frame, int(np.sign(key - frame)), abs(key - frame))
    assert way is not None  # nothing is taken for a cut
    return way.flow


def _direct(shot: Shot, frame: int, key: int) -> Flow:
    """The same, from the two frames alone."""
    return optical_flow(shot.frames[frame], shot.frames[key])
