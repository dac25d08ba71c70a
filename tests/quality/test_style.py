"""Style: the output between two baselines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.frames import write_picture
from ganfx.quality.style import StylePictureScore, StyleScore, evaluate_style


def blocks(seed: int, low: int, high: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.kron(rng.integers(low, high, (6, 8, 3)), np.ones((8, 8, 1))).astype(np.uint8)


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Dark photos, bright art, and an output that is as bright and has the photos' edges."""
    for number in range(3):
        photo = blocks(number, 0, 80)
        write_picture(tmp_path / f"in/{number}.png", photo)
        write_picture(tmp_path / f"out/{number}.png", (photo + 150).astype(np.uint8))
        write_picture(tmp_path / f"art/{number}.png", blocks(10 + number, 150, 230))
    return tmp_path


def test_the_output_stands_between_the_photos_and_copies_of_the_art(sets: Path) -> None:
    scores = list(evaluate_style(sets / "in", sets / "out", sets / "art"))
    pictures = [each for each in scores if isinstance(each, StylePictureScore)]
    untouched, output, copies = (each for each in scores if isinstance(each, StyleScore))
    assert [each.picture.name for each in pictures] == ["0.png", "1.png", "2.png"]
    assert (untouched.role, output.role, copies.role) == ("untouched", "output", "copies")
    assert untouched.structure == 1.0
    assert output.structure > 0.99
    assert abs(copies.structure) < 0.3
    assert untouched.distance > 5 * output.distance
    assert (untouched.pictures, copies.pictures) == (3, 2)
    assert output.kid is None


def test_of_one_work_there_is_no_baseline_of_copies(sets: Path) -> None:
    for name in ("1.png", "2.png"):
        (sets / "art" / name).unlink()
    scores = list(evaluate_style(sets / "in", sets / "out", sets / "art"))
    assert [each.role for each in scores if isinstance(each, StyleScore)] == ["untouched", "output"]


def test_another_size_is_told(sets: Path) -> None:
    write_picture(sets / "out/1.png", np.zeros((48, 60, 3), np.uint8))
    with pytest.raises(MediaError, match=r"1\.png: 60x48, and .* has 64x48"):
        list(evaluate_style(sets / "in", sets / "out", sets / "art"))
