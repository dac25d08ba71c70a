"""What a look did to pictures: near to art, true to the drawing, without a grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import write_picture
from ganfx.quality.appearance import LookScore, PictureScore, evaluate_look
from ganfx.quality.metrics import style_distance

RNG = np.random.default_rng(0)
FLAT = np.full((160, 192, 3), 120, np.uint8)
PHOTO = np.kron(RNG.integers(40, 200, (20, 24, 3)), np.ones((8, 8, 1))).astype(np.uint8)
PHOTO[:, :96] = FLAT[:, :96]


def judged(root: Path, outputs: dict[str, np.ndarray], **options: object) -> list:
    """Scores of ``PHOTO`` and what became of it, under each name."""
    for name, picture in outputs.items():
        write_picture(root / "in" / name, PHOTO)
        write_picture((root / "out" / name).with_suffix(".bmp"), picture)
    return list(evaluate_look(root / "in", root / "out", **options))


def test_pictures_left_as_they_are_keep_everything(tmp_path):
    first, second, whole = judged(tmp_path, {"a.png": PHOTO, "b/c.png": PHOTO})
    assert (first.picture, second.picture) == (tmp_path / "out/a.bmp", tmp_path / "out/b/c.bmp")
    assert first.structure == pytest.approx(1.0)
    assert first.grid == first.source_grid
    assert (first.source_flat_area_noise, first.flat_area_noise) == pytest.approx((0.0, 0.0))
    assert isinstance(whole, LookScore)
    assert (whole.pictures, whole.structure) == (2, pytest.approx(1.0))
    assert whole.grid == whole.source_grid == first.grid
    assert whole.chroma == whole.source_chroma
    assert whole.distance is whole.art_chroma is None


def test_a_negative_has_its_edges_the_other_way_round(tmp_path):
    *_, whole = judged(tmp_path, {"a.png": PHOTO, "b.png": 255 - PHOTO})
    assert whole.structure == pytest.approx(0.0, abs=1e-6)
    assert whole.weakest.picture.name == "b.bmp"
    assert whole.weakest.structure == pytest.approx(-1.0)


@pytest.mark.parametrize("stride", [2, 4, 8])
def test_a_grid_of_any_stride_shows(tmp_path, stride):
    pattern = np.zeros_like(PHOTO)
    pattern[::stride, ::stride] = 20
    score, _ = judged(tmp_path, {"a.png": PHOTO + pattern})
    assert score.grid > 10 * score.source_grid


def test_texture_where_the_source_is_flat_is_unrest(tmp_path):
    rough = PHOTO.copy()
    rough[:, 0:96:2] += 51  # a fifth of the range, every other column: deviation of a tenth
    score, _ = judged(tmp_path, {"a.png": rough})
    assert score.flat_area_noise == pytest.approx(0.1, abs=1e-6)


def test_style_is_compared_with_the_art(tmp_path):
    art = np.roll(PHOTO, 5, axis=1)
    write_picture(tmp_path / "art" / "x.png", art)
    *_, whole = judged(tmp_path, {"a.png": art}, art=tmp_path / "art")
    assert whole.distance == 0.0
    assert whole.source_distance == style_distance([PHOTO], [art])
    assert whole.art_chroma == whole.chroma


def test_of_many_some_are_judged_from_the_first_to_the_last(tmp_path):
    outputs = {f"{letter}.png": PHOTO for letter in "abcde"}
    *scores, whole = judged(tmp_path, outputs, most=3)
    assert [score.picture.stem for score in scores] == ["a", "c", "e"]
    assert whole.pictures == 3


def test_a_small_picture_has_no_grid_to_tell(tmp_path):
    small = PHOTO[:31, 96:], PHOTO[:40, 96:]
    for name, picture in zip(("little", "enough"), small, strict=True):
        for folder in ("in", "out"):
            write_picture(tmp_path / name / folder / "a.png", picture)
    with pytest.raises(MediaError, match="96x31 pixels are too few"):
        list(evaluate_look(tmp_path / "little" / "in", tmp_path / "little" / "out"))
    score, _ = evaluate_look(tmp_path / "enough" / "in", tmp_path / "enough" / "out")
    assert isinstance(score, PictureScore)
    assert score.grid is score.source_grid is None


def test_what_cannot_be_compared_is_told(tmp_path):
    judged(tmp_path, {"a.png": PHOTO})
    write_picture(tmp_path / "in" / "b.png", PHOTO)
    with pytest.raises(UsageError, match=r"b\.png: nothing became of it"):
        list(evaluate_look(tmp_path / "in", tmp_path / "out"))
    write_picture(tmp_path / "out" / "b.png", PHOTO[:100])
    with pytest.raises(MediaError, match=r"b\.png: 192x100, and its source 192x160"):
        list(evaluate_look(tmp_path / "in", tmp_path / "out"))
    with pytest.raises(UsageError, match="no such folder"):
        list(evaluate_look(tmp_path / "in", tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError):
        list(evaluate_look(tmp_path / "in", tmp_path / "out", art=tmp_path / "empty"))
