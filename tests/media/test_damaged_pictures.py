"""Any damage to a picture file gives its pixels or a clear error: never a traceback."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ganfx.errors import MediaError
from ganfx.media.frames import Frame, new_frame, read_frame, write_frame

KINDS = {
    "8.png": "uint8",
    "16.png": "uint16",
    "16.tif": "uint16",
    "half.exr": "half",
    "10.dpx": "uint10",
    "8.jpg": "uint8",
    "8.webp": "uint8",
    "8.tga": "uint8",
    "float.hdr": "float",
    "8.bmp": "uint8",
    "half.jxl": "half",
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A file of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    rgb = np.random.default_rng(0).random((12, 16, 3)).astype(np.float32)
    for name, depth in KINDS.items():
        write_frame(folder / name, rgb, new_frame(rgb, depth=depth))
    return {name: (folder / name).read_bytes() for name in KINDS}


@st.composite
def damages(draw: st.DrawFn) -> tuple[float, list[tuple[float, int]]]:
    """Where a file is cut off, and what is written where; places are shares of its length.

    Most are near its beginning, where headers are.
    """
    near = st.floats(0, 1).map(lambda share: share**3)
    end = draw(st.one_of(st.just(1.0), st.floats(0, 1)))
    return end, draw(st.lists(st.tuples(near, st.integers(0, 255)), max_size=8))


@pytest.mark.parametrize("name", KINDS)
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)
@given(damage=damages())
def test_damage_gives_pixels_or_a_clear_error(name, whole, tmp_path_factory, damage):
    end, changes = damage
    data = bytearray(whole[name][: max(1, round(end * len(whole[name])))])
    for share, value in changes:
        data[min(len(data) - 1, int(share * len(data)))] = value
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    told, frame = outcome(path)
    assert (frame is None) == bool(told)
    if frame is None:
        assert str(path) in told
        assert "\n" not in told
    else:
        assert np.isfinite(frame.rgb).all()


def outcome(path: Path) -> tuple[str, Frame | None]:
    """What a file's error says, or the frame."""
    try:
        return "", read_frame(path, max_pixels=10**6)
    except MediaError as error:
        return error.message, None


def test_an_exr_whose_names_are_no_text_is_told(whole, tmp_path):
    """OpenImageIO's own message cannot be decoded then."""
    for place in (60, 133):
        data = bytearray(whole["half.exr"])
        data[place] = 255
        (tmp_path / "a.exr").write_bytes(data)
        with pytest.raises(MediaError, match=r"cannot read .*a\.exr"):
            read_frame(tmp_path / "a.exr")
