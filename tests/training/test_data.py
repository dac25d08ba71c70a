"""Batches: the same for the same step, crops where they should be."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset, override_data
from ganfx.samples.teachers import teach
from ganfx.training.data import (
    Batches,
    PictureSet,
    TrainingSet,
    crop,
    to_network,
)
from ganfx.training.distributed import Team
from ganfx.training.loading import find_pictures
from tests.training.conftest import load_all, write_pictures


def test_a_step_has_the_same_batch_every_time(preset: Preset) -> None:
    first, second = (Batches(load_all(preset), preset) for _ in range(2))
    stream = first.starting_at(0)
    third = [next(stream) for _ in range(4)][3]

    assert torch.equal(third.photos, second.at(3).photos)
    assert torch.equal(third.art, second.at(3).art)
    assert not torch.equal(third.photos, second.at(2).photos)
    first.close()
    second.close()


def test_pairs_are_cropped_at_the_same_place(preset: Preset) -> None:
    ramp = np.indices((90, 120)).astype(np.uint8)
    photo = np.stack([ramp[0], ramp[1], np.zeros_like(ramp[0])], axis=-1)
    painted = np.stack([ramp[0], ramp[1], np.full_like(ramp[0], 255)], axis=-1)
    pictures = TrainingSet(PictureSet((photo,), "a"), None, PictureSet((painted,), "a"))
    batches = Batches(pictures, preset)

    batch = batches.at(0)
    assert batch.painted is not None
    assert torch.equal(batch.photos[:, :2], batch.painted[:, :2])
    assert int(batch.painted[:, 2].min()) == 255
    batches.close()


@pytest.mark.parametrize(("crops", "processes"), [(1, 1), (2, 1), (2, 2), (4, 2), (6, 3)])
def test_every_process_is_shown_as_much_art_as_paintings_where_pairs_have_art_too(
    preset: Preset, crops: int, processes: int
) -> None:
    black, white = np.zeros((70, 70, 3), np.uint8), np.full((70, 70, 3), 255, np.uint8)
    pictures = TrainingSet(*(PictureSet((p,), "a") for p in (black, white, black)))
    train = preset.train.model_copy(update={"batch_size": crops})
    batches = Batches(pictures, preset.model_copy(update={"train": train}))

    for rank in range(processes):
        shares = [Team(rank, processes).share(batches.at(step)).art for step in range(40)]
        shown = torch.stack([share.float().mean(dim=(1, 2, 3)) / 255 for share in shares])
        assert shown.unique().tolist() == [0.0, 1.0]
        assert shown.mean().item() == pytest.approx(0.5, abs=0.2)
        if crops > processes:
            assert shown.mean(dim=1).unique().tolist() == [0.5]
    batches.close()


def test_a_crop_at_full_scale_is_the_picture_itself() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)

    square = crop(picture, (3, 7, 32), 32)
    assert np.array_equal(square.permute(1, 2, 0).numpy(), picture[3:35, 7:39])


def test_reducing_a_crop_averages_it() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 32))[..., None].repeat(3, axis=2)

    inner = crop(stripes, (0, 0, 64), 32)[..., 2:-2, 2:-2]
    assert int(inner.float().sub(127.5).abs().max()) <= 4


def test_network_values_span_minus_one_to_one() -> None:
    codes = torch.tensor([0, 255], dtype=torch.uint8)

    assert to_network(codes, torch.device("cpu")).tolist() == [-1.0, 1.0]


def test_a_picture_smaller_than_the_crop_is_enlarged(tmp_path: Path, preset: Preset) -> None:
    art = write_pictures(tmp_path / "art", 1, seed=0, size=(40, 40))
    batches = Batches(load_all(override_data(preset, art=str(art))), preset)

    assert batches.at(0).art.shape == (2, 3, 64, 64)
    batches.close()


def test_unusable_pictures_are_left_out_and_named(tmp_path: Path, preset: Preset) -> None:
    art = write_pictures(tmp_path / "art", 2, seed=0)
    (art / "broken.png").write_bytes((art / "p0.png").read_bytes()[:60])
    write_picture(art / "tiny.png", np.zeros((8, 8, 3), np.uint8))

    loaded = load_all(override_data(preset, art=str(art))).art
    assert loaded is not None
    assert len(loaded.pictures) == 2
    assert any("broken.png" in reason for reason in loaded.skipped)
    assert any(
        "tiny.png: 8x8 is too small: the shorter side must be 32 or more" in reason
        for reason in loaded.skipped
    )


def test_hidden_files_and_folders_are_not_pictures(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "a", 1, seed=0)
    write_pictures(folder / ".cache", 1, seed=0)
    (folder / ".p9.png").write_bytes(b"")

    assert [p.name for p in find_pictures(folder, "art")] == ["p0.png"]


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("shots", "holds no picture$", "it holds 1 .mp4"),
        ("none", "none is empty", "give a folder with pictures"),
        ("a.png", "not a folder: .*a.png", "name the folder that the pictures are in"),
        ("shot", "no such folder: .*shot", r"did you mean .*shots\?"),
    ],
)
def test_a_source_without_pictures_is_told_with_what_training_takes(
    tmp_path: Path, name: str, says: str, hint: str
) -> None:
    for folder in ("shots", "none"):
        (tmp_path / folder).mkdir()
    for file in ("shots/a.mp4", "a.png"):
        (tmp_path / file).write_bytes(b"")

    with pytest.raises(UsageError, match=f"^data.art: .*{says}") as caught:
        find_pictures(tmp_path / name, "data.art")
    assert re.fullmatch(hint, str(caught.value.hint).replace(str(tmp_path), ""))


@pytest.mark.parametrize(
    ("made", "says"), [(False, "no such folder: .*art"), (True, ".*art is empty")]
)
def test_a_missing_or_empty_source_is_told(
    tmp_path: Path, preset: Preset, made: bool, says: str
) -> None:
    folder = tmp_path / "art"
    if made:
        folder.mkdir()

    with pytest.raises(UsageError, match=f"data.art: {says}"):
        load_all(override_data(preset, art=str(folder)))


def test_pairs_without_a_partner_are_named(tmp_path: Path, paired: Preset) -> None:
    write_pictures(tmp_path / "photos", 3, seed=0)
    write_pictures(tmp_path / "painted", 2, seed=1)

    loaded = load_all(override_data(paired, pairs=str(tmp_path)))
    assert len(loaded.photos.pictures) == 2
    assert loaded.photos.skipped == ("p2: only in one folder",)


def test_sample_pairs_are_photos_and_what_the_teacher_makes_of_them(paired: Preset) -> None:
    data = paired.data.model_copy(update={"pairs": "samples:noir", "samples": 2})
    loaded = load_all(paired.model_copy(update={"data": data}))

    assert loaded.painted is not None
    for photo, painted in zip(loaded.photos.pictures, loaded.painted.pictures, strict=True):
        assert np.array_equal(painted, teach("noir", photo))
    assert str(loaded.painted) == "2 pictures rendered from samples:noir"
    assert loaded.uses_samples


def test_an_unknown_teacher_of_sample_pairs_is_told(paired: Preset) -> None:
    with pytest.raises(UsageError, match="unknown teacher 'nior'") as caught:
        load_all(override_data(paired, pairs="samples:nior"))

    assert caught.value.hint == "did you mean noir?"


def test_large_pictures_are_reduced_to_the_side_that_the_preset_says(
    pictures: Path, preset: Preset
) -> None:
    data = preset.data.model_copy(update={"max_side": 64})  # of 96 x 80
    loaded = load_all(preset.model_copy(update={"data": data}))

    assert {p.shape for p in loaded.photos.pictures} == {(53, 64, 3)}


def test_pairs_of_different_size_are_refused(tmp_path: Path, paired: Preset) -> None:
    write_pictures(tmp_path / "photos", 1, seed=0, size=(80, 80))
    write_pictures(tmp_path / "painted", 1, seed=1, size=(80, 96))

    with pytest.raises(UsageError, match="p0 differs in size: 80x80 and 96x80"):
        load_all(override_data(paired, pairs=str(tmp_path)))


def test_pairs_without_a_painted_folder_are_explained(tmp_path: Path, paired: Preset) -> None:
    write_pictures(tmp_path / "photos", 1, seed=0)

    with pytest.raises(UsageError, match="no folder painted"):
        load_all(override_data(paired, pairs=str(tmp_path)))
