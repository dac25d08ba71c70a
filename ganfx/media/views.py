"""Views of a display (OpenColorIO): scene light as people look at it, for pages and proxies.

A view maps light to what an SDR display can show, highlights included. It cannot be undone: it is
for eyes alone. Networks see plain sRGB, and so does who writes ``--format png``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from ganfx.errors import UsageError, nearest
from ganfx.media.arrays import ImageF32, ImageU8
from ganfx.media.color import linear_to_display
from ganfx.media.color_spaces import LIGHT
from ganfx.media.file_color import FileColor, shown
from ganfx.media.interop_ids import is_scene
from ganfx.media.ocio_configs import (
    INTEROP_CONFIG,
    builtin_config,
    chosen_config,
    config_name,
    read_config,
)

DEFAULT = "default"
"""The view that a configuration names first: of the built-in one, that of ACES 2 for SDR."""
PLAIN = "none"
"""No view: the sRGB curve alone, clipped at 1, as ``--format png`` writes it."""
_SRGB = "srgb_rec709_display"  # id of the display whose codes are sRGB
_WIDE = "ACEScg"  # few colors have a channel below 0 there, which no logarithm has
_GRID = 65  # steps of the table each way
_STOPS = (-12.0, 12.0)  # of light that the table reaches, around middle gray
_GRAY = 0.18


class View(NamedTuple):
    """A view on a display of a configuration."""

    name: str
    """Such as ``ACES 2.0 - SDR 100 nits (Rec.709)``."""
    display: str
    """Such as ``sRGB - Display``."""
    config: str
    """Path or URI of the configuration."""

    def __str__(self) -> str:
        """The view, the display and the configuration."""
        if self.name == PLAIN:
            return "the sRGB curve, clipped at 1"
        return f"{self.name} on {self.display} of {config_name(self.config)}"


def find_view(name: str = DEFAULT, config: str | None = None) -> View:
    """Find a view of the configuration's sRGB display, or of its first display if it has none.

    Args:
        name: Of the view; `DEFAULT` is the first that the configuration has for that display;
            ``DISPLAY/VIEW`` is of another display; `PLAIN` is none.
        config: Path or URI; by default ``$OCIO``, else a built-in one with ACES 2.

    Raises:
        UsageError: There is no such view or display, or the configuration cannot be used.
    """
    if name == PLAIN:
        return View(PLAIN, "", "")
    chosen = chosen_config(config) or INTEROP_CONFIG
    read = read_config(chosen)
    display, name = _display_of(name, read)
    views: Sequence[str] = list(read.getViews(display))
    if name == DEFAULT:
        return View(read.getDefaultView(display), display, chosen)
    found = next((each for each in views if each.lower() == name.lower()), None)
    if found is None:
        near = nearest(name, views)
        hint = f"did you mean {near!r}?" if near else f"it has {', '.join(views)}"
        raise UsageError(f"{config_name(chosen)} has no view {name!r} of {display}", hint=hint)
    return View(found, display, chosen)


def view_names(config: str | None = None) -> tuple[str, ...]:
    """Names that `find_view` takes; errors as there."""
    read = read_config(chosen_config(config) or INTEROP_CONFIG)
    return tuple(read.getViews(_srgb_display(read)))


def through_view(light: ImageF32, view: View) -> ImageU8:
    """Show scene light as a view does.

    Args:
        light: ``(H, W, 3)`` float32, scene-linear Rec. 709, of any range.
        view: From `find_view`.

    Returns:
        ``(H, W, 3)`` uint8, codes of the view's display: sRGB. They come from a table of the view,
        which is within a code of it in grays and a few in colors; the view itself takes seconds
        for a frame.

    Raises:
        UsageError: The configuration cannot be connected with the built-in one.
    """
    if view.name == PLAIN:
        shown = linear_to_display(light)
    else:
        shown = np.array(light, dtype=np.float32, order="C")
        _table(view).applyRGB(shown)
    codes: ImageU8 = (np.clip(shown, 0.0, 1.0) * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return codes


def shown_through(
    rgb: ImageF32, color: FileColor, view: View, *, scene_linear: bool, profile: bytes | None
) -> ImageU8:
    """Show decoded colors: light and film through a view, display codes as they are.

    Args:
        rgb: ``(H, W, 3)`` float32 as decoded.
        color: What it is encoded in.
        view: From `find_view`.
        scene_linear: Whether the file holds floating point.
        profile: Its ICC profile.

    Returns:
        ``(H, W, 3)`` uint8, sRGB.
    """
    space = color.space
    if needs_view(color, scene_linear=scene_linear):
        return through_view(rgb if space is None else space.to_linear(rgb), view)
    seen = shown(rgb, color, scene_linear=scene_linear, profile=profile)
    codes: ImageU8 = (seen * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    return codes


def needs_view(color: FileColor, *, scene_linear: bool) -> bool:
    """Whether a file holds light or film of a scene, rather than a picture for a display.

    Args:
        color: What it is encoded in.
        scene_linear: Whether it holds floating point.
    """
    is_light = scene_linear if color.space is None else is_scene(color.space)
    return is_light and not color.is_data


def _display_of(name: str, config: Any) -> tuple[str, str]:
    """The display that a view is asked for on, and the name of the view."""
    display, slash, view = name.rpartition("/")
    displays = list(config.getDisplays())
    if not slash:
        return _srgb_display(config), name
    if display not in displays:
        near = nearest(display, displays)
        hint = f"did you mean {near!r}?" if near else f"it has {', '.join(displays)}"
        raise UsageError(f"there is no display {display!r}", hint=hint)
    return display, view


def _srgb_display(config: Any) -> str:
    """Display with sRGB codes by its interop id or name; else the first."""
    displays = list(config.getDisplays())
    for each in displays:
        space = config.getColorSpace(each)
        if space is not None and space.getInteropID() == _SRGB:
            return str(each)
    named = [each for each in displays if each.lower().startswith("srgb")]
    return str(named[0] if named else config.getDefaultDisplay())


@cache
def _table(view: View) -> Any:
    """Processor of a table over the logarithm of light, as a view is made for."""
    import PyOpenColorIO as ocio  # noqa: N813

    to_log = ocio.LogAffineTransform(
        logSideSlope=[1.0 / (_STOPS[1] - _STOPS[0])] * 3,
        logSideOffset=[-(np.log2(_GRAY) + _STOPS[0]) / (_STOPS[1] - _STOPS[0])] * 3,
        linSideOffset=[_GRAY * 2.0 ** _STOPS[0]] * 3,
    )
    to_log.setBase(2.0)
    raw = ocio.Config.CreateRaw()
    back = raw.getProcessor(to_log, ocio.TRANSFORM_DIR_INVERSE).getDefaultCPUProcessor()
    steps = np.linspace(0.0, 1.0, _GRID, dtype=np.float32)
    colors = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1)
    colors = np.ascontiguousarray(colors.reshape(-1, _GRID, 3))
    back.applyRGB(colors)
    _exact(view).applyRGB(colors)
    table = ocio.Lut3DTransform(_GRID, interpolation=ocio.INTERP_TETRAHEDRAL)
    table.setData(colors.ravel())
    wide = builtin_config().getProcessor(LIGHT, _WIDE).createGroupTransform()
    return raw.getProcessor(ocio.GroupTransform([wide, to_log, table])).getDefaultCPUProcessor()


def _exact(view: View) -> Any:
    """Processor from scene-linear `_WIDE` to the view itself."""
    import PyOpenColorIO as ocio  # noqa: N813

    direction = ocio.TRANSFORM_DIR_FORWARD
    try:
        processor = ocio.Config.GetProcessorFromConfigs(
            builtin_config(), _WIDE, read_config(view.config), view.display, view.name, direction
        )
    except ocio.Exception as error:
        raise UsageError(
            f"{view} cannot be shown: {str(error).splitlines()[0]}",
            hint="a configuration needs the role aces_interchange",
        ) from error
    return processor.getDefaultCPUProcessor()
