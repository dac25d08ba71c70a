"""One frame of a video, to show."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import av
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.video.orientation import display_matrix, upright
from ganfx.media.video.reading import damaged, opened, stream_encoding
from ganfx.media.video.yuv import to_rgb


def read_middle_frame(path: Path) -> ImageU8:
    """Decode a frame near the middle of a video, which may begin and end in black.

    Returns:
        ``(H, W, 3)`` uint8, upright, encoded as stored: the first from a keyframe on.

    Raises:
        MediaError: If the video cannot be read.
    """
    with opened(path) as (container, stream):
        encoding = stream_encoding(stream, path)
        with suppress(av.FFmpegError):  # one that cannot be searched is read from its start
            if container.duration:
                container.seek((container.start_time or 0) + container.duration // 2)
        try:
            frame = next(container.decode(stream), None)
        except av.FFmpegError as error:
            raise damaged(path, 0, f"is damaged ({error.strerror})") from error
        if frame is None:
            raise damaged(path, 0, "has no frame")
        rgb = upright(to_rgb(frame, encoding), display_matrix(frame))
    return np.ascontiguousarray(rgb * np.float32(255.0) + np.float32(0.5)).astype(np.uint8)
