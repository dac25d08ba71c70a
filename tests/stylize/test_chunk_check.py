"""Proof that chunks give the pixels of the whole, and that it would show if they did not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import write_picture
from ganfx.stylize import Options, prove_chunks
from ganfx.stylize.temporal import filter
from tests.stylize.conftest import make_shot, photo

LOOK = "inked.safetensors"


def test_random_splits_give_the_files_of_the_whole(inked):
    make_shot(Path("shots"), range(1001, 1013))
    splits = list(prove_chunks("shots", LOOK, splits=2))
    assert [split.split for split in splits] == [1, 2]
    assert all(split.different == () and split.files == 12 for split in splits)
    assert splits[0].chunks != splits[1].chunks
    assert [path.name for path in Path().iterdir() if path.is_dir()] == ["shots"]


def test_a_filter_that_remembers_is_found_out(inked, monkeypatch):
    make_shot(Path("shots"), range(1001, 1013))
    whole, before = filter.stabilized, []

    def remembering(frame, window, motion, consistency):
        before.append(frame)
        return whole(frame, window, motion, consistency) * np.float32(0.9 + 0.01 * len(before))

    monkeypatch.setattr("ganfx.stylize.temporal.holding.stabilized", remembering)
    (split,) = prove_chunks("shots", LOOK, splits=1)
    assert split.different


def test_a_part_of_a_shot_can_be_proved(inked):
    make_shot(Path("shots"), range(1001, 1013))
    (split,) = prove_chunks("shots", LOOK, Options(frames="1003-1006"), splits=1)
    assert split.files == 4
    assert split.different == ()


def test_what_cannot_be_proved_is_told(inked):
    write_picture(Path("stills/a.png"), photo())
    with pytest.raises(UsageError, match="needs a sequence"):
        list(prove_chunks("stills", LOOK))
    files = make_shot(Path("shots"), range(1001, 1006))
    files[1].write_bytes(b"")
    with pytest.raises(GanfxError, match=r"plate\.1002\.png"):
        list(prove_chunks("shots", LOOK))
