"""On a GPU: training runs there, and stylising agrees with the CPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig, load_preset
from ganfx.stylize.tiling import stylise_image
from ganfx.training import train
from ganfx.training.events import TrainingDone, TrainingStarted

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU"),
]


def test_training_runs_on_the_gpu_and_ends_with_a_style(tmp_path: Path) -> None:
    preset = load_preset("noir", ["train.steps=5", "data.samples=4"])
    events = list(train(preset, tmp_path / "run", device="cuda"))

    assert isinstance(events[0], TrainingStarted)
    assert not events[0].device.startswith("CPU")
    assert isinstance(events[-1], TrainingDone)
    assert events[-1].style.is_file()


def test_a_run_of_the_gpu_resumes_on_the_cpu(tmp_path: Path) -> None:
    preset = load_preset("noir", ["train.steps=4", "data.samples=4", "train.crop_size=64"])
    events = train(preset, tmp_path / "run", device="cuda")
    for _ in range(4):
        next(events)
    events.close()

    *_, done = train(preset, tmp_path / "run", device="cpu", resume=True)
    assert isinstance(done, TrainingDone)


@torch.no_grad()
def test_a_frame_differs_from_the_cpu_by_less_than_one_code_value() -> None:
    torch.manual_seed(0)
    generator = Generator(ModelConfig()).eval().requires_grad_(False)
    for parameter in generator.parameters():
        parameter.add_(0.02 * torch.randn_like(parameter))
    photo = np.random.default_rng(0).random((300, 400, 3), dtype=np.float32)

    ours = stylise_image(generator, photo, device=torch.device("cpu"))
    theirs = stylise_image(generator.cuda(), photo, device=torch.device("cuda"))
    assert float(np.abs(ours - theirs).max()) < 1 / 255
