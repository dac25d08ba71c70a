"""Video with alpha is refused: what is written back has none."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.video import read_video, read_video_info

VP = [("vp8", "libvpx"), ("vp9", "libvpx-vp9")]


def film(path: Path, encoder: str, pixels: str, *, tags: dict[str, str] | None = None) -> Path:
    """Two frames of noise, and of alpha where the pixel format has it."""
    if encoder not in av.codecs_available:
        pytest.skip(f"no {encoder} in this FFmpeg")
    rng = np.random.default_rng(3)
    with av.open(str(path), "w") as output:
        stream = output.add_stream(encoder, rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 96, pixels
        if encoder.startswith("libvpx"):
            stream.options = {"auto-alt-ref": "0"}  # which libvpx asks for with alpha
        for key, value in (tags or {}).items():
            stream.metadata[key] = value
        for index in range(2):
            noise = rng.integers(0, 256, (64, 96, 4), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(noise, "rgba").reformat(format=pixels)
            frame.pts = index
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def test_alpha_is_refused_rather_than_lost(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mov", "prores_ks", "yuva444p10le")
    with pytest.raises(MediaError, match="has alpha") as caught:
        next(read_video(path))
    assert "numbered pictures" in str(caught.value.hint)


@pytest.mark.parametrize(("codec", "encoder"), VP)
@pytest.mark.parametrize("tag", ["alpha_mode", "ALPHA_MODE"])
def test_alpha_that_the_decoder_leaves_out_is_refused_too(
    tmp_path: Path, codec: str, encoder: str, tag: str
) -> None:
    path = film(tmp_path / "a.webm", encoder, "yuva420p", tags={tag: "1"})
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"

    for read in (read_video_info, lambda path: next(read_video(path))):
        with pytest.raises(MediaError, match=f"{codec} has alpha, which would be lost") as caught:
            read(path)
        assert f"ffmpeg -c:v {encoder} -i IN" in str(caught.value.hint)


@pytest.mark.parametrize(("codec", "encoder"), VP)
@pytest.mark.parametrize("tags", [{}, {"alpha_mode": "0"}])
def test_the_same_codecs_without_alpha_are_read(
    tmp_path: Path, codec: str, encoder: str, tags: dict[str, str]
) -> None:
    path = film(tmp_path / "a.webm", encoder, "yuv420p", tags=tags)
    assert read_video_info(path).codec == codec
    assert len(list(read_video(path))) == 2
