"""Marks in the loop: the discriminators judge finished pictures, strokes, washes and lines on them.

So the generator learns the tones, colors and edges from which these marks come out like the art.
Marks are not differentiable; gradients go round them, straight through (Bengio et al. 2013): as if
a mark were the mean color of the area that it takes its own from.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from kornia.filters import get_gaussian_kernel1d
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.constants import constant
from ganfx.preset import EffectConfig, Preset
from ganfx.stylize.effects import EFFECTS, Effect, Place

SEEDS = 2**31


def with_marks(preset: Preset, fake: Tensor) -> Tensor:
    """Pictures with the marks of a preset laid over them, anew in every step.

    Args:
        preset: Its ``[strokes]``, ``[washes]`` and ``[lines]`` are laid as far as their amounts
            say, as on frames of ``train.marks`` lines that the pictures are parts of.
        fake: ``(B, 3, S, S)`` in [-1, 1].

    Returns:
        The same shape and range; its gradient passes to ``fake`` blurred as far as marks see.
        ``fake`` itself where the preset has no marks. Seeds are from torch's global generator.
    """
    for effect in EFFECTS:
        config = effect.section(preset)
        if effect.follows_scene and config.amount > 0:
            fake = _laid(fake, effect, config, preset.train.marks)
    return fake


def _laid(fake: Tensor, effect: Effect[Any], config: EffectConfig, height: int) -> Tensor:
    seeds = torch.randint(SEEDS, (len(fake),)).tolist()
    places = [Place(height=height, seed=seed) for seed in seeds]
    pictures = fake.detach().float().add(1).div(2).clamp(0, 1).permute(0, 2, 3, 1).cpu().numpy()
    laid = np.stack(
        [
            effect.apply(np.ascontiguousarray(picture), config, place)
            for picture, place in zip(pictures, places, strict=True)
        ]
    )
    marked = torch.from_numpy(laid).permute(0, 3, 1, 2).to(fake.device).mul(2).sub(1)
    around = _blurred(fake.float(), effect.blur(config, places[0]))
    return around + (marked - around).detach()


def _blurred(image: Tensor, sigma: float) -> Tensor:
    """Each channel through a Gaussian; borders are mirrored."""
    half, channels = min(math.ceil(3 * sigma), image.shape[-1] - 1), image.shape[1]
    if not half:
        return image

    def made() -> Tensor:
        kernel: Tensor = get_gaussian_kernel1d(
            2 * half + 1, sigma, device=image.device, dtype=image.dtype
        )
        return kernel

    kernel = constant(("marks", half, sigma), image, made).expand(channels, 1, 1, -1)
    rows = F.conv2d(F.pad(image, (half, half, 0, 0), mode="reflect"), kernel, groups=channels)
    padded = F.pad(rows, (0, 0, half, half), mode="reflect")
    return F.conv2d(padded, kernel.transpose(2, 3), groups=channels)
