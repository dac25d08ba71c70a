"""Restoration: art worn down to what a photo of the same could be, for training to make it whole.

Discriminators say what lines look like, and hardly where they belong. The art itself says it: its
lines lie between its areas. With lines and texture taken off, in the photos' colors and with
a photo's texture and shade laid over it, a picture of art is a photo whose painting is known.
"""

from __future__ import annotations

import torch
from kornia.filters import gaussian_blur2d
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.color_start import ColorStart
from ganfx.models.generator import Generator
from ganfx.models.image import LUMA, luma

WIDEST = 3
"""Half the width of the broadest lines that are taken off, in pixels."""
DARK = 0.8
"""Share of crops whose dark lines go; the light ones of the others do."""
SOFTEST = (0.4, 1.6)
"""Sigma of the blur that follows, in pixels, from and to."""
TEXTURE, BROAD = 2.0, 10.0
"""Sigma below which a photo's detail is its texture, and above which it is its shade."""
LEAST, SHADE = 0.3, 0.15
"""Of a photo's texture, the share that is laid over at least; and at most of its shade."""
STEEPEST = 10.0
"""Slope at which a curve of tones is undone at most."""


@torch.no_grad()
def worn_down(art: Tensor, photo: Tensor, generator: Generator) -> Tensor:
    """Art without its lines and texture, as photos: as if the generator had not seen it yet.

    What is random comes from torch's global generator.

    Args:
        art: ``(B, 3, S, S)`` in [-1, 1].
        photo: As many photos, whose texture is laid over.
        generator: Whose color start is undone; a monochrome one gets the photos' chroma.

    Returns:
        ``(B, 3, S, S)`` in [-1, 1].
    """
    bare = torch.cat([_without_lines(crop) for crop in art.unsqueeze(1)])
    if generator.color_start is not None:
        bare = _as_photo(bare, generator.color_start, gray=generator.monochrome)
    if generator.monochrome:
        bare = photo + luma(bare) - luma(photo)
    amount = torch.rand(len(art), 1, 1, 1).to(art)
    shade = _blurred(luma(photo), BROAD)
    shade = shade - shade.mean(dim=(2, 3), keepdim=True)
    texture = photo - _blurred(photo, TEXTURE)
    over = (LEAST + (1 - LEAST) * amount) * texture + SHADE * amount * shade
    return (bare + over).clamp_(-1, 1)


def _without_lines(art: Tensor) -> Tensor:
    """A crop, closed (Serra, "Image Analysis and Mathematical Morphology", 1982) and blurred."""
    half, (dark, softness) = int(torch.randint(1, WIDEST + 1, ())), torch.rand(2).tolist()
    sign = 1 if dark < DARK else -1
    closed = -_widened(-_widened(sign * art, half), half)
    finest, coarsest = SOFTEST
    return _blurred(sign * closed, finest + (coarsest - finest) * softness)


def _widened(image: Tensor, half: int) -> Tensor:
    """Each pixel the largest of a square around it, channel by channel."""
    return F.max_pool2d(image, 2 * half + 1, stride=1, padding=half)


def _blurred(image: Tensor, sigma: float) -> Tensor:
    width = 2 * max(1, round(2.5 * sigma)) + 1
    return gaussian_blur2d(image, (width, width), (sigma, sigma))


def _as_photo(art: Tensor, start: ColorStart, *, gray: bool) -> Tensor:
    """Colors that a start's matrix and curve turn into these; its table is not undone."""
    matrix, offset = start.matrix.to(art), start.offset.to(art)
    if gray:  # whose luma alone is seen
        weights = art.new_tensor(LUMA)
        gain = (weights @ matrix).sum().clamp(min=1 / STEEPEST)
        rgb = ((luma(art) - weights @ offset) / gain).expand_as(art)
    else:
        shifted = art - offset.view(1, 3, 1, 1)
        rgb = torch.einsum("ij,bjhw->bihw", torch.linalg.pinv(matrix), shifted)
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
