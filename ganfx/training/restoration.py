"""Restoration: art worn down to what a photo of the same could be, for training to make it whole.

Discriminators say what lines look like, and hardly where they belong. The art itself says it: its
lines lie between its areas. With lines and texture taken off, in the photos' colors and with
a photo's texture and shade laid over it, a picture of art is a photo whose painting is known.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.color_start import ColorStart
from ganfx.models.constants import constant
from ganfx.models.generator import Generator
from ganfx.models.image import LUMA, gaussian_blur, luma

WIDEST = 3
"""Half the width of the broadest lines that are taken off, in pixels."""
SOFTEST = 1.6
"""Sigma of a blur that follows, in pixels; crops are between sharp and this."""
TEXTURE, BROAD = 2.0, 10.0
"""Sigma below which a photo's detail is its texture, and above which it is its shade."""
LEAST, SHADE = 0.3, 0.15
"""Of a photo's texture, the share that is laid over at least; and at most of its shade."""
STEEPEST = 10.0
"""Slope at which a curve of tones is undone at most."""


@torch.no_grad()
def worn_down(art: Tensor, photo: Tensor, generator: Generator, *, light: float = 0.2) -> Tensor:
    """Art without its lines and texture, as photos: as if the generator had not seen it yet.

    What is random comes from torch's global generator.

    Args:
        art: ``(B, 3, S, S)`` in [-1, 1].
        photo: As many photos, whose texture is laid over.
        generator: Whose color start is undone; a monochrome one gets the photos' chroma.
        light: Share of crops whose light lines go; the dark ones of the others do.

    Returns:
        ``(B, 3, S, S)`` in [-1, 1].
    """
    bare = _without_lines(art, light)
    if generator.color_start is not None:
        bare = _as_photo(bare, generator.color_start, gray=generator.monochrome)
    if generator.monochrome:
        bare = photo + luma(bare) - luma(photo)
    amount = _drawn(art)
    shade = gaussian_blur(luma(photo), BROAD)
    shade = shade - shade.mean(dim=(2, 3), keepdim=True)
    texture = photo - gaussian_blur(photo, TEXTURE)
    over = (LEAST + (1 - LEAST) * amount) * texture + SHADE * amount * shade
    return (bare + over).clamp_(-1, 1)


def _without_lines(art: Tensor, light: float) -> Tensor:
    """Each crop closed (Serra, "Image Analysis and Mathematical Morphology", 1982), and blurred."""
    sign = torch.where(_drawn(art) < 1 - light, 1.0, -1.0)
    half = 1 + WIDEST * _drawn(art)
    closed = sign * -_widened(-_widened(sign * art, half), half)
    return torch.lerp(closed, gaussian_blur(closed, SOFTEST), _drawn(art))


def _widened(image: Tensor, half: Tensor) -> Tensor:
    """Each pixel the largest of a square around it, by whole pixels of ``half``, crop by crop."""
    for step in range(1, WIDEST + 1):
        larger = F.max_pool2d(image, 3, stride=1, padding=1)
        image = torch.where(half >= step, larger, image)
    return image


def _drawn(art: Tensor) -> Tensor:
    """A number from 0 to 1 for each crop, drawn on its device: nothing waits for it."""
    return torch.rand(len(art), 1, 1, 1, device=art.device, dtype=art.dtype)


def _as_photo(art: Tensor, start: ColorStart, *, gray: bool) -> Tensor:
    """Colors that a start's matrix and curve turn into these; its table is not undone."""
    matrix, offset = start.matrix.to(art), start.offset.to(art)
    if gray:  # whose luma alone is seen
        weights = constant("luma", art, lambda: art.new_tensor(LUMA))
        gain = (weights @ matrix).sum().clamp(min=1 / STEEPEST)
        rgb = ((luma(art) - weights @ offset) / gain).expand_as(art)
    else:
        shifted = art - offset.view(1, 3, 1, 1)
        rgb = torch.einsum("ij,bjhw->bihw", start.inverse.to(art), shifted)
    tone = luma(rgb)
    return rgb + _before_curve(tone, start.curve.to(art)) - tone


def _before_curve(tone: Tensor, curve: Tensor) -> Tensor:
    """The tones that a rising curve turns into these."""
    step = 2 / (len(curve) - 1)
    least = torch.arange(len(curve)).to(curve) * step / STEEPEST
    rising = torch.cummax(curve - least, dim=0).values + least  # never flat
    above = torch.searchsorted(rising, tone.contiguous()).clamp_(1, len(curve) - 1)
    low, high = rising[above - 1], rising[above]
    return (above - 1 + (tone - low) / (high - low)) * step - 1
