"""Art worn down to what a photo of the same could be, for training that makes it whole again."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.color_start import KNOTS
from ganfx.models.generator import Generator
from ganfx.models.image import luma


def wear(art: Tensor, photo: Tensor, generator: Generator) -> Tensor:
    """Pictures of art without their lines and texture, in the photos' colors and with their grain.

    Args:
        art: ``(B, 3, S, S)`` in [-1, 1].
        photo: As many photos, whose detail is laid over.
        generator: Whose color start is undone.
    """
    worn = torch.stack([_without_marks(each.unsqueeze(0)).squeeze(0) for each in art])
    worn = _before_start(worn, generator)
    if generator.monochrome:
        worn = photo + luma(worn) - luma(photo)
    amount = torch.rand(len(art), 1, 1, 1, device=art.device)
    fine = photo - _blur(photo, 2.0)
    shade = luma(_blur(photo, 10.0))
    shade = shade - shade.mean(dim=(2, 3), keepdim=True)
    return (worn + (0.3 + 0.7 * amount) * fine + SHADE * amount * shade).clamp(-1, 1)


SHADE = 0.15


def _without_marks(art: Tensor) -> Tensor:
    radius = int(torch.randint(1, 4, ()))
    if float(torch.rand(())) < 0.8:
        art = _erode(_dilate(art, radius), radius)
    else:
        art = _dilate(_erode(art, radius), radius)
    return _blur(art, 0.4 + 1.2 * float(torch.rand(())))


def _dilate(image: Tensor, radius: int) -> Tensor:
    return F.max_pool2d(image, 2 * radius + 1, stride=1, padding=radius)


def _erode(image: Tensor, radius: int) -> Tensor:
    return -_dilate(-image, radius)


def _blur(image: Tensor, sigma: float) -> Tensor:
    radius = max(1, round(2.5 * sigma))
    places = torch.arange(-radius, radius + 1, dtype=image.dtype, device=image.device)
    taps = torch.exp(-0.5 * (places / sigma) ** 2)
    taps = taps / taps.sum()
    channels = image.shape[1]
    padded = F.pad(image, (radius,) * 4, mode="reflect")
    across = F.conv2d(padded, taps.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(across, taps.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def _before_start(image: Tensor, generator: Generator) -> Tensor:
    start = generator.color_start
    if start is None:
        return image
    matrix = start.matrix
    if generator.monochrome:
        # Luma alone is of use: grays that end at this luma.
        gray = luma(image)
        weights = torch.tensor([0.2126, 0.7152, 0.0722], device=image.device)
        slope = (weights @ matrix).sum()
        gray = (gray - weights @ start.offset) / slope.clamp(min=0.1)
        image = gray.expand(-1, 3, -1, -1)
    else:
        inverse = torch.linalg.inv(matrix)
        image = torch.einsum("ij,bjhw->bihw", inverse, image - start.offset.view(1, 3, 1, 1))
    gray = luma(image)
    return image + _uncurved(gray, start.curve) - gray


def _uncurved(gray: Tensor, curve: Tensor) -> Tensor:
    rising = curve + 1e-4 * torch.arange(KNOTS, device=curve.device)
    index = torch.searchsorted(rising, gray.contiguous()).clamp(1, KNOTS - 1)
    low, high = rising[index - 1], rising[index]
    share = ((gray - low) / (high - low)).clamp(-0.5, 1.5)
    return -1 + 2 / (KNOTS - 1) * (index - 1 + share)
