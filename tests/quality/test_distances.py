from __future__ import annotations

import numpy as np
import pytest

from ganfx.quality.distances import kernel_distance


def test_the_kernel_distance_of_two_pairs_by_hand() -> None:
    # D = 1, kernel (x y + 1)^3. Within [0, 1]: k(0, 1) = 1. Within [1, 2]: k(1, 2) = 27.
    # Across: k(0, .) = 1 twice, k(1, 1) = 8, k(1, 2) = 27: mean 9.25. 1 + 27 - 2 * 9.25 = 9.5.
    mean, _ = kernel_distance(np.array([[0.0], [1.0]]), np.array([[1.0], [2.0]]), subsets=3)
    assert mean == pytest.approx(9.5)


def test_two_samples_of_one_distribution_are_at_distance_0() -> None:
    rng = np.random.default_rng(1)
    rows = rng.standard_normal((3, 2000, 8))
    mean, error = kernel_distance(rows[0], rows[1], subset=200)
    far, _ = kernel_distance(rows[0], rows[2] + 1.0, subset=200)
    assert abs(mean) < 4 * error + 0.01
    assert far > 50 * abs(mean)


def test_the_error_shrinks_with_the_subsets() -> None:
    rows = np.random.default_rng(2).standard_normal((2, 4000, 4))
    few, many = (kernel_distance(*rows, subset=100, subsets=n)[1] for n in (20, 320))
    assert 2.5 < few / many < 6.0  # the root of 16


def test_sets_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="rows of one length"):
        kernel_distance(np.zeros((5, 3)), np.zeros((5, 4)))
    with pytest.raises(ValueError, match="rows of one length"):
        kernel_distance(np.zeros((1, 3)), np.zeros((5, 3)))
