"""What the art's palette as a whole says: how vivid it is, and how dark."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ganfx.training.color_statistics import LEVELS, MOST_VIVID, tone_curve, vividness
from ganfx.training.data import PictureSet, TrainingSet


def test_vividness_is_the_chroma_of_the_art_over_that_of_the_photos() -> None:
    """Of pure blue over grey, B-Y is 2 (1 - 0.0722) and R-Y 2 * -0.0722, in any amount alike."""

    def of(*blues: int) -> PictureSet:
        picture = np.full((32, 32, 3), 100, np.uint8)
        pictures = [picture + np.array([0, 0, blue], np.uint8) for blue in blues]
        return PictureSet(tuple(pictures), "a")

    assert vividness(TrainingSet(of(40, 80), of(30), None)) == pytest.approx(0.5)
    assert vividness(TrainingSet(of(40), of(0), None)) == 0.0
    assert vividness(TrainingSet(of(0), of(40), None)) == MOST_VIVID
    assert vividness(TrainingSet(of(40), None, of(20))) == pytest.approx(0.5)


def grays(*tones: int, size: int = 32) -> PictureSet:
    """Flat pictures."""
    return PictureSet(tuple(np.full((size, size, 3), t, np.uint8) for t in tones), "a")


def at(curve: torch.Tensor, tone: int) -> float:
    """What a tone of 0 to 255 becomes, of 0 to 255."""
    assert curve.shape == (LEVELS,)
    return float(curve[tone] + 1) * 127.5


def test_the_darkest_third_becomes_the_darkest_third_of_the_art() -> None:
    curve = tone_curve(TrainingSet(grays(40, 80, 160), grays(10, 250, 100), None))

    assert at(curve, 40) == pytest.approx(10, abs=1)
    assert at(curve, 80) == pytest.approx(100, abs=1)
    assert at(curve, 160) == pytest.approx(250, abs=1)
    assert at(curve, 0) == pytest.approx(10, abs=1)  # no photo is so dark: the darkest there is
    assert at(curve, 120) == pytest.approx(175, abs=2)


def test_photos_that_all_have_one_tone_get_the_mean_of_the_art() -> None:
    curve = tone_curve(TrainingSet(grays(255), grays(0, 200), None))

    assert at(curve, 255) == pytest.approx(100, abs=1)


def test_every_picture_counts_the_same_whatever_its_size() -> None:
    small = TrainingSet(grays(90), grays(50, 150), None)
    large = PictureSet((*grays(50).pictures, *grays(150, size=512).pictures), "a")

    assert torch.equal(tone_curve(small), tone_curve(TrainingSet(grays(90), large, None)))


def test_of_a_large_set_some_are_looked_at_from_its_beginning_to_its_end() -> None:
    dark, light = grays(50, size=8).pictures * 900, grays(150, size=8).pictures * 100
    art = PictureSet((*dark, *light), "a")

    assert at(tone_curve(TrainingSet(grays(90), art, None)), 90) == pytest.approx(60, abs=1)


def test_texture_is_not_tone() -> None:
    """A fine checkerboard of ink is the grey that it is from a distance."""
    board = (255 * (np.indices((64, 64)).sum(0) % 2)).astype(np.uint8)
    ink = PictureSet((np.repeat(board[..., None], 3, axis=2),), "a")

    assert at(tone_curve(TrainingSet(grays(30, 200), ink, None)), 30) == pytest.approx(127.5, abs=1)


@given(st.integers(0, 2**32 - 1))
def test_a_curve_rises_and_stays_within_the_art(seed: int) -> None:
    rng = np.random.default_rng(seed)
    photos, art = (
        PictureSet(tuple(rng.integers(0, high, (3, 24, 40, 3), dtype=np.uint8)), "a")
        for high in rng.integers(2, 256, 2)
    )
    curve = tone_curve(TrainingSet(photos, art, None))

    assert (curve.diff() >= -1e-6).all()
    assert curve.max() <= max(float(p.max()) for p in art.pictures) / 127.5 - 1 + 1e-5
    assert curve.min() >= -1
    same = tone_curve(TrainingSet(photos, photos, None))
    lumas = np.array([p.mean(axis=(0, 1)) @ (0.2126, 0.7152, 0.0722) for p in photos.pictures])
    assert np.abs([at(same, round(y)) - round(y) for y in lumas]).max() < 2.0
