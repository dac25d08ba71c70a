"""Any picture through the network, in tiles, as if it had gone through in one piece.

The picture is surrounded by a border of its own mirror image and cut into tiles on a grid
anchored at (0, 0), in multiples of the network's stride. Each goes through with a halo of at
least the receptive radius, as far as there is any border, which is cut off afterwards. So no
output pixel sees a tile's edge, and the tile size is only a matter of speed and memory. Along
an axis that wraps, a texture that tiles is surrounded by its own other end instead, without end.

Measured with torch 2.14 on a CPU with its AVX-512, AVX2 and SSE4.1 kernels: every tile
size and number of threads gave the untiled picture bit for bit, in float32 and in
bfloat16. The two differ by 0.15 of an 8-bit step (root mean square; at most 1.4): less
than an 8-bit file can hold, more than a 16-bit one should lose. A GPU picks algorithms by
the size of a tile, so that there tiles differ by as much as float16 is off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganfx.errors import GanfxError
from ganfx.media.arrays import ImageF32
from ganfx.models.borders import mirrored, round_up
from ganfx.models.devices import is_out_of_memory
from ganfx.models.graphs import Graphed
from ganfx.stages import stage
from ganfx.stylize.network.transfer import Transfer, transfer_for


class Network(Protocol):
    """A `ganfx.models.generator.Generator`, or the same compiled, or as a graph."""

    @property
    def stride(self) -> int:
        """As the generator has it."""

    @property
    def receptive_radius(self) -> int:
        """As the generator has it."""

    @property
    def border(self) -> int:
        """As the generator has it."""

    def __call__(self, photo: Tensor) -> Tensor:
        """``(1, 3, H, W)`` in [-1, 1] to the same shape."""


WINDOW_PIXELS = 3 << 20
"""Largest window that goes through at once when no tile size is given. Halos cost least
in large windows; a 1080p frame is one window."""
_fitting: WeakKeyDictionary[Network, int] = WeakKeyDictionary()
"""Pixels of the largest window for which there was memory, of networks that have had too large a
one: or every frame would be begun in vain."""


class Band(NamedTuple):
    """Some rows of a picture, of which not all need be in memory."""

    top: int
    """First row that is wanted: a multiple of the network's stride."""
    bottom: int
    """The row after the last of them."""
    first: int
    """Row of the picture that the array begins with."""
    height: int
    """Of the whole picture."""
    left: int = 0
    """First column that is wanted: likewise."""
    right: int | None = None
    """The column after the last of them; None is the picture's last."""


def stylize_image(
    generator: Network,
    rgb: ImageF32,
    *,
    band: Band | None = None,
    tile: int | None = None,
    wrap: str = "",
    device: torch.device,
    precision: torch.dtype = torch.float32,
    say: Callable[[str], None] = lambda told: None,
) -> ImageF32:
    """Put a picture of any size through the network.

    Args:
        generator: On ``device``, in channels_last memory format for speed.
        rgb: ``(H, W, 3)`` float32, display-encoded; clipped to [0, 1].
        band: Which rows to do, where ``rgb`` has these and the halo around them only, as far
            as the picture goes, and which columns; None does all. Pixels are those of the whole
            picture.
        tile: Side of a square tile in pixels, rounded up to the stride; None picks the
            largest tiles that keep memory low. Does not change a pixel.
        wrap: Axes along which the picture tiles: ``x``, ``y``, ``xy`` or none.
        device: Where the network is.
        precision: ``torch.bfloat16`` and ``torch.float16`` multiply in half the time where
            hardware has them; the change is still made and added to the picture in float32.
        say: Is told where windows had to be smaller than planned.

    Returns:
        ``(H, W, 3)`` float32, display-encoded, in [0, 1]; the rows and columns of the band.

    Where the device is out of memory the picture is begun again in smaller tiles, which the
    network's later pictures have from the start.

    Raises:
        GanfxError: The device is out of memory for the smallest tiles, too.
    """
    band = band or Band(0, len(rgb), 0, len(rgb))
    size, most = (band.height, rgb.shape[1]), _fitting.get(generator)
    across = (size[1] if band.right is None else band.right) - band.left
    grid = plan_tiles(band.bottom - band.top, size, generator, tile, most=most, across=across)
    while True:
        try:
            return _tiled(generator, rgb, band, grid, wrap, device, precision)
        except _OutOfMemoryError:
            # Graphs hold memory of their own: that is let go of first.
            graphs = isinstance(generator, Graphed) and generator.release()
            smaller = grid if graphs else _quartered(grid, generator.stride)
            if smaller == grid and not graphs:
                raise
        # Outside of the except clause, so that the failed attempt's tensors are gone.
        if device.type == "cuda":
            torch.cuda.empty_cache()
        if smaller == grid:
            continue
        grid = smaller
        say("the device is short of memory: pictures go through it in smaller windows")
        if tile is None:
            _fitting[generator] = grid.window_pixels(size)


