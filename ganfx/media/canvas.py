"""Canvases: what a frame is stylised on, where it stores less than its display window.

Autocropped frames of a shot have data windows that differ, and one display window. On a canvas of
the display window they lie where they are seen: motion is followed on it, and marks have the size
and place that they have in uncropped frames. Around the stored pixels a canvas is black and covers
nothing. What the frames of a shot store beyond the display window (overscan) is on the canvas, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ganfx.errors import MediaError
from ganfx.media.frames import Frame
from ganfx.media.windows import Window, placed


def canvas_of(windows: Iterable[Window]) -> Window:
    """The smallest window with all that is shown and all that is stored.

    Args:
        windows: Of one frame, or of all frames of a shot: at least one, of one display window.
    """
    each = list(windows)
    left, top = (min(0, *(window[axis] for window in each)) for axis in (0, 1))
    right = max(max(window.full_width, window.x + window.width) for window in each)
    bottom = max(max(window.full_height, window.y + window.height) for window in each)
    shown = each[0].display
    return Window(left, top, right - left, bottom - top, shown.full_width, shown.full_height)


def own_canvas(window: Window) -> Window:
    """The canvas of a frame by itself: its display window, if that holds all that it stores."""
    return window.display if canvas_of([window]) == window.display else window


def on_canvas(frame: Frame, canvas: Window | None, path: Path, *, max_pixels: int) -> Frame:
    """A frame with its picture on a canvas; its stored channels stay as they are.

    Args:
        frame: From `ganfx.media.frames.read_frame`.
        canvas: Of its shot; None is its own.
        path: Its file, for the message.
        max_pixels: A larger canvas is refused.

    Returns:
        ``frame`` itself where it fills the canvas. The result is not to be written.

    Raises:
        MediaError: The canvas is too large.
    """
    own = frame.header.window
    canvas = canvas or own_canvas(own)
    if own[:4] == canvas[:4]:
        return frame
    if canvas.width * canvas.height > max_pixels:
        size = f"{canvas.width}x{canvas.height}"
        raise MediaError(
            f"{path} is a part of a display window of {size} pixels, more than the limit",
            hint="if it really is that large, raise --max-pixels",
        )
    header = replace(frame.header, width=canvas.width, height=canvas.height, stored_window=canvas)
    alpha = None if frame.alpha is None else placed(frame.alpha, own, canvas)
    return replace(frame, header=header, rgb=placed(frame.rgb, own, canvas), alpha=alpha)
