"""Views: what a display shows of scene-linear light, through OpenColorIO.

Light that has no upper bound needs a rendering before people can judge it. By default that is
ACES 2 for SDR, of a built-in configuration that is pinned by its full name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ganfx.errors import UsageError, nearest
from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.color import linear_to_display
from ganfx.media.color_spaces import CINEON, ColorSpace
from ganfx.media.file_color import FileColor
from ganfx.media.ocio_configs import (
    INTEROP_CONFIG,
    OCIO_CONFIG,
    as_config,
    builtin_config,
    config_name,
    read_config,
)

DISPLAY, VIEW = "sRGB - Display", "ACES 2.0 - SDR 100 nits (Rec.709)"
"""Of `INTEROP_CONFIG`."""
PLAIN = "none"
"""Name of no rendering: the sRGB curve alone, clipped at 1."""
_LIGHT = "lin_rec709"  # alias of linear Rec. 709 in the built-in configurations
_SIDE = 65  # of the cube that stands for a view
_STOPS = 24.0  # of the cube: from white to 2 ** -_BELOW, and above white
_BELOW = 14.0
_DARKEST = 2.0**-_BELOW


@dataclass(frozen=True)
class DisplayView:
    """A display and view of a configuration; without a name, the sRGB curve alone."""

    display: str = DISPLAY
    view: str = VIEW
    config: str = INTEROP_CONFIG

    @property
    def name(self) -> str:
        """For people: with the configuration."""
        if self.view == PLAIN:
            return "sRGB curve, clipped at 1"
        return f"{self.view}, {self.display} ({config_name(self.config)})"

    def show(self, light: ImageF32) -> ImageU8:
        """Render scene-linear Rec. 709, ``(H, W, 3)`` float32, as 8-bit sRGB.

        Within a code value or two of OpenColorIO's own: it works by a cube of the view.
        """
        if self.view == PLAIN:
            seen = linear_to_display(light)
        else:
            seen = np.ascontiguousarray(light, np.float32).copy()
            _renderer(self)(seen)
        codes: ImageU8 = (np.clip(seen, 0, 1) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
        return codes


def find_view(text: str = "", config: str | Path | None = None) -> DisplayView:
    """The view that is meant.

    Args:
        text: ``VIEW``, ``DISPLAY/VIEW``, `PLAIN`, or "" for the default: ACES 2 for SDR, or the
            first view of a studio's configuration.
        config: A studio's configuration; None is the built-in one.

    Raises:
        UsageError: There is no such view or display, or the configuration cannot be used.
    """
    if text == PLAIN:
        return DisplayView(view=PLAIN)
    if config is None and not text:
        return DisplayView()
    own = str(config or INTEROP_CONFIG)
    read = read_config(own)
    display, _, view = text.rpartition("/")
    display = display or (DISPLAY if config is None else str(read.getDefaultDisplay()))
    _refuse_unknown("display", display, list(read.getDisplays()))
    view = view or str(read.getDefaultView(display))
    _refuse_unknown(f"view of {display}", view, list(read.getViews(display)))
    return DisplayView(display, view, own)


def needs_view(color: FileColor, *, scene_linear: bool) -> bool:
    """Whether a file holds light or log of a scene, rather than a picture for a display."""
    if color.is_data or color.space is None:
        return scene_linear and not color.is_data
    return _is_of_a_scene(color.space) or (scene_linear and not color.space.is_display)


def _is_of_a_scene(space: ColorSpace) -> bool:
    if space.is_display or space.primaries:
        return False
    if space.name == CINEON and space.config is None:
        return True
    known = as_config(space.config).getColorSpace(space.name)
    return known is not None and known.getEncoding() in ("log", "scene-linear")


def _refuse_unknown(kind: str, name: str, known: list[str]) -> None:
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near!r}?" if near else f"there are: {', '.join(known)}"
        raise UsageError(f"unknown {kind}: {name!r}", hint=hint)


@cache
def _renderer(view: DisplayView) -> Callable[[ImageF32], None]:
    """In-place converter of a contiguous ``(H, W, 3)`` array: light through a log, and a cube."""
    import PyOpenColorIO as ocio  # noqa: N813  (slow to load)

    edge = np.linspace(0.0, 1.0, _SIDE)
    light = np.exp2(edge * _STOPS - _BELOW) - _DARKEST
    blue, green, red = np.meshgrid(light, light, light, indexing="ij")
    cube = np.ascontiguousarray(np.stack([red, green, blue], axis=-1), np.float32)
    rows = cube.reshape(_SIDE * _SIDE, _SIDE, 3)
    _exact(view).applyRGB(rows)
    lut = ocio.Lut3DTransform(gridSize=_SIDE)
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    lut.setData(np.ascontiguousarray(cube.transpose(2, 1, 0, 3)).reshape(-1))  # blue is fastest
    log = ocio.LogAffineTransform(
        logSideSlope=[1.0 / _STOPS] * 3,
        logSideOffset=[_BELOW / _STOPS] * 3,
        linSideSlope=[1.0] * 3,
        linSideOffset=[_DARKEST] * 3,
    )
    log.setBase(2.0)
    applied = ocio.Config.CreateRaw().getProcessor(ocio.GroupTransform([log, lut]))
    processor = applied.getDefaultCPUProcessor()
    return lambda rgb: processor.applyRGB(rgb)


def _exact(view: DisplayView) -> Any:
    """OpenColorIO's own processor from linear Rec. 709 to the display."""
    import PyOpenColorIO as ocio  # noqa: N813

    try:
        processor = ocio.Config.GetProcessorFromConfigs(
            builtin_config(),
            _LIGHT,
            read_config(view.config),
            view.display,
            view.view,
            ocio.TRANSFORM_DIR_FORWARD,
        )
    except ocio.Exception as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"the view {view.view} of {view.display} cannot be used from {OCIO_CONFIG}: {reason}",
            hint="a configuration needs the role aces_interchange",
        ) from error
    return processor.getDefaultCPUProcessor()
