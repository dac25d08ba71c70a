"""Cuts are found where they are, and nowhere else; of each shot the sharpest frame is taken."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage import data

from ganfx.media.arrays import ImageU8
from ganfx.preprocess.cuts import ShotPicker, difference, frame_signature
from ganfx.samples import Scene
from ganfx.samples.scene import develop

PLACES = {
    "astronaut": data.astronaut(),
    "coffee": data.coffee(),
    "chelsea": data.chelsea(),
    "rocket": data.rocket(),
}


def shot(place: str, frames: int, *, speed: int = 3, sharpest: int | None = None) -> list[ImageU8]:
    """A camera that moves to the side; every frame but one a little out of focus."""
    picture = PLACES[place]
    taken = [picture[40:220, 10 + speed * i : 330 + speed * i] for i in range(frames)]
    if sharpest is None:
        return taken
    return [p if i == sharpest else cv2.blur(p, (3, 3)) for i, p in enumerate(taken)]


def picks(frames: list[ImageU8]) -> list[int]:
    picker = ShotPicker[int]()
    found = [
        pick for i, frame in enumerate(frames) for pick in picker.add(i, frame_signature(frame))
    ]
    return [*found, *picker.finish()]


def test_the_sharpest_frame_of_each_shot_is_taken() -> None:
    film = [
        *shot("astronaut", 10, sharpest=7),
        *shot("coffee", 5, sharpest=0),
        *shot("chelsea", 8, sharpest=3),
        *shot("rocket", 6, sharpest=5),
    ]
    assert picks(film) == [7, 10, 18, 28]


def test_a_slow_pan_is_one_shot() -> None:
    assert len(picks(shot("coffee", 80, speed=3))) == 1


def test_a_fast_pan_is_one_shot() -> None:
    still, moving = shot("coffee", 8, speed=0), shot("coffee", 14, speed=20)
    assert len(picks([*still, *moving])) == 1


@pytest.mark.parametrize("length", [1, 2])
@pytest.mark.parametrize("value", [255, 0, "other"])
def test_a_flash_is_no_cut(length: int, value: int | str) -> None:
    film = shot("astronaut", 16)
    flash = PLACES["chelsea"][:180, :320] if value == "other" else np.full_like(film[0], value)
    film[8 : 8 + length] = [flash] * length

    (pick,) = picks(film)
    assert pick not in range(8, 8 + length)


def test_black_frames_part_shots_and_are_not_taken() -> None:
    black = [np.zeros((180, 320, 3), np.uint8)] * 5
    film = [*black, *shot("coffee", 6, sharpest=2), *black, *shot("coffee", 6, sharpest=4), *black]
    assert picks(film) == [7, 20]


def test_a_film_of_nothing_gives_one_frame_all_the_same() -> None:
    assert picks([np.zeros((90, 160, 3), np.uint8)] * 6) == [0]
    assert picks([PLACES["coffee"]]) == [0]
    assert picks([]) == []


def test_the_cuts_of_rendered_shots_are_found() -> None:
    scenes = [Scene(seed, 320, 180) for seed in (2, 3, 5)]
    film = [develop(scene.render(frame)) for scene in scenes for frame in range(1001, 1007)]

    assert [pick // 6 for pick in picks(film)] == [0, 1, 2]


def test_a_frame_does_not_differ_from_itself_and_depth_does_not_matter() -> None:
    frame = shot("astronaut", 1)[0]
    deep = frame.astype(np.uint16) * 257
    floats = frame.astype(np.float32) / 255

    looks = [frame_signature(pixels) for pixels in (frame, deep, floats)]
    assert difference(looks[0], looks[0]) == 0
    assert max(difference(looks[0], look) for look in looks[1:]) < 0.005
    assert difference(looks[0], frame_signature(shot("coffee", 1)[0])) > 0.2
