"""Cube maps: faces, how they lie in a picture, and which pixels lie around each.

A face is told by three unit vectors: towards it from the middle of the cube, and right and down
in its picture. Beyond an edge the neighboring face goes on as if the cube was unfolded there;
around a corner, where three faces meet, whichever of the two neighbors is nearer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ganfx.stylize.surface.canvas import Canvas, Index, Part, ramp

Vector = tuple[int, int, int]
Side = Literal["px", "nx", "py", "ny", "pz", "nz"]
SIDES: tuple[Side, ...] = ("px", "nx", "py", "ny", "pz", "nz")
Points = NDArray[np.int32]


@dataclass(frozen=True)
class Face:
    """A face in space, and in its picture."""

    out: Vector
    right: Vector
    down: Vector
    row: int = 0
    """Where it lies in the picture, in faces."""
    column: int = 0

    def turned(self, row: int, column: int, *, half: bool = False) -> Face:
        """The same somewhere else, upside down or not."""
        if not half:
            return Face(self.out, self.right, self.down, row, column)
        return Face(self.out, _minus(self.right), _minus(self.down), row, column)


def _minus(vector: Vector) -> Vector:
    return -vector[0], -vector[1], -vector[2]


_GAMES: Mapping[Side, Face] = {
    "px": Face((1, 0, 0), (0, 0, -1), (0, -1, 0)),
    "nx": Face((-1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "py": Face((0, 1, 0), (1, 0, 0), (0, 0, 1)),
    "ny": Face((0, -1, 0), (1, 0, 0), (0, 0, -1)),
    "pz": Face((0, 0, 1), (1, 0, 0), (0, -1, 0)),
    "nz": Face((0, 0, -1), (-1, 0, 0), (0, -1, 0)),
}
"""As OpenGL, Vulkan and Direct3D have them."""
_OPENEXR: Mapping[Side, Face] = {
    "px": Face((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "nx": Face((-1, 0, 0), (0, 0, -1), (0, -1, 0)),
    "py": Face((0, 1, 0), (1, 0, 0), (0, 0, -1)),
    "ny": Face((0, -1, 0), (1, 0, 0), (0, 0, 1)),
    "pz": Face((0, 0, 1), (-1, 0, 0), (0, -1, 0)),
    "nz": Face((0, 0, -1), (1, 0, 0), (0, -1, 0)),
}
"""As OpenEXR's ``envmap`` has them: its z runs the other way."""
_CROSSES: Mapping[bool, Mapping[Side, tuple[int, int]]] = {
    False: {"py": (0, 1), "nx": (1, 0), "pz": (1, 1), "px": (1, 2), "nz": (1, 3), "ny": (2, 1)},
    True: {"py": (0, 1), "nx": (1, 0), "pz": (1, 1), "px": (1, 2), "ny": (2, 1), "nz": (3, 1)},
}
"""Rows and columns of the faces of a cross that lies, and of one that stands."""
LAYOUTS = "6:1 or 1:6 (faces in a row: +X -X +Y -Y +Z -Z), or a cross of 4:3 or 3:4"


def faces_of(height: int, width: int, *, openexr: bool = False) -> tuple[Face, ...] | None:
    """The faces of a picture with all six; None where its proportions are those of no layout.

    Args:
        height: Of the picture.
        width: Likewise.
        openexr: Whether faces in a row are as OpenEXR's ``envmap`` has them.
    """
    if width == 6 * height or height == 6 * width:
        known, across = _OPENEXR if openexr else _GAMES, width > height
        places = ((0, i) if across else (i, 0) for i in range(6))
        return tuple(known[s].turned(*at) for s, at in zip(SIDES, places, strict=True))
    for standing, cross in _CROSSES.items():
        rows, columns = (4, 3) if standing else (3, 4)
        if height * columns == width * rows and height % rows == 0:
            return tuple(
                _GAMES[side].turned(*at, half=standing and side == "nz")
                for side, at in cross.items()
            )
    return None


def cube_canvases(faces: tuple[Face, ...], side: int, margin: int, band: int) -> Iterator[Canvas]:
    """The faces, each with parts of its neighbors around it.

    Args:
        faces: All six.
        side: Of a face in pixels.
        margin: Pixels around it, at most ``side``.
        band: Of those, how many fade into the face that they are of, at most ``margin``.
    """
    width = side * (1 + max(face.column for face in faces))
    for face in faces:
        index = _places(_unfolded(face, side, margin), faces, side, width)
        yield Canvas(index, side, top=margin, left=margin, parts=_parts(side, margin, band))


def _parts(side: int, margin: int, band: int) -> tuple[Part, ...]:
    """The face itself, and a strip beyond each of its edges."""
    own, before = slice(margin, margin + side), slice(margin - band, margin)
    after = slice(margin + side, margin + side + band)
    out = np.broadcast_to(ramp(band)[:, np.newaxis], (band, side))
    return (
        ((own, own), None),
        ((before, own), out[::-1]),
        ((after, own), out),
        ((own, before), out[::-1].T),
        ((own, after), out.T),
    )


def _unfolded(face: Face, side: int, margin: int) -> Points:
    """``(h, w, 3)`` places on the cube, in half pixels from its middle, of a face and around it."""
    along = 2 * np.arange(-margin, side + margin, dtype=np.int32) + 1 - side
    u, v = np.meshgrid(along, along)
    over_u, over_v = (np.maximum(np.abs(each) - side, 0) for each in (u, v))
    signs = np.sign(u), np.sign(v)
    first = (over_u > 0) & (over_v <= over_u)  # first beyond the left or right edge, then on
    corner = (over_u > 0) & (over_v > 0)
    sideways, downwards = np.clip(u, -side, side), np.clip(v, -side, side)
    depth = np.full_like(u, side) - over_u - over_v
    # Around a corner the way along the nearer face is kept, and the other one bends once more.
    bent_u, bent_v = corner & first, corner & ~first
    depth = np.where(bent_u, side - over_u, np.where(bent_v, side - over_v, depth))
    sideways = np.where(bent_u, signs[0] * (side - over_v), sideways)
    downwards = np.where(bent_v, signs[1] * (side - over_u), downwards)
    axes = (np.array(each, np.int32) for each in (face.right, face.down, face.out))
    parts = zip((sideways, downwards, depth), axes, strict=True)
    total: Points = sum(
        (each[..., np.newaxis] * axis for each, axis in parts), np.zeros((*u.shape, 3), np.int32)
    )
    return total


def _places(points: Points, faces: tuple[Face, ...], side: int, width: int) -> Index:
    """Which pixel of the picture lies at places on the cube."""
    index = np.zeros(points.shape[:2], np.intp)
    for face in faces:
        out, right, down = (
            points @ np.array(each, np.int32) for each in (face.out, face.right, face.down)
        )
        here = out == side
        row = face.row * side + (down[here] + side - 1) // 2
        column = face.column * side + (right[here] + side - 1) // 2
        index[here] = row * width + column
    return index
