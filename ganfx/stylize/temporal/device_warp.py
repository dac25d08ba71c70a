"""Warps to keyframes on a device: `ganfx.stylize.temporal.keyframe_warp`, by the same formulae."""

from __future__ import annotations

import torch
from torch import Tensor

from ganfx.stylize.temporal.device_motion import DeviceMotion
from ganfx.stylize.temporal.device_sampling import blurred
from ganfx.stylize.temporal.keyframe_warp import (
    LEAST,
    SMOOTH,
    STRAIN,
    KeyframeWarp,
    ways_to_keyframes,
)
from ganfx.stylize.temporal.paths import Path


@torch.inference_mode()
def device_keyframe_warp(frame: int, motion: DeviceMotion) -> KeyframeWarp | None:
    """Where a frame's pixels are in its keyframes, for marks that are laid on the CPU.

    Args:
        frame: Its number; those that `PERIOD` divides are keyframes, and so are the ends of a shot.
        motion: Holding the guides of its window.

    Returns:
        At the guides' size; None for a keyframe.
    """
    both = ways_to_keyframes(frame, motion)
    if both is None:
        return None
    before, after = both
    share = float(before.distance / (before.distance - after.distance))
    (behind, first), (ahead, second) = _carried(before), _carried(after)
    first, second = first * (1.0 - share), second * share
    total = first + second
    least = float(LEAST)
    nowhere = total < least
    behind, ahead = (each.masked_fill(nowhere[..., None], 0.0) for each in (behind, ahead))
    second = second.masked_fill(nowhere, 0.0) / total.clamp(min=least)
    return KeyframeWarp(*(each.numpy(force=True) for each in (behind, ahead, second)))


def _carried(path: Path[Tensor]) -> tuple[Tensor, Tensor]:
    """A smooth flow, and how far a pattern can be carried along it."""
    most = float(max(path.flow.shape))  # what leads further is not known
    flow = blurred(path.flow.clamp(-most, most), SMOOTH)
    strain = _strain(flow[..., 0]) + _strain(flow[..., 1])
    left = (1.0 - strain / float(STRAIN * STRAIN)).clamp(min=0.0)
    return flow, path.trust * left * left


def _strain(plane: Tensor) -> Tensor:
    """Squared change from each pixel to those right and below, as far as there are any."""
    strain = torch.zeros_like(plane)
    right, down = plane[:, 1:] - plane[:, :-1], plane[1:] - plane[:-1]
    strain[:, :-1] = right * right
    strain[:-1] += down * down
    return strain
