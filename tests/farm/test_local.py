"""A whole job in processes of this machine."""

from __future__ import annotations

import numpy as np
import pytest

from ganfx.media.frames import read_picture, write_picture

pytestmark = pytest.mark.slow  # six processes


def test_a_shot_in_chunks_and_a_still_are_the_files_of_one_run(ganfx, style, tmp_path):
    picture = np.random.default_rng(0).integers(0, 200, (32, 64, 3), dtype=np.uint8)
    for frame in range(1001, 1010):
        write_picture(tmp_path / "in put" / f"plate.{frame}.png", np.roll(picture, frame, axis=1))
    write_picture(tmp_path / "in put" / "ref.jpg", picture)
    options = ("in put", "--style", style, "--grain", "0.1", "--precision", "float32")

    code, _, err = ganfx("farm", "local", *options, "--out", "farm", "--chunk", 5)
    assert code == 0, err
    assert "4/5 Verify done" in err
    assert ganfx("stylize", *options, "--out", "whole")[0] == 0
    names = sorted(path.name for path in (tmp_path / "whole").glob("[!.]*"))
    assert len(names) == 10
    for name in names:
        whole, farmed = tmp_path / "whole" / name, tmp_path / "farm" / name
        assert whole.read_bytes() == farmed.read_bytes(), name
    assert read_picture(tmp_path / "farm/contact-sheet.jpg").shape[1] > 1000
