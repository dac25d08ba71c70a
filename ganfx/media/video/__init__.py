"""Decoding and encoding of video files, through PyAV (FFmpeg).

`read_video` decodes a file to display pictures, `VideoWriter` encodes changed pictures with
the source's codec family, bit depth, timing, colour tags, sound and subtitles. Both work in
float32, without rounding to 8 bits. Truncated files are refused, and those of variable frame
rate (VFR) unless asked for.
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
