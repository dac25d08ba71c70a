"""How a picture goes on at its borders: not at all, as a texture that tiles, or as a map.

``latlong`` and ``cube`` are maps of all directions; the cells of a sheet have nothing to do with
one another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32
from ganfx.stylize.declared.kinds import Cells, Wrap
from ganfx.stylize.surface.canvas import Canvas, laid_together
from ganfx.stylize.surface.cells import cell_canvases
from ganfx.stylize.surface.cube import LAYOUTS, Face, cube_canvases, faces_of
from ganfx.stylize.surface.latlong import latlong_canvas

FADE = 1 / 24
"""Of a map's height: how far beyond an edge one rendering fades into the other."""


@dataclass(frozen=True)
class Surface:
    """What lies beyond the borders of a picture."""

    wrap: str = ""
    """Axes along which it tiles: ``x``, ``y``, ``xy`` or none."""
    kind: Literal["flat", "latlong", "cube", "cells"] = "flat"
    cell: tuple[int, int] = (0, 0)
    """Width and height of a cell."""
    faces: tuple[Face, ...] = ()
    """Of a cube."""

    @property
    def in_pieces(self) -> bool:
        """Whether pieces of it are painted by themselves, and sizes go by their height."""
        return self.kind != "flat"

    def lines(self, height: int) -> int:
        """The height that sizes go by, of a picture that is so high."""
        rows = 1 + max((face.row for face in self.faces), default=0)
        return self.cell[1] or height // rows

    def canvases(self, height: int, width: int, reach: int) -> Iterator[Canvas]:
        """The pieces of a picture, each with as much around it as it takes.

        Args:
            height: Of the picture.
            width: Likewise.
            reach: Pixels that a pixel's rendering depends on; 0 for none but itself.
        """
        lines = self.lines(height)
        band = min(lines, max(2, round(FADE * lines))) if reach else 0
        margin = min(lines, -(-(reach + band) // 8) * 8) if reach else 0
        if self.kind == "latlong":
            yield latlong_canvas(height, margin - margin % 8, min(band, margin - margin % 8))
        elif self.kind == "cube":
            margin -= margin % 8
            yield from cube_canvases(self.faces, lines, margin, min(band, margin))
        else:
            yield from cell_canvases(height, width, self.cell, self.wrap)

    def painted(
        self, picture: ImageF32, reach: int, paint: Callable[[Canvas, ImageF32], ImageF32]
    ) -> ImageF32:
        """A picture in pieces, painted piece by piece: see `laid_together`."""
        height, width = picture.shape[:2]
        return laid_together(self.canvases(height, width, reach), picture, paint)


FLAT = Surface()


def surface_of(
    height: int,
    width: int,
    *,
    wrap: Wrap,
    cells: Cells = None,
    envmap: str = "",
    path: Path = Path("the picture"),
) -> Surface:
    """What lies beyond the borders of a picture, by the options and by what its file says.

    Args:
        height: Of the picture.
        width: Likewise.
        wrap: The option.
        cells: Likewise.
        envmap: Attribute of an EXR: ``latlong``, ``cube`` or none.
        path: For messages.

    Raises:
        MediaError: It has not the proportions of what it is to be.
    """
    if cells is not None:
        return _sheet(height, width, cells, _axes(wrap), path)
    kind = wrap or envmap
    if kind == "latlong":
        return _latlong(height, width, path, told=not wrap)
    if kind == "cube":
        faces = faces_of(height, width, openexr=envmap == "cube")
        if faces is None:
            raise MediaError(
                f"{path} is {width}x{height}, and no cube map, which is {LAYOUTS}; or six"
                " files of one size, _px _nx _py _ny _pz _nz",
                hint="as a flat picture: --wrap none",
            )
        return Surface(kind="cube", faces=faces)
    return Surface(_axes(wrap))


def _axes(wrap: str) -> str:
    return wrap if wrap in ("x", "y", "xy") else ""


def _latlong(height: int, width: int, path: Path, *, told: bool) -> Surface:
    if width != 2 * height:
        why = " by its envmap attribute" if told else ""
        raise MediaError(
            f"{path} is {width}x{height}: a lat-long map, which it is to be{why}, is twice as wide"
            " as it is high",
            hint="scale it to 2:1; a panorama of less than all directions is --wrap x, or none",
        )
    return Surface("x", "latlong")


def _sheet(height: int, width: int, cells: tuple[int, int], wrap: str, path: Path) -> Surface:
    across, down = cells
    if width % across or height % down:
        raise MediaError(
            f"{path} is {width}x{height}: cells of {across}x{down} do not divide it",
            hint="give the size of its cells: --cells WIDTHxHEIGHT",
        )
    return Surface(wrap, "cells", cell=cells)
