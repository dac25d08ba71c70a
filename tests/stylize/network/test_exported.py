"""Networks in ONNX Runtime: the engine's promises hold there, too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import read_picture
from ganfx.preset import ModelConfig
from ganfx.stylize import Options
from ganfx.stylize.events import FrameDone, FrameSkipped, StylizeStarted
from ganfx.stylize.job import libraries
from ganfx.stylize.network.exported import OnnxNetwork
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.tiling import stylize_image
from tests.stylize.conftest import make_shot, of_kind, photo, random_generator, run

CPU = torch.device("cpu")
MODELS = {
    "guides": ModelConfig(channels=(4, 8, 12), blocks=1, monochrome=True),
    "areas": ModelConfig(channels=(4, 8), blocks=1, abstraction=(2,), keep_detail=True),
    "flat": ModelConfig(channels=(16, 32), blocks=1, flatten=0.3, tones=6, guides=False),
}


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def plate() -> Any:
    return photo(75, 101).astype(np.float32) / np.float32(255)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_every_tile_size_and_number_of_threads_gives_the_same_bits(model: ModelConfig) -> None:
    generator, made = random_generator(model), []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        network = OnnxNetwork(generator, "look")
        for tile in (None, 24, 56):
            made.append(stylize_image(network, plate(), tile=tile, device=CPU))

    assert all(np.array_equal(made[0], other) for other in made[1:])


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_it_is_as_near_to_torch_as_float32_is(model: ModelConfig) -> None:
    generator = random_generator(model)
    here, there = (
        stylize_image(network, plate(), device=CPU)
        for network in (generator, OnnxNetwork(generator, "look"))
    )

    assert np.abs(here - there).max() < 1e-4


def test_frames_are_another_arithmetic_s_and_of_its_version(
    inked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shot(tmp_path / "shot", range(1001, 1003))
    steps = {"out": tmp_path / "out", "precision": "float32"}

    assert len(of_kind(run(tmp_path / "shot", inked, **steps), FrameDone)) == 2
    torch_made = read_picture(next((tmp_path / "out").rglob("*.1001.png")))
    again = run(tmp_path / "shot", inked, backend="onnxruntime", **steps)
    assert len(of_kind(again, FrameDone)) == 2
    assert "ONNX Runtime" in of_kind(again, StylizeStarted)[0].device
    made = read_picture(next((tmp_path / "out").rglob("*.1001.png")))
    assert np.abs(made.astype(int) - torch_made.astype(int)).max() <= 1

    kept = run(tmp_path / "shot", inked, backend="onnxruntime", tile=16, threads=2, **steps)
    assert len(of_kind(kept, FrameSkipped)) == 2
    monkeypatch.setattr(libraries, "version_of", lambda name: "9.9.9")
    newer = run(tmp_path / "shot", inked, backend="onnxruntime", **steps)
    assert len(of_kind(newer, FrameDone)) == 2


def test_a_mix_is_computed_there_as_a_whole(inked: Path, plain: Path) -> None:
    look = open_look({inked: 0.5, plain: 0.5}, device="cpu", backend="onnxruntime")

    assert all(isinstance(each.network, OnnxNetwork) for each in look.mix)
    assert look.precision(Options(backend="onnxruntime"), deep=False) == torch.float32


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"device": "cuda"}, "computes on the CPU"),
        ({"precision": "half"}, "computes in float32"),
        ({"portable": "sse4"}, "takes what instructions a CPU has"),
        ({"compile": True}, "--compile is torch's"),
    ],
)
def test_what_it_does_not_do_is_refused(other: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Options(backend="onnxruntime", **other)


def test_without_the_package_it_says_how_to_get_it(
    inked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(GanfxError, match="package onnxruntime") as missing:
        open_look(inked, device="cpu", backend="onnxruntime")
    assert "ganfx[export]" in str(missing.value.hint)


def test_its_failures_are_told_as_torch_s_are() -> None:
    network = OnnxNetwork(random_generator(MODELS["guides"]), "look")
    network._run = lambda picture: (_ for _ in ()).throw(Exception("Failed to allocate memory"))

    with pytest.raises(GanfxError, match="out of memory for a window"):
        stylize_image(network, plate(), device=CPU)
