"""Video files in and out, through PyAV.

`read_video` decodes a whole file to display pictures, `VideoWriter` writes changed pictures
into a file that is otherwise its source: codec family, bit depth, timing, colour tags,
sound and subtitles. Both work in float32, without a detour over 8 bits. Files whose frames
are unevenly spaced, or that end before their time, are refused.
"""

from __future__ import annotations

from ganfx.media.video.reading import (
    VideoInfo,
    read_upright_frames,
    read_video,
    read_video_info,
)
from ganfx.media.video.writing import VideoWriter

__all__ = [
    "VideoInfo",
    "VideoWriter",
    "read_upright_frames",
    "read_video",
    "read_video_info",
]
