"""Effects as one list: a made-up one of reach 5, by one record and one line, holds everywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx import stylize as package
from ganfx.media.arrays import ImageF32
from ganfx.media.frames import read_frame, write_picture
from ganfx.preset import EffectConfig
from ganfx.stylize import effects
from ganfx.stylize.chunk_check import prove_chunks
from ganfx.stylize.effects import Effect, Effects, Place
from ganfx.stylize.network import brush_scale
from ganfx.stylize.network.look import open_look
from ganfx.stylize.options import Options
from ganfx.stylize.render import strips
from tests.stylize.conftest import make_shot, photo, run

LOOK = "inked.safetensors"
REACH = 5


class SmearConfig(EffectConfig):
    """How far every pixel runs down the paper."""


def smear(image: ImageF32, config: SmearConfig, place: Place) -> ImageF32:
    """Mean of a pixel and the five below it; the picture's last row goes on beyond it."""
    below = np.concatenate([image, np.repeat(image[-1:], REACH, axis=0)])
    mean = sum(below[k : k + len(image)] for k in range(REACH + 1)) / np.float32(REACH + 1)
    return image + np.float32(config.amount) * (mean - image)


SMEAR = Effect(
    "smear",
    section=lambda header: SmearConfig(amount=0.75),
    apply=smear,
    reach=lambda config, place: REACH,
)


@pytest.fixture
def smeared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line that adds an effect."""
    monkeypatch.setattr(effects, "EFFECTS", (SMEAR, *effects.EFFECTS))


def pixels(path: Path) -> ImageF32:
    return read_frame(path).rgb


@pytest.fixture
def still() -> Path:
    write_picture(Path("still.png"), photo(200, 64))
    return Path("still.png")


def test_it_is_laid_before_what_comes_after_it(inked, still, smeared, monkeypatch):
    run(still, LOOK, out=Path("with.png"), grain=0.0)
    monkeypatch.setattr(effects, "EFFECTS", effects.EFFECTS[1:])
    run(still, LOOK, out=Path("without.png"), grain=0.0)
    plain = pixels(Path("without.png"))
    expected = smear(plain, SmearConfig(amount=0.75), Place(200))
    # Rounded to 8 bits before the mean here, and after it there: half a step each.
    assert np.abs(pixels(Path("with.png")) - expected).max() <= 1.01 / 255
    assert np.abs(expected - plain).max() > 0.05


def test_tiles_do_not_show(inked, still, smeared):
    run(still, LOOK, out=Path("whole.png"), device="cpu")
    run(still, LOOK, out=Path("tiled.png"), tile=32, device="cpu")
    assert Path("whole.png").read_bytes() == Path("tiled.png").read_bytes()


@pytest.mark.parametrize("rows", [32, 64, 96])
def test_strips_make_the_same_file(inked, still, smeared, monkeypatch, rows):
    run(still, LOOK, out=Path("whole.png"), device="cpu")
    monkeypatch.setattr(brush_scale, "LARGEST", 0)
    monkeypatch.setattr(strips, "ROWS", rows)
    run(still, LOOK, out=Path("strips.png"), device="cpu")
    assert Path("whole.png").read_bytes() == Path("strips.png").read_bytes()


def test_any_split_of_a_shot_makes_the_same_files(inked, smeared):
    make_shot(Path("shots"), range(1001, 1009))
    (split,) = prove_chunks("shots", LOOK, splits=1)
    assert split.different == ()
    assert split.files == 8


def test_a_mix_lays_it_by_shares(inked, monkeypatch):
    amounts = {"inked": 0.8, "plain": 0.4}
    varied = Effect(
        "smear",
        section=lambda header: SmearConfig(amount=amounts.get(header.name, 0.4)),
        apply=smear,
        reach=lambda config, place: REACH,
    )
    monkeypatch.setattr(effects, "EFFECTS", (*effects.EFFECTS, varied))
    one = open_look(LOOK).style.header
    other = one.model_copy(update={"name": "plain"})
    laid = {
        each.effect.name: each.config.amount
        for each in Effects([(one, 0.25), (other, 0.75)], Options())
    }
    expected = 0.25 * amounts.get(one.name, 0.4) + 0.75 * 0.4
    assert laid["smear"] == pytest.approx(expected)


def test_its_table_is_in_the_fingerprint_and_a_run_without_it_is_done_again(
    inked, still, smeared, monkeypatch
):
    def kinds():
        return [type(event).__name__ for event in run(still, LOOK, out=Path("a.png"))]

    assert "FrameDone" in kinds()
    assert "FrameSkipped" in kinds()
    header = open_look(LOOK).headers
    assert Effects(header, Options()).fingerprint()["smear"] == {"amount": 0.75}
    monkeypatch.setattr(effects, "EFFECTS", effects.EFFECTS[1:])
    assert "smear" not in Effects(header, Options()).fingerprint()
    assert "FrameDone" in kinds()


def test_reach_adds_up_through_the_list(inked, smeared, monkeypatch):
    assert Effects(open_look(LOOK).headers, Options()).reach(Place(1080)) == REACH
    monkeypatch.setattr(effects, "EFFECTS", (SMEAR, SMEAR))
    assert Effects(open_look(LOOK).headers, Options()).reach(Place(1080)) == 2 * REACH


def test_the_package_tells_how_to_add_one():
    assert "EFFECTS" in (effects.__doc__ or "")
    assert package.__doc__
