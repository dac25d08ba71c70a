"""A preset and pictures small enough to train on in a test."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.media.frames import write_picture
from ganfx.models.features import TORCHVISION, WIDTHS
from ganfx.preset import LossConfig, Preset
from ganfx.training.data import TrainingSet
from ganfx.training.events import Loading
from ganfx.training.loading import load_pictures

TINY = {
    "name": "tiny",
    "model": {"channels": (4, 6), "blocks": 1, "guides": False},
    "discriminator": {"channels": 4},
    "train": {
        "steps": 6,
        "batch_size": 2,
        "crop_size": 64,
        "log_every": 1,
        "preview_every": 4,
        "save_every": 4,
    },
}


def write_pictures(folder: Path, count: int, seed: int, size: tuple[int, int] = (80, 96)) -> Path:
    """Smooth random pictures, each with its own colours."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for index in range(count):
        small = rng.integers(0, 256, (size[0] // 8, size[1] // 8, 3), dtype=np.uint8)
        write_picture(folder / f"p{index}.png", np.kron(small, np.ones((8, 8, 1), np.uint8)))
    return folder


def load_all(preset: Preset) -> TrainingSet:
    """Everything that a preset learns from."""
    return finish(load_pictures(preset))


def finish(going: Generator[Loading, None, TrainingSet]) -> TrainingSet:
    """What comes of loading that has begun."""
    try:
        while True:
            next(going)
    except StopIteration as finished:
        loaded: TrainingSet = finished.value
        return loaded


@pytest.fixture(autouse=True)
def _one_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of one photo: they would take most of a short run."""
    monkeypatch.setattr("ganfx.training.previews.COUNT", 1)


@pytest.fixture(autouse=True)
def _loading_is_told_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it begins and as it ends; between them as often as the machine is slow."""
    monkeypatch.setattr("ganfx.training.loading.EVERY", float("inf"))


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``photos``, ``art``, and ``pairs`` of photos and their negatives."""
    root = tmp_path_factory.mktemp("pictures")
    write_pictures(root / "photos", 5, seed=1)
    write_pictures(root / "art", 4, seed=2)
    write_pictures(root / "pairs" / "photos", 3, seed=3)
    write_pictures(root / "pairs" / "painted", 3, seed=4)
    return root


@pytest.fixture
def preset(pictures: Path) -> Preset:
    """Unpaired, six steps."""
    data = {"photos": str(pictures / "photos"), "art": str(pictures / "art")}
    return Preset.model_validate({**TINY, "data": data})


@pytest.fixture
def paired(pictures: Path) -> Preset:
    """The same, paired."""
    return Preset.model_validate({**TINY, "data": {"pairs": str(pictures / "pairs")}})


@pytest.fixture(scope="session")
def vgg_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights in torchvision's layout."""
    torch.manual_seed(0)
    weights = {}
    for name, (outputs, inputs) in zip(TORCHVISION, WIDTHS, strict=True):
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, 3, 3) / (3 * inputs**0.5)
        weights[f"{name}.bias"] = torch.zeros(outputs)
    path = tmp_path_factory.mktemp("weights") / "vgg19.pth"
    torch.save(weights, path)
    return path


WEIGHTS = ("texture", "palette", "edges", "style", "gram", "swd", "content", "structure")
WEIGHTS += ("perceptual", "contrast", "identity", "color", "tone", "pixel", "variation", "restore")
WEIGHTS += ("shift", "warp", "noise")


@pytest.fixture
def everything(vgg_file: Path) -> LossConfig:
    """Every term turned on."""
    return LossConfig.model_validate(
        dict.fromkeys(WEIGHTS, 0.5) | {"features": "vgg19", "features_file": str(vgg_file)}
    )
