"""Edge-blurred negatives: art with blurred edges, for the discriminator to reject.

Without them it may be content with the right colours and textures; with them only
crisp edges pass (Chen et al. 2018, "CartoonGAN").
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.models.image import gaussian_blur, luma

EDGE = 0.3  # luma difference across 2 pixels, of 2, from which there is an edge
REACH = 2  # pixels from an edge that are blurred with it
SIGMA = 1.5  # of the blur, in pixels


def edge_mask(image: Tensor) -> Tensor:
    """Where edges are, and what lies within `REACH` of them.

    Args:
        image: ``(B, 3, H, W)`` in [-1, 1].

    Returns:
        ``(B, 1, H, W)``, 0 or 1.
    """
    gray = F.pad(luma(image), (1, 1, 1, 1), mode="replicate")
    across = gray[..., 1:-1, 2:] - gray[..., 1:-1, :-2]
    down = gray[..., 2:, 1:-1] - gray[..., :-2, 1:-1]
    edges = (torch.hypot(across, down) > EDGE).to(image.dtype)
    return F.max_pool2d(edges, 2 * REACH + 1, stride=1, padding=REACH)


def smooth_edges(image: Tensor, mask: Tensor) -> Tensor:
    """The image, Gaussian-blurred where ``mask`` is 1.

    Args:
        image: ``(B, 3, H, W)``, at least 5 pixels on each side.
        mask: ``(B, 1, H, W)``, 0 to 1.
    """
    return image + mask * (gaussian_blur(image, SIGMA) - image)
