"""Art that is photographs, and art of two styles."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from ganfx.quality.picture_measures import PictureMeasures
from ganfx.training.art_analysis import ArtAnalysis
from ganfx.training.art_checks import art_notices
from ganfx.training.data import PictureSet, TrainingSet
from tests.training.art_sets import scattered

Measures = tuple[PictureMeasures, ...]
FOLDER = Path("art")


def told(art: Measures, photos: Measures, total: int = 0) -> list[str]:
    picture = np.zeros((8, 8, 3), np.uint8)
    paths = tuple(FOLDER / f"p{index:02}.png" for index in range(len(art)))
    pictures = TrainingSet(
        PictureSet((picture,) * len(photos), "photos"),
        PictureSet((picture,) * len(art), str(FOLDER), paths),
        None,
    )
    return list(art_notices(ArtAnalysis(total or len(art), art, photos), pictures))


def test_art_of_one_style_beside_photos_leaves_nothing_to_say() -> None:
    photos = scattered("photos", 30, seed=1)

    for name in ("engraving", "pencil", "ukiyoe", "vangogh", "watercolor"):
        for count in (3, 12, 30):
            assert told(scattered(name, count), photos) == []


def test_art_that_is_photographs_is_told() -> None:
    (message,) = told(scattered("photos", 30, seed=2), scattered("photos", 30, seed=1))

    assert message.startswith("the art cannot be told from the photos")
    assert "--art" in message


def test_pairs_may_be_near_their_photos() -> None:
    art, photos = scattered("photos", 30, seed=2), scattered("photos", 30, seed=1)
    nothing = TrainingSet(PictureSet((), "p"), None, PictureSet((), "p"))

    assert list(art_notices(ArtAnalysis(30, art, photos, paired=True), nothing)) == []


def test_too_few_pictures_say_nothing_of_their_kind() -> None:
    assert told(scattered("photos", 11, seed=2), scattered("photos", 30, seed=1)) == []
    few = scattered("ukiyoe", 6) + scattered("vangogh", 5)
    assert told(few, scattered("photos", 30, seed=1)) == []


def test_two_styles_are_told_with_the_files_of_the_smaller() -> None:
    art = scattered("pencil", 4) + scattered("vangogh", 20)
    (message,) = told(art, scattered("photos", 30, seed=1))

    assert message.startswith("the art seems to be of two styles: 4 of 24 pictures differ")
    assert "(p00.png, p01.png, p02.png, p03.png)" in message


def test_a_few_pictures_in_black_and_white_among_colored_ones_are_another_style() -> None:
    art = scattered("storybook", 4) + scattered("engraving", 3)
    (message,) = told(art, scattered("photos", 30, seed=1))

    assert "3 of 7 pictures differ from the rest (p04.png, p05.png, p06.png)" in message


def test_of_a_large_set_the_two_styles_are_of_what_was_looked_at() -> None:
    art = scattered("vangogh", 20) + scattered("pencil", 20)
    (message,) = told(art, scattered("photos", 30, seed=1), total=5000)

    assert "20 of 40 pictures that were looked at (5,000)" in message
    assert "and 8 more" in message  # 12 are named


def test_two_stray_pictures_are_no_style() -> None:
    art = scattered("vangogh", 38) + scattered("pencil", 2)

    assert told(art, scattered("photos", 30, seed=1)) == []


def test_an_eighth_that_has_one_flat_ink_is_of_the_same_style() -> None:
    few_inks = [replace(each, variety=5.0) for each in scattered("vangogh", 40)]
    gray = [replace(each, variety=1.5) for each in few_inks[:5]]

    assert told((*gray, *few_inks[5:]), scattered("photos", 30, seed=1)) == []
