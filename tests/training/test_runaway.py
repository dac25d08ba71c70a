"""A discriminator whose learning rate is far too high, and what becomes of the look.

Art is painted by a teacher, so there is a truth: what it makes of photos held out.
"""

from __future__ import annotations

import statistics

import numpy as np
import pytest
import torch
from skimage.metrics import peak_signal_noise_ratio

from ganfx.media.arrays import ImageU8
from ganfx.preset import Preset
from ganfx.samples import sample_pictures, teach
from ganfx.training.color_statistics import tone_curve, vividness
from ganfx.training.data import Batches, PictureSet, TrainingSet, to_network
from ganfx.training.recovery import check
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step

CPU = torch.device("cpu")
HELD = 4
NORMAL, TWENTY_TIMES = 3e-4, 6e-3


@pytest.fixture(scope="module")
def scenes() -> list[ImageU8]:
    return sample_pictures("samples:scenes", 16 + HELD, size=(176, 112), seed=1)


def small(discriminator_lr: float, steps: int, seed: int) -> Preset:
    return Preset.model_validate(
        {
            "name": "small",
            "data": {"photos": "a", "art": "b", "photo_scale": (1.0, 1.0), "art_scale": (1.0, 1.0)},
            "model": {"channels": (8, 16, 24), "blocks": 1},
            "discriminator": {"channels": 8},
            "train": {
                "steps": steps,
                "batch_size": 2,
                "crop_size": 64,
                "generator_lr": 2e-3,
                "discriminator_lr": discriminator_lr,
                "seed": seed,
            },
        }
    )


def trained(preset: Preset, scenes: list[ImageU8]) -> State:
    photos, painted = scenes[HELD::2], [teach("noir", scene) for scene in scenes[HELD + 1 :: 2]]
    pictures = TrainingSet(PictureSet(tuple(photos), "a"), PictureSet(tuple(painted), "b"), None)
    state, batches = new_state(preset, CPU), Batches(pictures, preset)
    state.vividness = vividness(pictures)
    state.tone_curve = tone_curve(pictures)
    try:
        crops = batches.starting_at(0)
        for _ in range(state.steps):
            take_step(state, next(crops))
            assert check(state, closely=False) is None
    finally:
        batches.close()
    return state


def decibels(state: State, scenes: list[ImageU8]) -> float:
    """How near the look comes to the teacher's, on photos that it has not seen."""
    scores = []
    for photo in scenes[:HELD]:
        tensor = torch.from_numpy(np.ascontiguousarray(photo)).permute(2, 0, 1)[None]
        with torch.no_grad():
            painted = state.averaged(to_network(tensor, CPU)).clamp(-1, 1)
        ours = painted[0].permute(1, 2, 0).add(1).mul(127.5).round().byte().numpy()
        scores.append(peak_signal_noise_ratio(teach("noir", photo), ours))
    return statistics.mean(scores)


def test_a_learning_rate_twenty_times_too_high_costs_less_than_a_decibel_and_a_half(
    scenes: list[ImageU8],
) -> None:
    normal = trained(small(NORMAL, 50, seed=1), scenes)
    hurried = trained(small(TWENTY_TIMES, 50, seed=1), scenes)

    untrained = decibels(new_state(small(NORMAL, 1, seed=1), CPU), scenes)
    assert decibels(normal, scenes) > untrained + 1.0
    assert decibels(hurried, scenes) > decibels(normal, scenes) - 1.5
    assert all(throttle.factor > 0.9 for throttle in normal.controls.throttles.values())
    slowed = [throttle.factor for throttle in hurried.controls.throttles.values()]
    assert max(slowed) < 0.9
    assert min(slowed) < 0.5


@pytest.mark.slow
def test_nor_does_it_in_a_longer_run_over_several_seeds(scenes: list[ImageU8]) -> None:
    means = [
        statistics.mean(
            decibels(trained(small(rate, 400, seed), scenes), scenes) for seed in (1, 2, 3)
        )
        for rate in (NORMAL, TWENTY_TIMES)
    ]

    assert means[1] > means[0] - 1.5
