"""A rendered scene with a moving camera, and the exact optical flow of the move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.color import linear_to_display
from ganfx.media.portable import use_portable_opencv
from ganfx.samples.camera import FIRST_FRAME, Coordinates, Ground, Move, Pose
from ganfx.samples.composition import compose, move_of
from ganfx.samples.filters import gaussian, to_picture
from ganfx.samples.layers import Layer
from ganfx.samples.noise import Plane

SMALLEST, LARGEST = 16, 8192
"""Pixels that a side of a rendered picture may have."""
WHITE = 4.0
"""Scene-linear light that prints as white in a picture: brighter light has no detail."""


class Scene:
    """One seeded scene; frame `FIRST_FRAME` is the camera at rest, and any other integer goes.

    Args:
        seed: Any integer; equal seeds give equal pictures.
        width: In pixels.
        height: In pixels.
        move: The camera move; None for the one that belongs to the seed.

    Raises:
        UsageError: If a side is not between `SMALLEST` and `LARGEST`.
    """

    def __init__(
        self, seed: int, width: int = 960, height: int = 540, move: Move | None = None
    ) -> None:
        _check_size(width, height)
        self.width, self.height = width, height
        self.move = move_of(seed) if move is None else move
        self.layers = compose(seed, width / height, 1.0 / height)
        self._latest: dict[Pose, tuple[Plane, NDArray[np.int16]]] = {}

    def render(self, frame: int) -> Plane:
        """One frame, ``(H, W, 3)`` float32 scene-linear; the sun and lamps exceed 1."""
        return self._painted(self.move.pose(frame))[0].copy()

    def flow(self, frame: int, other: int) -> tuple[Plane, NDArray[np.bool_]]:
        """Motion of each pixel from ``frame`` to ``other``.

        Returns:
            Flow ``(H, W, 2)`` in pixels, right and down: the point at pixel ``p`` of
            ``frame`` is at ``p + flow`` in ``other``. And ``(H, W)`` occluded: it is hidden
            there by something nearer, or lies outside the picture.
        """
        here, there = self.move.pose(frame), self.move.pose(other)
        seen = self._painted(here)[1]
        flow = np.zeros((self.height, self.width, 2), dtype=np.float32)
        for index, layer in enumerate(self.layers):
            rows, columns = np.nonzero(seen == index)
            if rows.size:
                flow[rows, columns] = self._moved(layer, here, there, rows, columns)
        seen_there = seen if here == there else self._painted(there)[1]
        return flow, _occluded(flow, seen, seen_there)

    def _moved(
        self,
        layer: Layer,
        here: Pose,
        there: Pose,
        rows: NDArray[np.intp],
        columns: NDArray[np.intp],
    ) -> Plane:
        x = (columns + 0.5 - 0.5 * self.width) / self.height
        y = (rows + 0.5) / self.height - 0.5
        to_x, to_y = layer.motion.to_screen(there, *layer.motion.to_layer(here, x, y))
        return np.stack([to_x - x, to_y - y], axis=-1).astype(np.float32) * np.float32(self.height)

    def _painted(self, pose: Pose) -> tuple[Plane, NDArray[np.int16]]:
        """The picture, and the index of the layer that is seen at each pixel.

        The last two are kept: flow between neighbours asks for both, one after another.
        """
        if pose not in self._latest:
            kept = list(self._latest.items())[-1:]
            self._latest = dict([*kept, (pose, self._paint(pose))])
        return self._latest[pose]

    def _paint(self, pose: Pose) -> tuple[Plane, NDArray[np.int16]]:
        light = np.zeros((self.height, self.width, 3), dtype=np.float32)
        seen = np.zeros((self.height, self.width), dtype=np.int16)
        for index, layer in enumerate(self.layers):
            rows, columns = self._window(layer, pose)
            if rows.start >= rows.stop or columns.start >= columns.stop:
                continue
            rgb, cover = layer.paint(*self._places(layer, pose, rows, columns))
            light[rows, columns] += cover[..., None] * (rgb - light[rows, columns])
            seen[rows, columns][cover >= 0.5] = index
        return light, seen

    def _places(
        self, layer: Layer, pose: Pose, rows: slice, columns: slice
    ) -> tuple[Coordinates, Coordinates]:
        """Layer coordinates of the pixels of a window."""
        x = (np.arange(columns.start, columns.stop) + 0.5 - 0.5 * self.width) / self.height
        y = (np.arange(rows.start, rows.stop) + 0.5) / self.height - 0.5
        return layer.motion.to_layer(pose, x[None], y[:, None])

    def _window(self, layer: Layer, pose: Pose) -> tuple[slice, slice]:
        """Rows and columns of the picture that the layer may cover."""
        u0, u1, v0, v1 = layer.box
        if isinstance(layer.motion, Ground):  # endless to both sides and to below the camera
            top = (v0 - pose.pan[1] + 0.5) * self.height - 1
            return slice(int(np.clip(top, 0, self.height)), self.height), slice(0, self.width)
        x0, y0 = layer.motion.to_screen(pose, np.array([u0, u1]), np.array([v0, v1]))
        columns = np.clip(x0 * self.height + 0.5 * self.width + [-1, 1], 0, self.width)
        rows = np.clip((y0 + 0.5) * self.height + [-1, 1], 0, self.height)
        return (
            slice(int(rows[0]), int(np.ceil(rows[1]))),
            slice(int(columns[0]), int(np.ceil(columns[1]))),
        )


def still(seed: int, width: int, height: int) -> ImageU8:
    """A scene's first frame as a photograph: ``(H, W, 3)`` uint8 sRGB."""
    return develop(Scene(seed, width, height).render(FIRST_FRAME))


def develop(light: Plane) -> ImageU8:
    """Print scene-linear light ``(H, W, 3)`` as a picture: uint8 sRGB.

    Highlights roll off to white at `WHITE` (Reinhard et al. 2002, equation 4) and the
    brightest glow a little, as in a camera.
    """
    use_portable_opencv()
    over = np.clip(light - 1.0, 0.0, 12.0)
    size = float(np.sqrt(light.shape[0] * light.shape[1]))
    glow = [
        sum(share * gaussian(np.ascontiguousarray(over[..., c]), radius * size)
            for radius, share in ((0.006, 0.10), (0.03, 0.09)))
        for c in range(3)
    ]  # fmt: skip
    lit = light + np.stack(glow, axis=-1)
    printed = lit * (1.0 + lit / WHITE**2) / (1.0 + 0.55 * lit)
    return to_picture(linear_to_display(np.clip(printed, 0.0, 1.0).astype(np.float32)))


def _check_size(width: int, height: int) -> None:
    """Refuse a picture size that cannot be rendered (UsageError)."""
    if not (SMALLEST <= width <= LARGEST and SMALLEST <= height <= LARGEST):
        raise UsageError(
            f"cannot render {width}x{height} pixels",
            hint=f"each side must have {SMALLEST} to {LARGEST} pixels",
        )


def _occluded(
    flow: Plane, seen: NDArray[np.int16], seen_there: NDArray[np.int16]
) -> NDArray[np.bool_]:
    """True if the layer seen here is not the one seen at the pixel nearest to its target."""
    height, width = seen.shape
    column = np.rint(np.arange(width) + flow[..., 0]).astype(np.int64)
    row = np.rint(np.arange(height)[:, None] + flow[..., 1]).astype(np.int64)
    outside = (column < 0) | (column >= width) | (row < 0) | (row >= height)
    there = seen_there[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)]
    return np.asarray(outside | (there != seen), dtype=np.bool_)
