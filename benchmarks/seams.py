"""Seams of texture sets: steps over borders beside steps within, with and without what lies around.

    python benchmarks/seams.py [STYLE ...] [--side 128] [--sheets FOLDER]

A rendered scene is seen as UDIM tiles (2x2), as a lat-long map and as the faces of a cube. Each is
stylised with its pictures by themselves (``--wrap none``) and as what it is. Figures are means of
absolute differences of neighboring pixels, 0 to 1: over all borders, and within. ``--sheets``
writes before, by themselves and together, moved so that the seams lie in the middle.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import describe_machine
from numpy.typing import NDArray

from ganfx.media.frames import read_picture, write_picture
from ganfx.quality.sheets import contact_sheet
from ganfx.stylize import Options, stylize
from ganfx.stylize.in_memory import stylize_array
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.surface.cube import Face, cube_canvases, faces_of

Picture = NDArray[np.uint8]
BLOBS = 40


def scene(ways: NDArray[np.float64]) -> Picture:
    """Hills, a sky and balls, seen towards some directions ``(H, W, 3)``."""
    x, y, z = np.moveaxis(ways / np.linalg.norm(ways, axis=-1, keepdims=True), -1, 0)
    ground = y < 0.1 * np.sin(4 * np.arctan2(x, z)) - 0.1
    sky = np.array([0.55, 0.65, 0.8]) * (0.6 + 0.4 * y)[..., np.newaxis]
    earth = np.array([0.35, 0.3, 0.18]) * (0.8 + 0.4 * np.sin(9 * x + 5 * z))[..., np.newaxis]
    seen, unit = np.where(ground[..., np.newaxis], earth, sky), np.stack([x, y, z], axis=-1)
    random = np.random.RandomState(3)
    for _ in range(BLOBS):
        middle = random.normal(size=3)
        middle /= np.linalg.norm(middle)
        inside = np.linalg.norm(unit - middle, axis=-1) < random.uniform(0.08, 0.3)
        shade = (0.7 + 0.3 * (unit @ middle))[..., np.newaxis]
        seen = np.where(inside[..., np.newaxis], random.uniform(size=3) * shade, seen)
    return (np.clip(seen, 0, 1) * 255 + 0.5).astype(np.uint8)


def latlong(height: int) -> Picture:
    """A map of all directions."""
    up = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    turn = ((np.arange(2 * height) + 0.5) / height - 1) * np.pi
    up, turn = np.meshgrid(up, turn, indexing="ij")
    ways = (np.sin(turn) * np.cos(up), np.sin(up), np.cos(turn) * np.cos(up))
    return scene(np.stack(ways, axis=-1))


def cross(faces: tuple[Face, ...], side: int) -> Picture:
    """The faces of a cube, as they lie in a cross."""
    picture = np.zeros((3 * side, 4 * side, 3), np.uint8)
    along = (2 * np.arange(side) + 1 - side) / side
    u, v = (each[..., np.newaxis] for each in np.meshgrid(along, along))
    for face in faces:
        rows, columns = (slice(n * side, (n + 1) * side) for n in (face.row, face.column))
        out, right, down = (np.array(each) for each in (face.out, face.right, face.down))
        picture[rows, columns] = scene(out + u * right + v * down)
    return picture


def steps(picture: Picture, *, axis: int, border: int) -> tuple[float, float]:
    """Over a border along an axis, and elsewhere along it."""
    apart = np.abs(np.diff(picture.astype(np.float64) / 255, axis=axis))
    each = apart.mean(axis=tuple({0, 1, 2} - {axis}))
    return float(each[border - 1]), float(np.delete(each, border - 1).mean())


def of_tiles(picture: Picture, side: int) -> tuple[float, float]:
    found = np.array([steps(picture, axis=axis, border=side) for axis in (0, 1)]).mean(axis=0)
    return float(found[0]), float(found[1])


def of_map(picture: Picture) -> tuple[float, float]:
    """Where the ends meet, and over both poles."""
    height, width = picture.shape[:2]
    turned = np.roll(picture, width // 2, axis=1)
    ends = steps(turned, axis=1, border=width // 2)
    above = steps(np.concatenate([turned[::-1], picture]), axis=0, border=height)
    below = steps(np.concatenate([picture, turned[::-1]]), axis=0, border=height)
    found = np.array([ends, above, below]).mean(axis=0)
    return float(found[0]), float(found[1])


def of_cube(picture: Picture, faces: tuple[Face, ...], side: int) -> tuple[float, float]:
    found = []
    for canvas in cube_canvases(faces, side, 8, 0):
        around = np.take(picture.reshape(-1, 3), canvas.index, axis=0)
        for turned in (around, around.swapaxes(0, 1)):
            found += [steps(turned[8:-8, :-8], axis=1, border=8)]
            found += [steps(turned[8:-8, 8:], axis=1, border=side)]
    mean = np.array(found).mean(axis=0)
    return float(mean[0]), float(mean[1])


def tiled(picture: Picture, side: int, look: str, wrap: str) -> Picture:
    """A picture stylised as 2x2 UDIM tiles, put together again."""
    names = [[1011, 1012], [1001, 1002]]
    with tempfile.TemporaryDirectory() as temporary:
        folder, out = Path(temporary, "tiles"), Path(temporary, "out")
        for row, line in enumerate(names):
            for column, name in enumerate(line):
                part = picture[row * side : (row + 1) * side, column * side : (column + 1) * side]
                write_picture(folder / f"wood_albedo.{name}.png", np.ascontiguousarray(part))
        for _ in stylize(folder, look, Options(out=out, wrap=wrap, grain=0.0)):  # type: ignore[arg-type]
            pass
        read = [[read_picture(out / f"wood_albedo.{name}.png") for name in line] for line in names]
    return np.concatenate([np.concatenate(line, axis=1) for line in read])


def measured(name: str, side: int, sheets: Path | None) -> None:
    """All three kinds in a look."""
    look, faces = open_look(name), faces_of(3 * side, 4 * side)
    assert faces is not None
    whole, globe, cube = latlong(2 * side)[:, side : 3 * side], latlong(side), cross(faces, side)
    kinds = {
        "UDIM": (whole, lambda p, w: tiled(p, side, name, w), lambda p: of_tiles(p, side), ""),
        "lat-long": (globe, lambda p, w: through(look, p, w), of_map, "latlong"),
        "cube": (cube, lambda p, w: through(look, p, w), lambda p: of_cube(p, faces, side), "cube"),
    }
    rows: list[list[Picture]] = []
    for kind, (picture, make, measure, wrap) in kinds.items():
        made = [picture]
        over, within = measure(picture)
        print(f"| {name} | {kind} | source | {over:.4f} | {within:.4f} | |")
        for chosen in ("none", wrap):
            begun = time.monotonic()
            made.append(make(picture, chosen))
            over, within = measure(made[-1])
            seconds = time.monotonic() - begun
            told = "by itself" if chosen == "none" else "together"
            print(f"| {name} | {kind} | {told} | {over:.4f} | {within:.4f} | {seconds:.1f} |")
        rows.append([np.roll(p, side, axis=1) if kind == "lat-long" else p for p in made])
    if sheets is not None:
        write_picture(sheets / f"seams-{name}.png", contact_sheet(rows, cell_width=4 * side))


def through(look: Look, picture: Picture, wrap: str) -> Picture:
    return stylize_array(picture, look, Options(wrap=wrap, grain=0.0))  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("styles", nargs="*", default=["noir", "impressionist"])
    parser.add_argument("--side", type=int, default=128, help="of a tile or a face, in pixels")
    parser.add_argument("--sheets", type=Path, help="folder for before and after")
    asked = parser.parse_args()
    print(describe_machine())
    print("| look | set | pictures | over borders | within | seconds |\n|---|---|---|---|---|---|")
    for name in asked.styles:
        measured(name, asked.side, asked.sheets)


if __name__ == "__main__":
    main()
