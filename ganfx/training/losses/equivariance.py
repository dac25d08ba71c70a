"""Equivariance losses: temporal stability learned from stills.

A change of the photo should change the result alike.

What flickers in a shot is a network that answers a small move, or a little noise,
with another drawing. These terms make such changes themselves, so the truth is known
exactly and no video is needed (Eilertsen et al. 2019, "Single-Frame Regularization
for Temporally Stable CNNs").

A generator is taken as a callable from ``(B, 3, H, W)`` to the same shape. Its result
near the border depends on padding, which does not move with the picture: ``margin``
says how many pixels to leave out (see `border_margin`).
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

Generate = Callable[[Tensor], Tensor]

LEAST_SIDE = 32  # pixels that are compared along each axis, whatever the margin
WARP = 4  # largest displacement, in pixels
KNOTS = 4  # random displacements along each axis, joined smoothly
NOISE = 2 / 255  # largest deviation of sensor noise, of the display range 0 to 1


def border_margin(receptive_radius: int, side: int) -> int:
    """Pixels to leave out along each border of a square crop.

    The receptive radius, where that leaves something to compare. In a smaller crop the
    middle stays, and what reaches it of the padding is part of the loss.
    """
    return max(0, min(receptive_radius, (side - LEAST_SIDE) // 2))


def shift_loss(
    generate: Generate, photo: Tensor, fake: Tensor, *, stride: int, margin: int
) -> Tensor:
    """Mean absolute change of the result when the photo moves by a few whole pixels.

    The move is no multiple of the network's stride along both axes: by such a one the
    result of a convolutional network moves along exactly, and there is nothing to learn.

    Args:
        generate: The generator.
        photo: ``(B, 3, S, S)``.
        fake: ``generate(photo)``.
        stride: Of the generator; one with stride 1 has no such error.
        margin: Pixels left out along the border.
    """
    if stride == 1:
        return fake.new_zeros(())
    # Drawn on the CPU, so that the slices below wait for no device.
    top, left = divmod(int(torch.randint(1, stride * stride, ())), stride)
    height, width = (size - stride for size in photo.shape[2:])
    moved = generate(photo[..., top : top + height, left : left + width])
    expected = fake[..., top : top + height, left : left + width]
    return F.l1_loss(_inside(moved, margin), _inside(expected, margin))


def warp_loss(generate: Generate, photo: Tensor, fake: Tensor, *, margin: int) -> Tensor:
    """Mean absolute difference between the result of a warped photo and the warped result.

    Args:
        generate: The generator.
        photo: ``(B, 3, S, S)``.
        fake: ``generate(photo)``.
        margin: Pixels left out along the border: the generator's own, and `WARP` more,
            since what lies there moves in from outside.
    """
    flow = smooth_flow(photo)
    moved, expected = generate(warp(photo, flow)), warp(fake, flow)
    return F.l1_loss(_inside(moved, margin), _inside(expected, margin))


def noise_loss(generate: Generate, photo: Tensor, fake: Tensor) -> Tensor:
    """Mean absolute change of the result when the photo gets a little sensor noise.

    Each picture has noise of its own deviation, up to `NOISE`.

    Args:
        generate: The generator.
        photo: ``(B, 3, S, S)``.
        fake: ``generate(photo)``.
    """
    deviation = 2 * NOISE * torch.rand(len(photo), 1, 1, 1, device=photo.device)  # [-1, 1] is 2
    return F.l1_loss(generate(photo + deviation * torch.randn_like(photo)), fake)


def smooth_flow(image: Tensor) -> Tensor:
    """Random displacements that vary slowly over the picture.

    Args:
        image: ``(B, 3, H, W)``; only its shape and device count.

    Returns:
        ``(B, 2, H, W)``: right and down, in pixels, at most `WARP`.
    """
    knots = torch.rand(len(image), 2, KNOTS, KNOTS, device=image.device).mul_(2).sub_(1)
    size = image.shape[2:]
    return WARP * F.interpolate(knots, size, mode="bicubic", align_corners=True).clamp(-1, 1)


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """Look up each pixel ``flow`` away, by cubic interpolation; borders are repeated.

    Args:
        image: ``(B, 3, H, W)``.
        flow: ``(B, 2, H, W)``: right and down, in pixels.
    """
    height, width = image.shape[2:]
    y = torch.arange(height, device=image.device, dtype=flow.dtype).view(-1, 1)
    x = torch.arange(width, device=image.device, dtype=flow.dtype)
    # grid_sample counts from -1 to 1 between the outer edges of the border pixels.
    places = [(2 * (x + flow[:, 0]) + 1) / width - 1, (2 * (y + flow[:, 1]) + 1) / height - 1]
    grid = torch.stack(places, dim=-1)
    return F.grid_sample(image, grid, mode="bicubic", padding_mode="border", align_corners=False)


def _inside(image: Tensor, margin: int) -> Tensor:
    height, width = image.shape[2:]
    return image[..., margin : height - margin, margin : width - margin]
