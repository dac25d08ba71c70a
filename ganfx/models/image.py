"""Image operations that networks and losses share: luma, chroma, blur, and halving the size."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.constants import constant

LUMA = (0.2126, 0.7152, 0.0722)  # Rec. 709, applied to encoded values


def luma(image: Tensor) -> Tensor:
    """``(B, 3, H, W)`` to ``(B, 1, H, W)``: Rec. 709 weights on encoded values."""
    red, green, blue = image.unbind(1)
    return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue).unsqueeze(1)


def luma_chroma(image: Tensor) -> Tensor:
    """``(B, 3, H, W)`` RGB to Y, B-Y and R-Y of the same shape."""
    gray = luma(image)
    return torch.cat([gray, image[:, 2:] - gray, image[:, :1] - gray], dim=1)


def blur_down(x: Tensor) -> Tensor:
    """Half-size copy through the separable low-pass [1 3 3 1] / 8, zero outside.

    The filter is centred between pixels 2i and 2i+1, where bilinear upsampling puts
    them back, so down and up leave no shift.

    Args:
        x: ``(B, C, H, W)``, H and W even.

    Returns:
        ``(B, C, H/2, W/2)``.
    """
    channels = x.shape[1]
    kernel = constant("blur_down", x, lambda: _low_pass(x)).expand(channels, 1, 4, 4)
    return F.conv2d(x, kernel, stride=2, padding=1, groups=channels)


def _low_pass(like: Tensor) -> Tensor:
    # Counted on the device: a list would be copied there, and waited for.
    places = torch.arange(4, device=like.device, dtype=like.dtype) - 1.5
    taps = (4 - 2 * places.abs()) / 8
    return torch.outer(taps, taps)


def gaussian_blur(x: Tensor, sigma: float) -> Tensor:
    """The Gaussian blur of every channel; borders are mirrored. Nothing waits for the device.

    Args:
        x: ``(B, C, H, W)``, both sides above 2.5 sigma.
        sigma: In pixels, at least 0.2.
    """
    half, channels = round(2.5 * sigma), x.shape[1]
    taps = constant(("gaussian_blur", sigma), x, lambda: _gaussian(x, half, sigma))
    kernel = taps.expand(channels, 1, 1, -1)
    rows = F.conv2d(F.pad(x, [half] * 4, mode="reflect"), kernel, groups=channels)
    return F.conv2d(rows, kernel.transpose(2, 3), groups=channels)


def _gaussian(like: Tensor, half: int, sigma: float) -> Tensor:
    axis = torch.arange(-half, half + 1, device=like.device, dtype=like.dtype)
    taps = torch.exp(-axis.square() / (2 * sigma**2))
    return taps / taps.sum()
