"""Painted frames of a shot, read when a frame needs them, and laid over what the look makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

import numpy as np

from ganfx.errors import GanfxError, MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.file_color import ColorSettings, file_color
from ganfx.media.frame_reading import upright
from ganfx.media.frames import Frame, read_frame
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.painted import PaintedKey, keys_around
from ganfx.stylize.job.plate_files import as_stored
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.network.plate import Prepared, prepare_frame
from ganfx.stylize.temporal.filter import HANDLES, guide_of
from ganfx.stylize.temporal.painted import Painting, Share, as_painted, lay_over

KEPT = 4
"""Paintings in memory: a frame needs two."""
WHAT = "painted frame"

LoadPlate = Callable[[Path], tuple[Frame, Prepared]]
"""A frame of the shot on its canvas, and as the network takes it."""


class PaintedShot:
    """The paintings of one shot.

    Args:
        jobs: Of the shot: they name their keys.
        resolved: For color spaces.
        load: Reads a plate.
    """

    def __init__(self, jobs: Iterable[Job], resolved: ResolvedOptions, load: LoadPlate) -> None:
        self._keys = sorted({key for job in jobs for key in job.painted})
        self._resolved, self._load = resolved, load
        self._paintings: dict[int, Painting] = {}
        self._shares: dict[int, Share] = {}
        self._lock = Lock()

    def over(self, styled: ImageF32, frame: int | None, prepared: Prepared) -> ImageF32:
        """A stylized frame with what is painted laid over it, ``(H, W, 3)`` display-encoded.

        Raises:
            GanfxError: What is painted cannot be read, or is of another size.
        """
        if frame is None or not self._keys:
            return styled
        paintings, guide = self._around(frame), guide_of(prepared.display)
        result, share = lay_over(styled, frame, guide, paintings)
        if share is not None:
            with self._lock:
                self._shares[frame] = share
        return result

    def told(self, prepared: Prepared, frame: int | None) -> Prepared:
        """A frame with where it is painted; that of frames far before it is forgotten."""
        if frame is None or not self._keys:
            return prepared
        with self._lock:
            for old in [n for n in self._shares if n < frame - HANDLES]:
                del self._shares[old]
            return replace(prepared, painted=self._shares.get(frame))

    def exactly(self, held: ImageF32, frame: int) -> ImageF32:
        """A frame after the temporal filter: as it was painted, if it was."""
        if all(key.frame != frame for key in self._keys):
            return held
        own = next(each for each in self._around(frame) if each.frame == frame)
        return as_painted(held, own)

    def _around(self, frame: int) -> Sequence[Painting]:
        with self._lock:
            return [self._painting(key) for key in keys_around(self._keys, frame, 0)]

    def _painting(self, key: PaintedKey) -> Painting:
        if key.frame not in self._paintings:
            while len(self._paintings) >= KEPT:
                del self._paintings[next(iter(self._paintings))]
            self._paintings[key.frame] = self._read(key)
        return self._paintings[key.frame]

    def _read(self, key: PaintedKey) -> Painting:
        try:
            plate, prepared = self._load(key.plate)
            painted = read_frame(key.picture, max_pixels=self._resolved.options.max_pixels)
            return Painting(key.frame, guide_of(prepared.display), *self._laid(painted, plate, key))
        except MediaError as error:  # no fault of the frame that is being made
            raise GanfxError(f"painted frame {key.picture}: {error.message}") from error

    def _laid(self, painted: Frame, plate: Frame, key: PaintedKey) -> tuple[ImageF32, ImageF32]:
        """The painting as its plate is stored, and where it is painted."""
        settings = self._resolved.color
        if key.picture.suffix.lower() != key.plate.suffix.lower():
            settings = ColorSettings(None, settings.config)  # --colorspace is that of plates
        ready = prepare_frame(painted, file_color(painted.header, settings))
        cover = ready.alpha if ready.alpha is not None else np.ones(ready.rgb.shape[:2], np.float32)
        tag = painted.header.orientation
        window, size = painted.header.window.upright(tag), plate.rgb.shape[:2]
        picture, covered = (
            as_stored(
                (upright(plane, tag), window),
                (size[0], size[1]),
                plate.header,
                turned=upright,
                what=WHAT,
            )
            for plane in (ready.display, cover)
        )
        return picture, covered
