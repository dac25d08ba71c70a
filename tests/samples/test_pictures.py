import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.samples import sample_pictures


def test_scenes_come_in_the_size_that_was_asked_for():
    pictures = sample_pictures("samples:scenes", 3, size=(96, 64), seed=1)

    assert [p.shape for p in pictures] == [(64, 96, 3)] * 3
    assert all(p.dtype == np.uint8 for p in pictures)


def test_a_longer_set_begins_with_the_shorter_one():
    short = sample_pictures("samples:scenes", 2, size=(48, 32), seed=5)
    long = sample_pictures("samples:scenes", 4, size=(48, 32), seed=5)

    assert np.array_equal(short, long[:2])


def test_a_set_can_be_rendered_piece_by_piece():
    whole = sample_pictures("samples:noir", 3, size=(48, 32), seed=5)
    last = sample_pictures("samples:noir", 1, size=(48, 32), seed=5, first=2)

    assert np.array_equal(whole[2], last[0])


def test_pictures_of_a_set_and_sets_of_other_seeds_differ():
    pictures = sample_pictures("samples:scenes", 9, size=(48, 32), seed=1)
    pictures += sample_pictures("samples:scenes", 9, size=(48, 32), seed=2)

    assert len({p.tobytes() for p in pictures}) == 18


def test_art_shows_other_places_than_the_photos(monkeypatch):
    rendered = []
    monkeypatch.setattr(
        "ganfx.samples.pictures.still",
        lambda seed, *size: rendered.append(seed) or np.zeros((*size, 3), dtype=np.uint8),
    )

    for seed in range(4):
        sample_pictures("samples:scenes", 50, size=(32, 32), seed=seed)
        sample_pictures("samples:noir", 50, size=(32, 32), seed=seed)

    assert len(set(rendered)) == 400


def test_unknown_samples_are_refused_with_the_nearest_name():
    with pytest.raises(UsageError) as caught:
        sample_pictures("samples:niore", 3, seed=1)

    assert "samples:niore" in caught.value.message
    assert "samples:noir" in str(caught.value.hint)
