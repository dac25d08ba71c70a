"""Variational refinement of an optical flow on a device: one smooth motion of many patches'.

Between two frames, each warped to the other by the flow so far, what is left is linear in a small
correction: brightness and its slopes stay, and motion is smooth but for its edges. Robust terms
are weighted anew a few times, and each of these linear systems is solved by Jacobi's iteration
with Chebyshev's weights, all pixels at once.

Sources: Brox et al., "High Accuracy Optical Flow Estimation Based on a Theory for Warping"
(2004), with the normalization of Zimmer et al., "Optic Flow in Harmony" (2011); Golub and Varga,
"Chebyshev Semi-Iterative Methods" (1961).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ganfx.stylize.temporal.device_sampling import inside, root, sample_batch

SMOOTHNESS, BRIGHTNESS, SLOPES = 20.0, 5.0, 10.0
"""Weights of the three terms."""
REWEIGHTED = 6
"""Times that the robust terms are weighted."""
SWEEPS = 10
"""Of Jacobi's iteration, each time."""
RADIUS = 0.99
"""Spectral radius that Chebyshev's weights are made for."""
_SMALL = 1e-3 * 1e-3  # where a robust term turns from square to absolute, squared
_NOISE = 0.1 * 0.1  # of a slope, in code values a pixel, squared


def refined(first: Tensor, second: Tensor, flow: Tensor) -> Tensor:
    """A flow that fits as well, and is smooth.

    Args:
        first: ``(B, H, W)``, 0 to 255.
        second: The same.
        flow: ``(B, H, W, 2)``.
    """
    constraints = _constraints(first, second, flow)
    begun = flow.movedim(-1, 1).contiguous()
    now = begun
    for _ in range(REWEIGHTED):
        now = _solved(_system(constraints, begun, now), now)
    return now.movedim(1, -1).contiguous()


@dataclass(frozen=True, eq=False)
class _Constraints:
    """What has to stay: brightness, and its slopes along x and y.

    Each does where ``x du + y dv + left`` is 0.
    """

    terms: Tensor
    """Of each: x, y and left, ``(3, 3, B, H, W)``."""
    norm: Tensor
    """Of its square, ``(3, B, H, W)``: then it is a distance in pixels; 0 out of the frame."""


def _constraints(first: Tensor, second: Tensor, flow: Tensor) -> _Constraints:
    moved = sample_batch(second, flow)
    pictures = torch.stack([(first + moved) * 0.5, moved - first])
    x, left_x = _slope(pictures, -1)
    y, left_y = _slope(pictures, -2)
    xx, yx = _slope(torch.stack([x, y]), -1)
    yy = _slope(y, -2)
    rows = [x, y, pictures[1], xx, yx, left_x, yx, yy, left_y]
    terms = torch.stack(rows).reshape(3, 3, *first.shape)
    slopes = terms[:, :2] * terms[:, :2]
    seen = inside(flow).to(first.dtype)
    return _Constraints(terms, seen / (slopes[:, 0] + slopes[:, 1] + _NOISE))


@dataclass(frozen=True, eq=False)
class _System:
    """Linear equations of the whole flow ``(B, 2, H, W)``, one row and column for each pixel."""

    known: Tensor
    """Right-hand side, ``(B, 2, H, W)``."""
    across: Tensor
    """Weight of a pixel and the one to its right, ``(B, 1, H, W - 1)``."""
    down: Tensor
    """And the one below, ``(B, 1, H - 1, W)``."""
    own: Tensor
    """Inverse of each pixel's own 2x2 block, ``(B, 2, H, W)``: its diagonal."""
    cross: Tensor
    """And what is beside that, ``(B, 1, H, W)``."""

    def solved_alone(self, flow: Tensor) -> Tensor:
        """Each pixel's flow, given that of its neighbors."""
        right = self.known.clone()
        right[..., :-1].add_(self.across * flow[..., 1:])
        right[..., 1:].add_(self.across * flow[..., :-1])
        right[..., :-1, :].add_(self.down * flow[..., 1:, :])
        right[..., 1:, :].add_(self.down * flow[..., :-1, :])
        return self.own * right + self.cross * right.flip(1)


def _system(constraints: _Constraints, begun: Tensor, now: Tensor) -> _System:
    """The equations as they are weighted at the flow ``now``; both are ``(B, 2, H, W)``."""
    correction = now - begun
    terms, norm = constraints.terms, constraints.norm
    miss = terms[:, 0] * correction[:, 0] + terms[:, 1] * correction[:, 1] + terms[:, 2]
    squares = miss * miss * norm
    robust = _robust(torch.stack([squares[0], squares[1] + squares[2], _changes(now)]))
    weights = torch.stack([robust[0] * BRIGHTNESS, robust[1] * SLOPES, robust[1] * SLOPES]) * norm
    by_x, by_y = (
        (parts[0] + parts[1] + parts[2]).unbind()
        for parts in (((weights * terms[:, axis])[:, None] * terms) for axis in (0, 1))
    )
    u, v = begun.unbind(1)
    known = torch.stack(
        [by_x[0] * u + by_x[1] * v - by_x[2], by_y[0] * u + by_y[1] * v - by_y[2]], dim=1
    )
    return _assembled(by_x[0], by_x[1], by_y[1], known, robust[2] * (0.5 * SMOOTHNESS))


def _assembled(xx: Tensor, xy: Tensor, yy: Tensor, known: Tensor, smooth: Tensor) -> _System:
    """With what ties pixels beside and above each other: the sum of half-weights of both."""
    across = smooth[..., 1:] + smooth[..., :-1]
    down = smooth[..., 1:, :] + smooth[..., :-1, :]
    around = torch.zeros_like(xx)
    around[..., :-1].add_(across)
    around[..., 1:].add_(across)
    around[..., :-1, :].add_(down)
    around[..., 1:, :].add_(down)
    xx, yy = xx + around, yy + around
    scale = 1.0 / (xx * yy - xy * xy)
    own = torch.stack([yy, xx], dim=1) * scale[:, None]
    return _System(known, across[:, None], down[:, None], own, (xy * scale).neg_()[:, None])


def _changes(flow: Tensor) -> Tensor:
    """Squared change of both of ``(B, 2, H, W)`` from pixel to pixel, ``(B, H, W)``."""
    right, down = _slope(flow, -1), _slope(flow, -2)
    squares = right * right + down * down
    return squares[:, 0] + squares[:, 1]


def _robust(square: Tensor) -> Tensor:
    """Weight of a squared miss in a sum of absolute ones: less where motion has an edge."""
    return 1.0 / root(square + _SMALL)


def _slope(plane: Tensor, axis: int) -> Tensor:
    """Central differences along an axis; 0 at its ends."""
    slope = torch.zeros_like(plane)
    length = plane.shape[axis] - 2
    ahead, behind = plane.narrow(axis, 2, length), plane.narrow(axis, 0, length)
    slope.narrow(axis, 1, length).copy_(ahead - behind).mul_(0.5)
    return slope


def _solved(system: _System, flow: Tensor) -> Tensor:
    """`SWEEPS` of Jacobi's iteration, weighted so that its errors cancel."""
    before, now = flow, system.solved_alone(flow)
    for weight in _weights():
        now, before = (system.solved_alone(now) - before) * weight + before, now
    return now


def _weights() -> Iterator[float]:
    """Chebyshev's, for all sweeps but the first."""
    weight = 2.0
    for _ in range(SWEEPS - 1):
        weight = 1.0 / (1.0 - RADIUS * RADIUS * weight / 4.0)
        yield weight
