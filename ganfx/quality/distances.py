"""Distances between distributions of descriptors: the kernel distance.

Of Inception's descriptors it would be KID, which is computed by `inception` and by nothing else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def kernel_distance(
    first: Floats, second: Floats, *, subset: int = 500, subsets: int = 50, seed: int = 0
) -> tuple[float, float]:
    """The kernel distance between two sets of descriptors, and its standard error.

    The squared maximum mean discrepancy under the kernel ``(x . y / D + 1)^3``, in its
    unbiased form: its expectation is 0 for two samples of one distribution, so single
    values may be negative. Averaged over random subsets.

    Args:
        first: ``(N, D)``, one descriptor a row.
        second: ``(M, D)``.
        subset: Rows drawn from each set, without repetition; fewer if a set has fewer.
        subsets: How often.
        seed: Chooses the rows.

    Returns:
        The mean over the subsets, and the standard error of that mean.

    Raises:
        ValueError: A set has fewer than 2 rows, or the dimensions differ.

    Source: Binkowski et al., "Demystifying MMD GANs" (2018), section 3 and appendix B.
    """
    if first.shape[1:] != second.shape[1:] or min(len(first), len(second)) < 2:
        raise ValueError(f"expected rows of one length, got {first.shape} and {second.shape}")
    rng = np.random.default_rng(seed)
    drawn = [
        [rows[rng.permutation(len(rows))[:subset]] for rows in (first, second)]
        for _ in range(subsets)
    ]
    found = np.array([_discrepancy(a, b) for a, b in drawn])
    error = found.std(ddof=1) / subsets**0.5 if subsets > 1 else float("nan")
    return float(found.mean()), float(error)


def _discrepancy(first: Floats, second: Floats) -> float:
    own = sum(_mean_off_diagonal(_kernel(rows, rows)) for rows in (first, second))
    return float(own - 2.0 * _kernel(first, second).mean())


def _kernel(first: Floats, second: Floats) -> Floats:
    kernel: Floats = (first @ second.T / first.shape[1] + 1.0) ** 3
    return kernel


def _mean_off_diagonal(kernel: Floats) -> float:
    size = len(kernel)
    return float((kernel.sum() - np.trace(kernel)) / (size * (size - 1)))