def _tiled(
    generator: Network,
    rgb: ImageF32,
    band: Band,
    grid: TileGrid,
    wrap: str,
    device: torch.device,
    precision: torch.dtype,
) -> ImageF32:
    height, whole = band.bottom - band.top, rgb.shape[1]
    width = (whole if band.right is None else band.right) - band.left
    result = np.empty((height, width, 3), np.float32)
    with stage("network", device=True), transfer_for(device) as transfer:
        for top in range(0, height, grid.height):
            for left in range(0, width, grid.width):
                rows = grid.span(band.top + top, grid.height, band.height, wraps="y" in wrap)
                columns = grid.span(band.left + left, grid.width, whole, wraps="x" in wrap)
                part = result[top : top + grid.height, left : left + grid.width]
                with torch.inference_mode(), _told_if_short_of_memory(rows, columns):
                    window = _window(rgb, band, rows, columns, wrap, transfer)
                    styled = _through(generator, window, precision)
                    first = band.left + left - columns.start
                    inner = styled[band.top + top - rows.start :, first:]
                    with stage("download", device=True):
                        transfer.back(inner[: part.shape[0], : part.shape[1]], part)
    return result


class _OutOfMemoryError(GanfxError):
    """The device has no room for a window."""


@dataclass(frozen=True)
class TileGrid:
    """Equal tiles anchored at (0, 0); all in pixels, all multiples of the stride."""

    height: int
    width: int
    halo: int
    border: int
    """Mirror image around the picture: no more than the halo."""
    stride: int

    def span(self, start: int, tile: int, size: int, *, wraps: bool) -> range:
        """The pixels along an axis that a tile's window has; all windows have as many.

        Args:
            start: Of the tile.
            tile: Its length.
            size: Of the picture, along the axis.
            wraps: Whether the picture goes on for ever there.
        """
        if wraps:
            return range(start - self.halo, start + tile + self.halo)
        end = round_up(size, self.stride) + self.border
        length = self.window(tile, size)
        first = max(-self.border, min(start - self.halo, end - length))
        return range(first, first + length)

    def window(self, tile: int, size: int) -> int:
        """How long windows are along an axis that does not wrap."""
        length, end = tile + 2 * self.halo, round_up(size, self.stride) + self.border
        if size <= 2 * tile:  # every tile lies at a border
            length -= self.halo - self.border
        return min(length, end + self.border)

    @property
    def least(self) -> int:
        """Side of the smallest tiles: windows of smaller ones would be hardly more than halo."""
        return round_up(max(self.halo // 2, self.stride), self.stride)

    def window_pixels(self, size: tuple[int, int]) -> int:
        """Of the windows of a picture's height and width, where it does not wrap."""
        height, width = size
        return self.window(self.height, height) * self.window(self.width, width)


def _quartered(grid: TileGrid, stride: int) -> TileGrid:
    """Half as high and wide, but no smaller than a window is mostly halo."""
    height, width = (
        max(min(side, grid.least), round_up(side // 2, stride))
        for side in (grid.height, grid.width)
    )
    return replace(grid, height=height, width=width)


def plan_tiles(
    lines: int,
    size: tuple[int, int],
    network: Network,
    tile: int | None,
    *,
    most: int | None = None,
    across: int | None = None,
) -> TileGrid:
    """The grid for a picture: square tiles as asked, else the fewest that fit a window.

    Args:
        lines: Rows that are wanted.
        size: Height and width of the whole picture.
        network: What they go through.
        tile: Side of a tile, or None.
        most: Pixels that a window may have, as far as that leaves it more than its halo; None
            is `WINDOW_PIXELS`, or more for a very deep network.
        across: Columns that are wanted; None is all.
    """
    stride, width = network.stride, size[1] if across is None else across
    halo, border = (round_up(each, stride) for each in (network.receptive_radius, network.border))

    def grid(tall: int, wide: int) -> TileGrid:
        return TileGrid(round_up(tall, stride), round_up(wide, stride), halo, border, stride)

    if tile is not None:
        return grid(min(tile, lines), min(tile, width))
    rows = columns = 1
    most = most or max(WINDOW_PIXELS, (4 * halo) ** 2)
    while True:
        tiles = grid(math.ceil(lines / rows), math.ceil(width / columns))
        if tiles.window_pixels(size) <= most or max(tiles.height, tiles.width) <= tiles.least:
            return tiles
        if tiles.height > tiles.width:
            rows += 1
        else:
            columns += 1


def wrapped(start: int, stop: int, size: int) -> NDArray[np.intp]:
    """Indices ``start..stop`` into ``size`` pixels that repeat at both ends, without end."""
    return np.arange(start, stop) % size


def _window(
    rgb: ImageF32, band: Band, down: range, across: range, wrap: str, transfer: Transfer
) -> Tensor:
    """Pixels that a tile's window has, ``(h, w, 3)`` on the device, where they are put together."""
    # What a window has beyond the band and its halo is cut off again: any row will do.
    rows = _Places(down, band.height, "y" in wrap, band.first, len(rgb))
    columns = _Places(across, rgb.shape[1], "x" in wrap, 0, rgb.shape[1])
    (top, bottom), (left, right) = rows.bounds, columns.bounds
    with stage("upload", device=True):
        seen = transfer.there(rgb[top:bottom, left:right])
    seen = seen.index_select(1, _on_device(columns, seen.device))
    return seen.index_select(0, _on_device(rows, seen.device))


class _Places(NamedTuple):
    """Where the pixels of a window are in an array, along one axis."""

    wanted: range
    size: int
    """Of the whole picture."""
    wraps: bool
    first: int
    """Pixel of the picture that the array begins with."""
    length: int
    """Of the array."""

    def indices(self) -> NDArray[np.intp]:
        by = wrapped if self.wraps else mirrored
        found = by(self.wanted.start, self.wanted.stop, self.size) - self.first
        return found.clip(0, self.length - 1)

    @property
    def bounds(self) -> tuple[int, int]:
        """The part of the array that they are in."""
        found = self.indices()
        return int(found.min()), int(found.max()) + 1


@lru_cache(maxsize=128)
def _on_device(places: _Places, device: torch.device) -> Tensor:
    """Indices into that part. They are those of every frame of a shot: none waits for a copy."""
    return torch.from_numpy(places.indices() - places.bounds[0]).to(device)


def _through(generator: Network, window: Tensor, precision: torch.dtype) -> Tensor:
    """One window, ``(h, w, 3)`` in [0, 1], through the network; changes what it is given."""
    with (
        torch.autocast(window.device.type, precision, enabled=precision != torch.float32),
        # float32 means it: TF32 has 10 bits, and timed algorithms vary from run to run.
        torch.backends.cudnn.flags(
            enabled=True, benchmark=False, deterministic=True, allow_tf32=False
        ),
    ):
        photo = window.clamp_(0.0, 1.0).mul_(2.0).sub_(1.0)
        # (h, w, 3) is what channels_last keeps in memory: nothing is copied here.
        styled: Tensor = generator(photo.permute(2, 0, 1).unsqueeze(0))
        display = styled.squeeze(0).permute(1, 2, 0).add(1.0).mul_(0.5).clamp_(0.0, 1.0)
        return display.float()


@contextmanager
def _told_if_short_of_memory(down: range, across: range) -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        told = str(error).strip().partition("\n")[0]
        raise _OutOfMemoryError(
            f"the device is out of memory for a window of {len(across)}x{len(down)} pixels: {told}",
            hint="close what else uses it, or choose another with --device",
        ) from error
