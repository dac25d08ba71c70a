"""The kernel inception distance (KID), as torch-fidelity computes it: the extra ``kid``.

Its network, its weights and its estimate are the library's; nothing is fetched. Binkowski et al.,
"Demystifying MMD GANs" (2018).
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import torch
from torch import Tensor

from ganfx.errors import GanfxError, UsageError
from ganfx.media.arrays import ImageU8

LAYER = "2048"
LEAST = 4
"""Pictures of a set: two halves of two."""
SUBSETS = 100
LICENSED = "weights of Inception as torch-fidelity has them"


@dataclass(frozen=True)
class KernelInceptionDistance:
    """Of one set of pictures to another."""

    mean: float
    """Below 0 for some sets that are alike: the estimate is unbiased."""
    error: float
    """Its standard error: see `InceptionJudge.distance`."""


class InceptionJudge:
    """Describes pictures by Inception, and compares sets of them.

    Args:
        weights: The library's file of weights; by default the one in torch's cache.

    Raises:
        GanfxError: torch-fidelity is not installed, or there are no weights.
        UsageError: The file of weights is none.
    """

    def __init__(self, weights: Path | None = None) -> None:
        try:
            from torch_fidelity import feature_extractor_inceptionv3, metric_kid
        except ImportError as error:
            raise GanfxError(
                f"the kernel inception distance needs torch-fidelity: {error}",
                hint="python -m pip install 'ganfx[kid]'",
            ) from error
        path = weights or _cached(feature_extractor_inceptionv3.URL_INCEPTION_V3)
        _refuse_other(path, of_user=weights is not None)
        extractor = feature_extractor_inceptionv3.FeatureExtractorInceptionV3
        try:
            self._network: Any = extractor(
                "inception-v3-compat", [LAYER], feature_extractor_weights_path=str(path)
            )
        except (RuntimeError, TypeError, AttributeError) as error:
            raise UsageError(f"{path}: no {LICENSED}") from error
        self._estimate = metric_kid.kid_features_to_metric

    @torch.no_grad()
    def describe(self, pictures: Sequence[ImageU8]) -> Tensor:
        """Descriptors of pictures, ``(N, 2048)``; each is resized by the library, 299x299."""
        rows = []
        for picture in pictures:
            image = torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]
            rows.append(self._network(image)[0].float().reshape(1, -1))
        return torch.cat(rows)

    def distance(self, first: Tensor, second: Tensor) -> KernelInceptionDistance:
        """The distance of two sets by their descriptors.

        The library's mean and deviation over subsets of half of the smaller set: over random
        halves, the deviation is the delete-half jackknife's estimate of the standard error
        (Shao and Wu 1989). Of subsets as large as the sets it would be 0.

        Raises:
            UsageError: A set has fewer than `LEAST` pictures.
        """
        fewest = min(len(first), len(second))
        if fewest < LEAST:
            raise UsageError(
                f"a kernel inception distance of {fewest} pictures says nothing",
                hint=f"give {LEAST} or more of each, better hundreds",
            )
        found = self._estimate(
            first, second, kid_subsets=SUBSETS, kid_subset_size=fewest // 2, verbose=False
        )
        mean, deviation = (found[f"kernel_inception_distance_{name}"] for name in ("mean", "std"))
        return KernelInceptionDistance(float(mean), float(deviation))


def _cached(address: str) -> Path:
    """Where the library keeps what it fetched."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(urlsplit(address).path).name


def _refuse_other(path: Path, *, of_user: bool) -> None:
    """Refuse what is no file of plain tensors: the library would run code that a pickle names."""
    if not path.is_file():
        if of_user:
            raise UsageError(f"--weights {path}: no such file")
        raise GanfxError(
            f"the kernel inception distance needs the {LICENSED}: {path} is not there",
            hint=f"give --weights FILE, a copy of torch-fidelity's {path.name}, or put it there",
        )
    try:
        values = torch.load(path, weights_only=True, map_location="cpu")
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise UsageError(f"{path}: no {LICENSED}: {str(error).splitlines()[0]}") from error
    if not isinstance(values, dict) or not all(isinstance(v, Tensor) for v in values.values()):
        raise UsageError(f"{path}: no {LICENSED}")
