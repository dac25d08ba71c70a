"""What a decoded frame carries beside its picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import av
from av.sidedata.sidedata import SideData, Type


def side_data(frame: av.VideoFrame, kind: Type) -> bytes | None:
    """The bytes of FFmpeg's structure of that kind; None where the frame has none."""
    carried = cast("Mapping[Type, SideData]", frame.side_data)  # PyAV's types know one kind
    return bytes(carried[kind]) if kind in carried else None
