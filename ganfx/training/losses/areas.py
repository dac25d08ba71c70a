"""Area statistics: the joint distribution of color, contrast and texture over places.

Flat areas, stepped tones and a painter's palette are statistics over the whole of the art, which
no crop has and a patch network hardly sees.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.image import blur_down, luma

FEATURES = 6
"""Of a place: red, green, blue; how it differs from its surroundings; texture, fine and coarse."""
TEXTURE_GAIN = 3.0
"""Of deviations: those of luma within an area are a few times smaller than those of color."""
MARGIN = 4
"""Areas along the border that are left out: blurs see what is not there."""
FAINTEST = 1e-4
"""Variance that is no texture: an eighth of a code value would count as much as a brush."""


def area_features(image: Tensor) -> Tensor:
    """What is told of areas of 4 pixels: ``(B, 3, S, S)`` in [-1, 1] to ``(N, FEATURES)``.

    Texture is the deviation of luma within the area, and of areas within surroundings of 16.
    """
    near = _quarter(image)
    far = _quarter(near)
    gray, far_gray = luma(near), luma(far)
    fine = _deviation(_quarter(luma(image).square()) - gray.square())
    coarse = _deviation(_quarter(gray.square()) - far_gray.square())
    larger = [_enlarged(each, gray) for each in (far_gray, coarse)]
    planes = [near, gray - larger[0], TEXTURE_GAIN * fine, TEXTURE_GAIN * larger[1]]
    inner = torch.cat(planes, dim=1)[..., MARGIN:-MARGIN, MARGIN:-MARGIN]
    return inner.movedim(1, -1).flatten(0, 2)


def transport_loss(values: Tensor, ours: Tensor, theirs: Tensor) -> Tensor:
    """How far values are from where they would be in another distribution.

    Each value is moved to the value of its own rank (optimal transport on a line): the rank is
    that among everything made of late, so that a bright picture is bright among the art's, too.

    Args:
        values: ``(D, N)`` projected features.
        ours: ``(D, Q)`` rising: quantiles of the distribution that they are from.
        theirs: ``(D, Q)`` rising: of the one that they should have.
    """
    with torch.no_grad():
        last = ours.shape[1] - 1
        above = torch.searchsorted(ours, values.detach().contiguous()).clamp(1, last)
        low, high = ours.gather(1, above - 1), ours.gather(1, above)
        place = ((values - low) / (high - low).clamp_min(1e-6)).clamp(0, 1)
        wanted = torch.lerp(theirs.gather(1, above - 1), theirs.gather(1, above), place)
    return (values - wanted).abs().mean()


def _quarter(image: Tensor) -> Tensor:
    return blur_down(blur_down(image))


def _deviation(variance: Tensor) -> Tensor:
    return (variance.clamp_min(0) + FAINTEST).sqrt()


def _enlarged(plane: Tensor, like: Tensor) -> Tensor:
    return F.interpolate(plane, size=like.shape[2:], mode="bilinear", align_corners=False)
