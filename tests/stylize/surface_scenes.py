"""Maps of a scene without borders, and how large steps over their seams are."""

from __future__ import annotations

import numpy as np

from ganfx.stylize.surface.cube import cube_canvases


def seen(directions):
    """Smooth colors of directions ``(..., 3)``: nothing but waves, so that a seam shows."""
    unit = directions / np.linalg.norm(directions, axis=-1, keepdims=True)
    waves = unit @ np.array([[3.0, 1.0, 2.0], [-1.0, 4.0, 1.0], [2.0, -2.0, 3.0]])
    return (0.5 + 0.4 * np.sin(2 * waves)).astype(np.float32)


def latlong(height):
    up = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    round_ = ((np.arange(2 * height) + 0.5) / height - 1) * np.pi
    up, round_ = np.meshgrid(up, round_, indexing="ij")
    ways = (np.sin(round_) * np.cos(up), np.sin(up), np.cos(round_) * np.cos(up))
    return seen(np.stack(ways, axis=-1))


def cube(faces, side):
    """A picture of all faces; black where there is none."""
    rows, columns = (1 + max(getattr(face, at) for face in faces) for at in ("row", "column"))
    picture = np.zeros((rows * side, columns * side, 3), np.float32)
    along = (2 * np.arange(side) + 1 - side) / side
    u, v = np.meshgrid(along, along)
    for face in faces:
        ways = (
            np.array(face.out)
            + u[..., np.newaxis] * np.array(face.right)
            + v[..., np.newaxis] * np.array(face.down)
        )
        top, left = face.row * side, face.column * side
        picture[top : top + side, left : left + side] = seen(ways)
    return picture


def cube_steps(picture, faces, side):
    """Mean steps over the edges of all faces, and within them."""
    over, within = [], []
    for canvas in cube_canvases(faces, side, 8, 8):
        around = canvas.of(picture)
        for turned in (around, around.swapaxes(0, 1)):
            steps = np.abs(np.diff(turned[8:-8], axis=1)).mean(axis=(0, 2))
            over += [steps[7], steps[-8]]
            within.append(steps[8:-8].mean())
    return np.mean(over), np.mean(within)
