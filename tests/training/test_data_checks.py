"""What is said about pictures before a run, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from skimage import data as photographs

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset, override_data
from ganfx.training import estimate_cost, loading, train
from ganfx.training.data import Batches
from ganfx.training.data_checks import looks_like_a_page, picture_notices
from ganfx.training.events import Loading, Notice, StepDone
from ganfx.training.loading import load_pictures
from tests.training.conftest import finish, load_all, write_pictures


def notices(preset: Preset) -> list[str]:
    return list(picture_notices(load_all(preset), preset))


def page_of_text() -> np.ndarray:
    page = Image.new("RGB", (700, 1000), (235, 235, 235))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(36)
    for top in range(60, 900, 46):
        draw.text((40, top), "the quick brown fox jumps over", (30, 30, 30), font)
    return np.asarray(page)


def hatching() -> np.ndarray:
    page = np.full((700, 700, 3), 240, np.uint8)
    for x in range(-700, 700, 9):
        cv2.line(page, (x, 20), (x + 650, 680), (20, 20, 20), 2)
    return page


def test_enough_large_pictures_leave_nothing_to_say(preset: Preset, tmp_path: Path) -> None:
    art = write_pictures(tmp_path / "art", 10, seed=0)

    assert notices(override_data(preset, art=str(art))) == []


def test_one_picture_of_art_is_allowed_and_told_to_be_memorised(
    preset: Preset, tmp_path: Path
) -> None:
    art = write_pictures(tmp_path / "art", 1, seed=0)

    (message,) = notices(override_data(preset, art=str(art)))
    assert "will be memorised" in message


def test_few_pictures_of_art_are_counted(preset: Preset) -> None:
    (message,) = notices(preset)
    assert message.startswith("only 4 pictures of art")


def test_three_tiny_pictures_are_refused_with_the_size_that_they_need(
    preset: Preset, tmp_path: Path
) -> None:
    art = write_pictures(tmp_path / "art", 3, seed=0, size=(40, 40))
    crops = preset.train.model_copy(update={"crop_size": 192})
    tiny = override_data(preset.model_copy(update={"train": crops}), art=str(art))

    with pytest.raises(UsageError, match=r"data\.art: none of the 3 pictures") as caught:
        load_all(tiny)
    assert caught.value.hint is not None
    assert "p0.png: 40x40 is too small: the shorter side must be 48" in caught.value.hint


def test_pictures_smaller_than_the_crop_are_counted(preset: Preset, tmp_path: Path) -> None:
    photos = write_pictures(tmp_path / "photos", 2, seed=0, size=(48, 96))
    write_pictures(tmp_path / "photos" / "large", 3, seed=0)

    message = notices(override_data(preset, photos=str(photos)))[0]
    assert message.startswith("2 of 5 photos are smaller than the crops of 64 pixels")

    art = write_pictures(tmp_path / "art", 1, seed=0, size=(48, 96))
    write_pictures(tmp_path / "art" / "large", 2, seed=0)
    message = notices(override_data(preset, art=str(art)))[0]
    assert message.startswith("1 of 3 pictures of art is smaller than the crops of 64 pixels")


@pytest.mark.parametrize(
    ("picture", "page"),
    [
        (page_of_text(), True),
        (np.full((600, 400, 3), 222, np.uint8), True),
        (hatching(), False),
        (photographs.astronaut(), False),
        (photographs.coffee(), False),
    ],
    ids=["text", "blank", "hatching", "portrait", "still life"],
)
def test_pages_are_told_from_art(picture: np.ndarray, page: bool) -> None:
    assert looks_like_a_page(picture) is page


def test_a_folder_of_scans_is_sent_to_preprocess(preset: Preset, tmp_path: Path) -> None:
    art = write_pictures(tmp_path / "art", 10, seed=0)
    for index in range(3):
        write_picture(art / f"text{index}.png", page_of_text())

    (message,) = notices(override_data(preset, art=str(art)))
    assert message.startswith("3 of 13 pictures of art")
    assert "ganfx preprocess" in message


def test_a_picture_that_vanishes_before_it_is_decoded_is_left_out(
    preset: Preset, tmp_path: Path
) -> None:
    art = write_pictures(tmp_path / "art", 3, seed=0)
    going = load_pictures(override_data(preset, art=str(art)))
    assert next(going) == Loading(0, 8)  # listed, not read
    (art / "p1.png").unlink()
    loaded = finish(going).art

    assert loaded is not None
    assert [path.name for path in loaded.paths] == ["p0.png", "p2.png"]
    assert "p1.png" in loaded.skipped[0]


def test_pictures_and_cache_that_vanish_in_mid_run_change_nothing(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    art = write_pictures(tmp_path / "art", 2, seed=0)
    steps = 0
    for event in train(override_data(preset, art=str(art)), tmp_path / "run", device="cpu"):
        if isinstance(event, StepDone):
            steps += 1
            if steps == 1:
                for file in [*art.iterdir(), *(tmp_path / "cache").rglob("*.pixels")]:
                    file.unlink()

    assert steps == 6


def test_crops_are_the_same_with_and_without_the_cache(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    batches = []
    for gib in ("0", "1", "1"):  # off, filled, found
        monkeypatch.setenv("GANFX_CACHE_GIB", gib)
        source = Batches(load_all(preset), preset)
        batches.append(source.at(5))
        source.close()

    for other in batches[1:]:
        assert (other.photos == batches[0].photos).all()
        assert (other.art == batches[0].art).all()


def test_a_second_run_decodes_nothing(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    load_all(preset)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr("ganfx.training.cache.read_opaque", refuse)
    assert len(load_all(preset).photos.pictures) == 5


def test_pictures_that_found_no_room_are_told(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("GANFX_CACHE_GIB", "0.00005")  # two of nine pictures

    assert notices(preset)[0].startswith("7 of the pictures found no room in")


def test_loading_counts_up_and_ends_at_the_total(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "EVERY", -1.0)
    told = list(load_pictures(preset))

    assert told == [Loading(done, 9) for done in range(10)]


def test_leaving_while_it_loads_stops_the_loading(preset: Preset, tmp_path: Path) -> None:
    events = train(preset, tmp_path / "run", device="cpu")
    assert isinstance(next(events), Loading)
    events.close()

    assert not (tmp_path / "run").exists()


def test_notices_reach_the_events_of_a_run(preset: Preset, tmp_path: Path) -> None:
    events = train(preset, tmp_path / "run", device="cpu")
    first = [next(events) for _ in range(4)]
    events.close()

    assert isinstance(first[3], Notice)
    assert "only 4 pictures of art" in first[3].message


def test_transparent_pictures_are_put_on_a_background_and_counted(
    preset: Preset, tmp_path: Path
) -> None:
    cut_out = Image.new("RGBA", (96, 80), (255, 0, 255, 0))
    cut_out.paste((10, 20, 30, 255), (30, 30, 60, 60))
    art = shutil.copytree(preset.data.art, tmp_path / "art")  # others use the fixture's
    cut_out.save(art / "aaa.png")
    preset = override_data(preset, photos=preset.data.photos, art=str(art))
    told = "1 picture is transparent in part and put on white"

    assert sum(notice.startswith(told) for notice in notices(preset)) == 1
    art = load_all(preset).art
    assert art is not None
    assert art.pictures[0][0, 0].tolist() == [255, 255, 255]
    red = override_data(preset, background="#ff0000")
    on_red = load_all(red).art
    assert on_red is not None
    assert on_red.pictures[0][0, 0].tolist() == [255, 0, 0]
    with pytest.raises(UsageError, match=r"data.background wite: not a colour"):
        load_all(override_data(preset, background="wite"))


def test_a_picture_that_is_cut_short_is_told_by_its_file_and_nothing_beside_it(
    preset: Preset, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    art = tmp_path / "art"
    for number in range(3):
        write_picture(art / f"{number}.png", photographs.astronaut()[:96, : 96 + number])
    cut = art / "1.png"
    cut.write_bytes(cut.read_bytes()[:3000])
    told = notices(override_data(preset, art=str(art)))

    assert told[0] == f"left out {cut}: the file is cut short"
    assert capfd.readouterr() == ("", "")


def test_colors_that_a_black_and_white_look_would_lose_are_told(
    preset: Preset, tmp_path: Path
) -> None:
    colors, sepia = photographs.astronaut(), photographs.astronaut().mean(axis=2, keepdims=True)
    toned = (sepia * [1.0, 0.9, 0.7]).astype(np.uint8)
    gray = preset.model_copy(update={"model": preset.model.model_copy(update={"monochrome": True})})
    for name, picture in (("photos", colors), ("painted", colors[::-1].copy()), ("print", toned)):
        for number in range(3):
            write_picture(tmp_path / "keys" / name / f"{number}.png", picture)
            write_picture(tmp_path / "art" / name / f"{number}.png", picture)

    pairs = {"pairs": str(tmp_path / "keys")}
    (told,) = notices(override_data(gray, **pairs))
    assert told.startswith("tiny makes black-and-white pictures (model.monochrome), and 3 of 3")
    assert "painted pictures that were looked at are in colour" in told
    assert notices(override_data(preset, **pairs)) == []
    art = notices(override_data(gray, photos=str(tmp_path / "keys"), art=str(tmp_path / "art")))
    assert "6 of 9 pictures of art" in art[0]
    prints = override_data(gray, photos=str(tmp_path / "keys"), art=str(tmp_path / "art/print"))
    assert not any("colour" in told for told in notices(prints))
    assert any(
        "6 of 9" in told
        for told in estimate_cost(
            override_data(gray, photos=str(tmp_path / "keys"), art=str(tmp_path / "art")),
            device="cpu",
        ).notices
    )
