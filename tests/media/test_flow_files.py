from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError
from ganfx.media.flow_files import read_flow, write_flow
from ganfx.media.frames import new_frame, write_frame, write_picture
from ganfx.media.windows import Window, plain_window

FLOW = np.random.default_rng(0).normal(0, 8, (5, 7, 2)).astype(np.float32)


def test_a_flo_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_flow(tmp_path / "a.flo", FLOW)
    assert np.array_equal(read_flow(tmp_path / "a.flo"), FLOW)


def test_an_exr_has_flow_in_red_and_green(tmp_path: Path) -> None:
    rgb = np.concatenate([FLOW, np.zeros_like(FLOW[..., :1])], axis=-1)
    write_frame(tmp_path / "a.exr", rgb, new_frame(rgb, depth="float"))
    assert np.array_equal(read_flow(tmp_path / "a.exr"), FLOW)


def test_what_is_no_flow_is_told(tmp_path: Path) -> None:
    write_flow(tmp_path / "whole.flo", FLOW)
    data = (tmp_path / "whole.flo").read_bytes()
    for content, words in (
        (data[:-1], "7x5 do not fit its size"),
        (data + b"x", "do not fit"),
        (b"PIEX" + data[4:], "not a .flo file"),
        (data[:7], "not a .flo file"),
        (data[:4] + np.array([-7, -5], "<i4").tobytes() + data[12:], "do not fit"),
    ):
        (tmp_path / "a.flo").write_bytes(content)
        with pytest.raises(MediaError, match=words):
            read_flow(tmp_path / "a.flo")
    with pytest.raises(MediaError, match="cannot read"):
        read_flow(tmp_path / "nowhere.flo")
    write_picture(tmp_path / "a.png", np.zeros((5, 7, 3), np.uint8))
    with pytest.raises(MediaError, match="floating-point"):
        read_flow(tmp_path / "a.png")


def test_flow_lies_by_its_window_and_is_unknown_outside(tmp_path: Path) -> None:
    """Vectors of 7x5 pixels in channels called x and y, on a frame that stores 6x4 of its 9x8."""
    spec = oiio.ImageSpec(7, 5, 2, "float")
    spec.channelnames = ("motion.X", "motion.Y")
    spec.x, spec.y, spec.full_width, spec.full_height = 1, 2, 9, 8
    output = oiio.ImageOutput.create(str(tmp_path / "a.exr"))
    assert output.open(str(tmp_path / "a.exr"), spec)
    assert output.write_image(FLOW)
    assert output.close()

    flow = read_flow(tmp_path / "a.exr", onto=Window(0, 3, 6, 4, 9, 8))

    assert np.isnan(flow[:, 0]).all()
    assert np.array_equal(flow[:, 1:], FLOW[1:5, :5])
    with pytest.raises(MediaError, match=r"vectors are 9x8 \(7x5 stored\) pixels, the frame 7x8"):
        read_flow(tmp_path / "a.exr", onto=plain_window(7, 8))
