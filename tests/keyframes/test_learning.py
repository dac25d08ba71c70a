"""The look of keys: learned once for each state of these."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.keyframes.key_shot import open_key_shot
from ganfx.keyframes.learning import Learned, find_run, key_preset, settle, style_of
from ganfx.media.frames import write_picture
from tests.keyframes.conftest import paint

QUICK = ("train.crop_size=64", "train.batch_size=1", "model.channels=[4,8]", "model.blocks=0")


def test_paintings_without_color_make_a_look_without(shot):
    paint(1003)
    assert not key_preset(open_key_shot("shot", "keys")).model.monochrome
    write_picture(Path("keys/plate.1003.png"), np.full((72, 96, 3), 90, np.uint8))
    colorless = open_key_shot("shot", "keys")
    assert key_preset(colorless).model.monochrome
    assert not key_preset(colorless, overrides=["model.monochrome=false"]).model.monochrome
    preset = key_preset(colorless, name="mine", minutes=3)
    assert (preset.name, preset.train.minutes) == ("mine", 3)


def test_there_has_to_be_a_key(shot):
    with pytest.raises(UsageError, match="no frame is painted yet"):
        key_preset(open_key_shot("shot"))


def test_a_run_is_found_again_while_nothing_has_changed(shot):
    paint(1003)
    key_shot = open_key_shot("shot", "keys")
    preset = key_preset(key_shot)
    learned = find_run(key_shot, preset)
    assert learned == Learned(Path("runs/keyframe-001"), is_done=False, is_begun=False)
    learned.run.mkdir(parents=True)
    settle(key_shot, preset, learned)
    assert not find_run(key_shot, preset).is_done  # there is no look
    style_of(learned.run, preset).write_bytes(b"look")
    assert find_run(key_shot, preset) == Learned(learned.run, is_done=True, is_begun=False)
    assert find_run(key_shot, key_preset(key_shot, minutes=9)).run.name == "keyframe-002"
    paint(1008)
    assert find_run(open_key_shot("shot", "keys"), preset).run.name == "keyframe-002"


def test_a_shot_is_carried_from_one_key_and_the_same_command_goes_on(shot, ganfx):
    paint(1003)
    asked = ["keyframe", "shot", "--painted", "keys", "--minutes", "0.05", "--out", "out"]
    asked += [word for value in QUICK for word in ("--set", value)]
    code, _, told = ganfx(*asked)
    assert code == 0, told
    assert "paint frame" in told or "followed" in told
    assert Path("out/plate.1003.png").is_file()
    assert len(list(Path("out").glob("plate.*.png"))) == 12
    code, _, told = ganfx(*asked)
    assert code == 0
    assert "learned from these keys before" in told
    assert "0 done, 12 skipped" in told


def test_it_says_what_to_paint_and_writes_nothing(shot, ganfx):
    code, printed, told = ganfx("keyframe", "shot", "--suggest", 1)
    assert code == 0
    assert printed.startswith("shot/plate.10")
    assert "paint frame" in told
    assert sorted(path.name for path in Path().iterdir()) == ["shot"]
    code, _, told = ganfx("keyframe", "shot", "--painted", "nowhere")
    assert code == 2
    assert "nowhere" in told
