"""Patchwise contrastive loss (PatchNCE): each place is told from all others of its photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

PATCHES = 256  # positions drawn from each map
TEMPERATURE = 0.07

Head = Callable[[Tensor], Tensor]


def contrast_loss(photo: Sequence[Tensor], fake: Sequence[Tensor], heads: Sequence[Head]) -> Tensor:
    """PatchNCE over the layers of an encoder (Park et al. 2020, "Contrastive Learning").

    Positions are the same in both pictures, and drawn anew for every layer.

    Args:
        photo: The encoder's maps ``(B, C, h, w)`` of the photo; no gradient reaches them.
        fake: The same of the generated picture.
        heads: For every layer a map of vectors ``(..., C)`` to vectors of unit length.
    """
    terms = []
    for theirs, ours, head in zip(photo, fake, heads, strict=True):
        size = theirs.shape[2] * theirs.shape[3]
        places = torch.randperm(size, device=theirs.device)[:PATCHES]
        keys, queries = (head(_vectors(maps, places)) for maps in (theirs.detach(), ours))
        terms.append(patch_nce(queries, keys.detach()))
    return torch.stack(terms).mean()


def patch_nce(queries: Tensor, keys: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Cross-entropy of finding each query's own key among all keys of its picture.

    Args:
        queries: ``(B, N, C)``, of unit length.
        keys: The same; query n belongs to key n.
        temperature: Divides the cosines: the smaller, the more the nearest rivals count.

    Returns:
        From about 0 to ln N, where all keys look alike.
    """
    batch, count, _ = queries.shape
    cosines = queries @ keys.transpose(1, 2)  # (B, N, N)
    own = torch.arange(count, device=queries.device).repeat(batch)
    return F.cross_entropy(cosines.flatten(0, 1) / temperature, own)


def _vectors(maps: Tensor, places: Tensor) -> Tensor:
    """``(B, C, h, w)`` at ``(N,)`` places to ``(B, N, C)``."""
    return maps.flatten(2)[..., places].transpose(1, 2).float()
