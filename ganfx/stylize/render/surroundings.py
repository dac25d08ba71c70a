"""What lies around a file that is one picture with others: read once for several of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from ganfx.errors import GanfxError, MediaError
from ganfx.media.arrays import ImageF32
from ganfx.stylize.effects.sizes import LARGEST, of_level
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.brush_scale import brush_scale
from ganfx.stylize.network.inference import reach_of
from ganfx.stylize.network.plate import Prepared
from ganfx.stylize.render.finish import place_of
from ganfx.stylize.surface.cube import faces_of
from ganfx.stylize.surface.surfaces import Surface
from ganfx.stylize.surface.tiles import ALIGNMENT, around, row_of, span_of
from ganfx.stylize.surface.whole import FaceOf, Whole

KEPT = 1 << 30
"""Bytes of pictures that are kept for the files beside them; the last is kept whatever it has."""


class Surroundings:
    """Reads what lies around tiles and faces.

    Args:
        run: For the reach of its look.
        display: Reads a file as the network takes it, ``(H, W, 3)``.
    """

    def __init__(self, run: Run, display: Callable[[Path], ImageF32]) -> None:
        self._run, self._display = run, display
        self._kept: OrderedDict[Path, ImageF32 | None] = OrderedDict()
        self._cube: tuple[tuple[Path, ...], Whole] | None = None
        self._lock = Lock()

    def with_them(self, job: Job, prepared: Prepared) -> Prepared:
        """A picture with what lies around it, if it is one with others.

        Raises:
            MediaError: Another file of a cube map cannot be read, or has another size.
        """
        with self._lock:
            if job.tiles is not None:
                return self._tile(job, prepared)
            return self._face(job, prepared) if job.cube else prepared

    def _tile(self, job: Job, prepared: Prepared) -> Prepared:
        assert job.tiles is not None
        tiles, (u, v) = job.tiles.tiles, job.tiles.place_of(job.source)
        height, width = prepared.display.shape[:2]
        run = self._run.of(job)
        options = run.options
        scale = brush_scale(options.scale, run.look.scale, height, width)
        place = place_of(options, height, number=0)
        if run.planes.depth is not None:
            place = of_level(place, LARGEST)
        reach = run.effects.reach(place) + ALIGNMENT
        margin, stride = reach + reach_of(run.look, scale), run.look.stride

        def read(place: tuple[int, int]) -> ImageF32 | None:
            if place == (u, v):
                return prepared.display
            return self._beside(tiles[place], (height, width)) if place in tiles else None

        spans = (
            span_of(row_of(v), height, margin, scale, stride),
            span_of(u, width, margin, scale, stride),
        )
        return replace(prepared, around=around((u, v), (height, width), read, spans))

    def _face(self, job: Job, prepared: Prepared) -> Prepared:
        number = job.cube.index(job.source)
        if self._cube is None or self._cube[0] != job.cube:
            self._cube = job.cube, self._whole(job.cube)
        return replace(prepared, face=FaceOf(self._cube[1], number))

    def _whole(self, files: tuple[Path, ...]) -> Whole:
        shown = [self._display(file) for file in files]
        side = len(shown[0])
        for file, face in zip(files, shown, strict=True):
            if face.shape[:2] != (side, side):
                raise MediaError(
                    f"{file} is {face.shape[1]}x{face.shape[0]}, and no face of the cube map of"
                    f" {files[0]}: faces are squares of one size",
                    hint="bring them to one size, or do each by itself: --wrap none",
                )
        faces = faces_of(6 * side, side)
        assert faces is not None
        return Whole(np.concatenate(shown), Surface(kind="cube", faces=faces))

    def _beside(self, path: Path, size: tuple[int, int]) -> ImageF32 | None:
        """A tile of the set; None if it cannot be read, which is told in its turn."""
        if path not in self._kept:
            try:
                shown: ImageF32 | None = self._display(path)
            except (GanfxError, OSError):
                shown = None
            self._kept[path] = shown if shown is not None and shown.shape[:2] == size else None
        self._kept.move_to_end(path)
        while len(self._kept) > 1 and sum(_bytes(each) for each in self._kept.values()) > KEPT:
            self._kept.popitem(last=False)
        return self._kept[path]


def _bytes(plane: ImageF32 | None) -> int:
    return 0 if plane is None else plane.nbytes
