"""Render fingerprints in metadata: formats that hold them, and files of their own only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frame_fingerprint import HOLD_FINGERPRINTS, Note, read_fingerprint
from ganfx.media.frames import new_frame, read_frame, write_frame


def written(path: Path, *, depth: str = "uint8", fingerprint: str = "") -> Path:
    rgb = np.full((8, 12, 3), 0.5, np.float32)
    write_frame(path, rgb, new_frame(rgb, depth=depth), note=Note(fingerprint))
    return path


@pytest.mark.parametrize(("name", "depth"), [("a.png", "uint8"), ("a.exr", "half")])
def test_a_fingerprint_is_read_as_it_was_written(tmp_path: Path, name: str, depth: str) -> None:
    path = written(tmp_path / name, depth=depth, fingerprint="0123abcd")
    assert read_fingerprint(path) == "0123abcd"
    assert read_fingerprint(written(tmp_path / name, depth=depth)) == ""


def test_a_fingerprint_of_the_source_is_not_the_outputs(tmp_path: Path) -> None:
    source = read_frame(written(tmp_path / "a.png", fingerprint="old"))
    for name, fingerprint in (("b.png", ""), ("c.png", "new"), ("d.exr", ""), ("e.jpg", "new")):
        write_frame(tmp_path / name, source.rgb, source, note=Note(fingerprint))
        assert read_fingerprint(tmp_path / name) == (fingerprint if name.endswith("png") else "")
    assert "jpeg" not in HOLD_FINGERPRINTS


def test_what_cannot_be_read_has_no_fingerprint(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    assert read_fingerprint(tmp_path / "a.png") == ""
    assert read_fingerprint(tmp_path / "none.png") == ""
