from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.flow_files import read_flow, write_flow
from ganfx.media.frames import new_frame, write_frame, write_picture

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
