"""The framed area of plates: a rectangle of an ASC Framing Decision List, as a matte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError, nearest
from ganfx.media.frame_reading import upright
from ganfx.media.frames import Frame
from ganfx.media.framing_list import Box, Decision, FramedCanvas, FramingList, read_framing_list
from ganfx.media.headers import Header
from ganfx.media.windows import plain_window
from ganfx.stylize.declared.kinds import FdlArea
from ganfx.stylize.job.plate_files import PlateFiles, as_stored

Plane = NDArray[np.float32]

WHAT = "framing"
_CLOSE = 0.5
"""Pixels by which a rectangle may reach over its canvas: what rounding takes away."""


class Area(NamedTuple):
    """Whole pixels: the first row and column, and those after the last."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Framing:
    """What a run stylizes of its plates."""

    listed: FramingList
    files: PlateFiles
    """The list's own."""
    choice: str = ""
    """Id or label of a decision, or of its framing intent; "" for the default intent."""
    area: FdlArea = "framing"

    def fingerprint(self, _: int | None) -> str:
        """Of what is framed, whatever else the list says; the plate's size decides the canvas."""
        text = f"{self.listed} {self.choice} {self.area}"
        return hashlib.sha256(text.encode()).hexdigest()

    def read(self, size: tuple[int, int], _: int | None, plate: Frame | None) -> Plane:
        """The framed area of a plate, as a matte.

        Args:
            size: Height and width of the plate as stored.
            plate: With its header; None for video.

        Returns:
            ``size`` float32, 1 inside and 0 outside, as the plate is stored.

        Raises:
            MediaError: No canvas has the plate's size, or no one decision is meant.
        """
        header = None if plate is None else plate.header
        (height, width), area = self.place(size, header)
        mask = np.zeros((height, width), np.float32)
        mask[area.top : area.bottom, area.left : area.right] = 1
        whole = plain_window(width, height)
        return as_stored((mask, whole), size, header, turned=upright, what=f"{WHAT} canvas")

    def check(self, _: Path, header: Header, __: int | None) -> None:
        """Make sure, from headers alone, that a picture has a framed area; raises as `read`."""
        self.place((header.height, header.width), header)

    def of_size(self, width: int, height: int) -> Area:
        """The framed area of a plate of a size, as viewers show it.

        Coordinates are rounded to the nearest pixel, as the specification (2.0.1, 7.3.4.10.4)
        recommends it, halves to the even one.

        Raises:
            MediaError: As `read`.
        """
        canvases = self._canvases(width, height)
        found = self._chosen([(c, d) for c in canvases for d in c.decisions], canvases)
        areas = {self._area(canvas, decision, width) for canvas, decision in found}
        if len(areas) > 1:
            raise MediaError(
                f"{self._file} has several framing decisions for {width}x{height}:"
                f" {_listed(decision for _, decision in found)}",
                hint="choose one by --fdl-decision",
            )
        return areas.pop()

    @property
    def _file(self) -> str:
        return self.files.of(None).name

    def place(self, size: tuple[int, int], header: Header | None) -> tuple[tuple[int, int], Area]:
        """Height and width of the canvas, and what is framed: of what is shown, else stored.

        Args:
            size: Height and width of the plate as stored.
            header: Its own; None for video.

        Raises:
            MediaError: As `read`.
        """
        height, width = size
        if header is None:
            return size, self.of_size(width, height)
        window = header.window.upright(header.orientation)
        shown, stored = (window.full_width, window.full_height), (window.width, window.height)
        try:
            return (shown[1], shown[0]), self.of_size(*shown)
        except MediaError:
            if stored == shown or not self._fitting(*stored):
                raise
            return (stored[1], stored[0]), self.of_size(*stored)

    def _fitting(self, width: int, height: int) -> list[FramedCanvas]:
        """Canvases of a size; else those that are of it once their squeeze is undone."""
        high = [each for each in self.listed.canvases if each.height == height]
        same = [each for each in high if each.width == width]
        return same or [each for each in high if round(each.width * each.squeeze) == width]

    def _canvases(self, width: int, height: int) -> list[FramedCanvas]:
        found = self._fitting(width, height)
        if not found:
            there = dict.fromkeys(map(_described, self.listed.canvases))
            raise MediaError(
                f"{self._file} has no canvas of {width}x{height}, the size of the plate: it has"
                f" {', '.join(there) or 'none'}"
            )
        return found

    def _chosen(
        self, there: Sequence[tuple[FramedCanvas, Decision]], canvases: Sequence[FramedCanvas]
    ) -> Sequence[tuple[FramedCanvas, Decision]]:
        if not there:
            raise MediaError(
                f"{self._file} has no framing decision for its canvas {_described(canvases[0])}"
            )
        if not self.choice:
            default = [each for each in there if each[1].intent == self.listed.default_intent]
            return default or there
        found = [each for each in there if self.choice in each[1].names]
        if not found:
            near = nearest(self.choice, [name for _, each in there for name in each.names])
            raise MediaError(
                f"{self._file} has no framing decision {self.choice} for its canvas"
                f" {_described(canvases[0])}: it has {_listed(each for _, each in there)}",
                hint=f"did you mean {near}?" if near else None,
            )
        return found

    def _area(self, canvas: FramedCanvas, decision: Decision, width: int) -> Area:
        box = decision.framing if self.area == "framing" else decision.protection
        if box is None:
            raise MediaError(
                f"{self._file}: {decision.id} has no protection", hint="leave out --fdl-area"
            )
        _refuse_outside(box, canvas, f"{self._file}: the {self.area} of {decision.id}")
        wider = width / canvas.width  # of a plate whose squeeze is undone
        left, top = round(box.x * wider), round(box.y)
        right, bottom = left + round(box.width * wider), top + round(box.height)
        area = Area(top, left, min(bottom, canvas.height), min(right, width))
        if area.top >= area.bottom or area.left >= area.right:
            raise MediaError(f"{self._file}: the {self.area} of {decision.id} holds no pixel")
        return area


def find_framing(file: Path | None, choice: str, area: FdlArea) -> Framing | None:
    """The framing that the options mean; None for all of each plate.

    Raises:
        UsageError: The list cannot be read, or is asked nothing though something is chosen of it.
    """
    if file is not None:
        files = PlateFiles(WHAT, still=file)
        return Framing(read_framing_list(file), files, choice, area)
    if choice or area != "framing":
        option = "--fdl-decision" if choice else "--fdl-area"
        raise UsageError(f"{option}: there is no list to look it up in", hint="give --fdl FILE")
    return None


def _refuse_outside(box: Box, canvas: FramedCanvas, what: str) -> None:
    right, bottom = box.x + box.width, box.y + box.height
    over = max(-box.x, -box.y, right - canvas.width, bottom - canvas.height)
    if over > _CLOSE:
        raise MediaError(
            f"{what} reaches outside of its canvas, {canvas.width}x{canvas.height}:"
            f" {box.width:g}x{box.height:g} from {box.x:g},{box.y:g}"
        )


def _described(canvas: FramedCanvas) -> str:
    squeeze = f", squeezed {canvas.squeeze:g}" if canvas.squeeze != 1 else ""
    return f"{canvas.width}x{canvas.height} ({canvas.label or canvas.id}{squeeze})"


def _listed(decisions: Iterable[Decision]) -> str:
    names = dict.fromkeys(
        f"{each.id} ({each.label or each.intent_label})"
        if each.label or each.intent_label
        else each.id
        for each in decisions
    )
    return ", ".join(names)
