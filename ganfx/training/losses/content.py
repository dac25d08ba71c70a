"""Content losses: structure, color, tone and pixels of the photo or its painted version."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.image import blur_down, luma, luma_chroma

COARSE_LEVELS = 2  # content is compared at a quarter of the size: texture stays free
COLOR_LEVELS = 4  # colour at a sixteenth
TONE_AREA = 8  # pixels along the side of an area whose tone is compared
FLAT = 0.03  # luma difference between neighbours, of 2, below which a photo counts as flat


def content_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """How far the coarse light-and-dark structure turned away from the photo's; 0 to 2.

    One minus the cosine between the luma gradients of both pictures at a quarter of
    their size, averaged with the photo's gradient as weight. Contrast may change
    freely and texture is not seen; only moving or inverting an edge costs.
    """
    ours, theirs = (_gradient(_coarse_luma(image)) for image in (fake, photo))
    strength = theirs.square().sum(1).add(1e-6).sqrt()
    cosine = F.cosine_similarity(ours, theirs, dim=1, eps=1e-3)
    return ((1 - cosine) * strength).sum() / strength.sum()


def structure_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """One minus the correlation of coarse luma gradients, over each picture; 0 to 2.

    `content_loss` does not see what is drawn where the photo has nothing. This does:
    edges that were invented lower the correlation as much as edges that were lost, so
    it guards against hallucination. The picture's contrast as a whole stays free.
    """
    ours, theirs = (_gradient(_coarse_luma(image)).flatten(1) for image in (fake, photo))
    # A floor of 1/100 everywhere, so that two flat pictures are alike rather than undefined.
    floor = 1e-4 * theirs.shape[1]
    common = (ours * theirs).sum(1) + floor
    powers = (ours.square().sum(1) + floor) * (theirs.square().sum(1) + floor)
    return 1 - (common / powers.sqrt()).mean()


def perceptual_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """One minus the correlation of deep feature maps, channel by channel; 0 to 2.

    Half the squared difference of maps that are normalised over the picture (the
    content loss of Park and Lee 2019, "Style-Attentional Networks"): what is where
    counts, and how strong it is does not.

    Args:
        photo: Features ``(B, C, h, w)`` of the photo, at a coarse scale.
        fake: The same of the generated picture.
    """
    return 0.5 * F.mse_loss(_normalized(fake), _normalized(photo))


def color_loss(photo: Tensor, fake: Tensor, vividness: float = 1.0) -> Tensor:
    """Mean absolute difference to the photo's low-frequency chroma, B-Y and R-Y at a sixteenth.

    Args:
        photo: ``(B, 3, S, S)``.
        fake: The generated pictures.
        vividness: What the photo's chroma is multiplied by: hues stay, faded art asks for
            faded colours, and grey art for grey.
    """
    return F.l1_loss(_chroma(fake), vividness * _chroma(photo))


def tone_loss(photo: Tensor, fake: Tensor, curve: Tensor) -> Tensor:
    """Mean absolute difference of areas to the photo's luma through a tone curve.

    Args:
        photo: ``(B, 3, S, S)``, S at least `TONE_AREA`.
        fake: The generated pictures.
        curve: ``(N,)``: what lumas from -1 to 1, evenly spaced, should become.
    """
    before, after = (F.avg_pool2d(luma(image), TONE_AREA) for image in (photo, fake))
    return F.l1_loss(after, _through(curve, before))


def pixel_loss(painted: Tensor, fake: Tensor) -> Tensor:
    """Mean absolute difference to the painted version of the same photo."""
    return F.l1_loss(fake, painted)


def variation_loss(photo: Tensor, fake: Tensor) -> Tensor:
    """Mean absolute luma difference between neighbours, where the photo is flat.

    The total variation of Rudin, Osher and Fatemi 1992, weighted by how flat the photo is.
    """
    total = fake.new_zeros(())
    for axis in (2, 3):
        before, after = _steps(photo, axis), _steps(fake, axis)
        total = total + (torch.exp(-before.abs() / FLAT) * after.abs()).mean()
    return total


def _chroma(image: Tensor) -> Tensor:
    """``(B, 3, H, W)`` to low-frequency B-Y and R-Y ``(B, 2, H/16, W/16)``."""
    for _ in range(COLOR_LEVELS):
        image = blur_down(image)
    return luma_chroma(image)[:, 1:]


def _through(curve: Tensor, tones: Tensor) -> Tensor:
    """Tones in [-1, 1] looked up in a curve, linearly between its points."""
    last = len(curve) - 1
    place = (tones.clamp(-1, 1) + 1) * (last / 2)
    below = place.floor().clamp(max=last - 1)
    index = below.long()
    return torch.lerp(curve[index], curve[index + 1], place - below)


def _coarse_luma(image: Tensor) -> Tensor:
    coarse = luma(image)
    for _ in range(COARSE_LEVELS):
        coarse = blur_down(coarse)
    return coarse


def _gradient(gray: Tensor) -> Tensor:
    """``(B, 1, h, w)`` to ``(B, 2, h-2, w-2)``: central differences along x and y."""
    x = gray[:, :, 1:-1, 2:] - gray[:, :, 1:-1, :-2]
    y = gray[:, :, 2:, 1:-1] - gray[:, :, :-2, 1:-1]
    return torch.cat([x, y], dim=1)


def _steps(image: Tensor, axis: int) -> Tensor:
    gray = luma(image)
    size = gray.shape[axis]
    return gray.narrow(axis, 1, size - 1) - gray.narrow(axis, 0, size - 1)


def _normalized(features: Tensor) -> Tensor:
    """Every channel of every picture with mean 0 and, unless it is flat, deviation 1."""
    centered = features.float() - features.float().mean(dim=(2, 3), keepdim=True)
    return centered / centered.square().mean(dim=(2, 3), keepdim=True).add(1e-6).sqrt()
