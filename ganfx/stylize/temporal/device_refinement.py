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
REWEIGHTED = 8
"""Times that the robust terms are weighted."""
SWEEPS = 10
"""Of Jacobi's iteration, each time."""
RADIUS = 0.98
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
class _Constraint:
    """What has to stay: ``x du + y dv + left`` is 0 where it does; ``(B, H, W)`` each."""

    x: Tensor
    y: Tensor
    left: Tensor
    norm: Tensor


def _constraints(first: Tensor, second: Tensor, flow: Tensor) -> tuple[_Constraint, ...]:
    """Of brightness, and of its slopes along x and y."""
    moved = sample_batch(second, flow)
    mean, left = (first + moved) * 0.5, moved - first
    x, y = _slope(mean, -1), _slope(mean, -2)
    xx, xy, yy = _slope(x, -1), _slope(x, -2), _slope(y, -2)
    seen = inside(flow).to(first.dtype)
    terms = ((x, y, left), (xx, xy, _slope(left, -1)), (xy, yy, _slope(left, -2)))
    norms = (seen / (x * x + y * y + _NOISE) for x, y, _ in terms)
    return tuple(_Constraint(*term, norm) for term, norm in zip(terms, norms, strict=True))


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
        right[..., :-1] += self.across * flow[..., 1:]
        right[..., 1:] += self.across * flow[..., :-1]
        right[..., :-1, :] += self.down * flow[..., 1:, :]
        right[..., 1:, :] += self.down * flow[..., :-1, :]
        return self.own * right + self.cross * right.flip(1)


def _system(constraints: tuple[_Constraint, ...], begun: Tensor, now: Tensor) -> _System:
    """The equations as they are weighted at the flow ``now``; both are ``(B, 2, H, W)``."""
    xx, xy, yy, known = _data(constraints, begun, now)
    across, down = _smoothness(now)
    around = torch.zeros_like(xx)
    around[..., :-1] += across
    around[..., 1:] += across
    around[..., :-1, :] += down
    around[..., 1:, :] += down
    xx, yy = xx + around, yy + around
    scale = 1.0 / (xx * yy - xy * xy)
    own = torch.stack([yy * scale, xx * scale], dim=1)
    return _System(known, across[:, None], down[:, None], own, (-xy * scale)[:, None])


def _data(
    constraints: tuple[_Constraint, ...], begun: Tensor, now: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Blocks xx, xy and yy of what has to stay, and the right-hand side of all of it."""
    du, dv = (now - begun).unbind(1)
    misses = [term.x * du + term.y * dv + term.left for term in constraints]
    squares = [miss * miss * term.norm for miss, term in zip(misses, constraints, strict=True)]
    brightness = BRIGHTNESS * _robust(squares[0])
    slopes = SLOPES * _robust(squares[1] + squares[2])
    weights = [
        w * term.norm for w, term in zip((brightness, slopes, slopes), constraints, strict=True)
    ]
    xx = xy = yy = left_x = left_y = torch.zeros_like(du)
    for weight, term in zip(weights, constraints, strict=True):
        x, y = weight * term.x, weight * term.y
        xx, xy, yy = xx + x * term.x, xy + x * term.y, yy + y * term.y
        left_x, left_y = left_x + x * term.left, left_y + y * term.left
    u, v = begun.unbind(1)
    known = torch.stack([xx * u + xy * v - left_x, xy * u + yy * v - left_y], dim=1)
    return xx, xy, yy, known


def _smoothness(flow: Tensor) -> tuple[Tensor, Tensor]:
    """Weights between pixels beside and above each other: less where motion has an edge."""
    square = torch.zeros_like(flow[:, 0])
    for axis in (-1, -2):
        slope = _slope(flow, axis)
        square = square + (slope * slope).unbind(1)[0] + (slope * slope).unbind(1)[1]
    weight = SMOOTHNESS * _robust(square)
    across = (weight[..., 1:] + weight[..., :-1]) * 0.5
    return across, (weight[..., 1:, :] + weight[..., :-1, :]) * 0.5


def _robust(square: Tensor) -> Tensor:
    """Weight of a squared miss in a sum of absolute ones."""
    return 1.0 / root(square + _SMALL)


def _slope(plane: Tensor, axis: int) -> Tensor:
    """Central differences along an axis; 0 at its ends."""
    slope = torch.zeros_like(plane)
    length = plane.shape[axis] - 2
    ahead, behind = plane.narrow(axis, 2, length), plane.narrow(axis, 0, length)
    slope.narrow(axis, 1, length).copy_((ahead - behind) * 0.5)
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
