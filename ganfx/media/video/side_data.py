"""Side data of decoded frames (FFmpeg): display matrix, HDR10 metadata."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import av
from av.sidedata.sidedata import SideData, Type


def side_data(frame: av.VideoFrame, kind: Type) -> bytes | None:
    """Bytes of a frame's side data of a kind, as FFmpeg's structure; None without it."""
    carried = cast("Mapping[Type, SideData]", frame.side_data)  # PyAV's types know one kind
    return bytes(carried[kind]) if kind in carried else None
