"""A run that looks at its art: what it reads, what it keeps, and how it goes on."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset, load_preset, override_data
from ganfx.styles.header import read_style_header
from ganfx.training import estimate_cost, train
from ganfx.training.art_look import ArtLook, look_at_art
from ganfx.training.cache import PictureCache
from ganfx.training.events import (
    ArtAnalyzed,
    Loading,
    Notice,
    StepDone,
    TrainingDone,
    TrainingStarted,
)
from tests.training.art_sets import ink_drawing, painting
from tests.training.conftest import TINY


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    (tmp_path / "photos").mkdir()
    down, right = np.mgrid[:80, :96]
    for seed in range(4):
        sky = np.stack([down + 60, right + 90, down + 120 + seed], axis=2)
        write_picture(tmp_path / "photos" / f"p{seed}.png", sky.astype(np.uint8))
    for name, draw in (("ink", ink_drawing), ("paint", painting)):
        (tmp_path / name).mkdir()
        for seed in range(4):
            write_picture(tmp_path / name / f"p{seed}.png", draw(seed))
    return tmp_path


def looking(folders: Path, art: str, **tables: Any) -> Preset:
    data = {"photos": str(folders / "photos"), "art": str(folders / art), "look_at_art": True}
    return Preset.model_validate({**TINY, **tables, "data": data})


def result(going: Generator[Loading, None, ArtLook]) -> ArtLook:
    try:
        while True:
            next(going)
    except StopIteration as finished:
        found: ArtLook = finished.value
        return found


def test_drawings_make_a_look_in_black_and_white_and_paintings_one_in_color(folders: Path) -> None:
    drawn, painted = (result(look_at_art(looking(folders, art))).preset for art in ("ink", "paint"))

    assert (drawn.model.monochrome, painted.model.monochrome) == (True, False)
    assert drawn.lines.amount == 1.0
    assert painted.strokes.amount == 1.0


def test_pairs_are_looked_at_by_what_is_painted(folders: Path) -> None:
    for seed in range(3):
        for part, draw in (("photos", painting), ("painted", ink_drawing)):
            (folders / "pairs" / part).mkdir(parents=True, exist_ok=True)
            write_picture(folders / "pairs" / part / f"p{seed}.png", draw(seed))
    data = {"pairs": str(folders / "pairs"), "look_at_art": True}
    look = result(look_at_art(Preset.model_validate({**TINY, "data": data})))

    assert look.preset.model.monochrome
    assert look.preset.data.photo_scale == (0.9, 1.0)
    assert look.preset.data.pairs == str(folders / "pairs")
    assert look.notices == ()


def test_the_same_pictures_give_the_same_choices(folders: Path) -> None:
    first, again = (result(look_at_art(looking(folders, "ink"))) for _ in range(2))

    assert first == again


def test_a_preset_that_does_not_look_stays_as_it_is(preset: Preset) -> None:
    assert result(look_at_art(preset)) == ArtLook(preset)


def test_the_run_and_the_style_hold_what_was_chosen(folders: Path) -> None:
    run = folders / "run"
    events = list(train(looking(folders, "ink"), run, device="cpu"))

    kinds = [type(each) for each in events if not isinstance(each, Loading)]
    assert kinds[:2] == [TrainingStarted, ArtAnalyzed]
    written = json.loads((run / "preset.json").read_text())
    assert (written["model"]["monochrome"], written["data"]["look_at_art"]) == (True, False)
    header = read_style_header(run / "tiny.safetensors")
    assert header.model.monochrome
    assert header.lines.amount == 1.0
    assert header.preset["loss"] == written["loss"]
    remarks = json.loads((run / "run.json").read_text())["remarks"]
    assert "model: monochrome true" in remarks[0]["message"]


def test_a_resumed_run_goes_on_as_it_began_and_does_not_look_again(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    preset, whole, stopped = looking(folders, "ink"), folders / "whole", folders / "stopped"
    list(train(preset, whole, device="cpu"))
    with closing(train(preset, stopped, device="cpu")) as events:
        next(each for each in events if isinstance(each, StepDone) and each.step == 3)

    monkeypatch.setattr("ganfx.training.loop.look_at_art", None)  # cannot be called
    later = list(train(preset, stopped, device="cpu", resume=True))

    assert isinstance(later[-1], TrainingDone)
    assert not any("has changed" in each.message for each in later if isinstance(each, Notice))
    ends = [(run / "stats.jsonl").read_text().splitlines()[-1] for run in (whole, stopped)]
    first, second = (json.loads(line) for line in ends)
    assert first["step"] == second["step"] == 6
    assert first["style"] == pytest.approx(second["style"], rel=1e-6)


def test_a_resumed_run_takes_what_is_given_now_and_refuses_other_networks(folders: Path) -> None:
    run = folders / "run"
    with closing(train(looking(folders, "ink"), run, device="cpu")) as events:
        next(each for each in events if isinstance(each, StepDone))

    with pytest.raises(UsageError, match=r"model\.monochrome \(True, now False\)"):
        list(train(looking(folders, "ink", model={"monochrome": False}), run, resume=True))
    longer = {**TINY["train"], "steps": 7}  # type: ignore[dict-item]
    done = list(train(looking(folders, "ink", train=longer), run, device="cpu", resume=True))[-1]
    assert isinstance(done, TrainingDone)
    assert done.steps == 7


def test_of_many_pictures_a_few_are_read_evenly(
    folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    plain = PictureCache.read

    def counted(cache: PictureCache, path: Path) -> np.ndarray:
        read.append(path.name)
        return plain(cache, path)

    many = folders / "many"
    many.mkdir()
    for index in range(150):
        write_picture(many / f"p{index:03}.png", ink_drawing(index % 3))
    monkeypatch.setattr(PictureCache, "read", counted)
    look = result(look_at_art(looking(folders, "many")))

    mine = sorted(name for name in read if len(name) == len("p000.png"))
    assert len(mine) == 64
    assert (mine[0], mine[-1]) == ("p000.png", "p149.png")
    assert look.event is not None
    assert look.event.found[0] == ("pictures", "150, 64 looked at, about 96x96 pixels")


def test_pictures_that_cannot_be_read_are_not_counted_as_art(folders: Path) -> None:
    few = folders / "few"
    few.mkdir()
    for index in range(3):
        write_picture(few / f"p{index}.png", ink_drawing(index))
    (few / "broken.png").write_bytes(b"")
    look = result(look_at_art(looking(folders, "few")))

    assert look.event is not None
    assert look.event.found[0] == ("pictures", "3, about 96x96 pixels")


def test_transparent_and_cmyk_art_is_looked_at_as_it_will_be_learned(folders: Path) -> None:
    odd = folders / "odd"
    odd.mkdir()
    for seed in range(3):
        page = Image.fromarray(ink_drawing(seed))
        page.convert("CMYK").save(odd / f"c{seed}.jpg", quality=95)
        page.putalpha(page.convert("L").point(lambda tone: 255 - tone))  # the paper is left out
        page.save(odd / f"t{seed}.png")
    look = result(look_at_art(looking(folders, "odd")))

    assert look.preset.model.monochrome
    found = dict(look.event.found) if look.event else {}
    assert found["kind"].startswith("black and white, drawn")


def test_a_dry_run_tells_what_would_be_chosen_and_warns_of_other_art(folders: Path) -> None:
    model = {**TINY["model"], "monochrome": True}  # type: ignore[dict-item]
    cost = estimate_cost(looking(folders, "paint", model=model), device="cpu")

    assert cost.analyzed is not None
    assert {each.key for each in cost.analyzed.choices if each.given} >= {"model.monochrome"}
    assert cost.started.preset.model.monochrome
    assert any("black-and-white pictures" in each for each in cost.notices)


def test_a_folder_that_holds_a_run_is_refused_before_anything_is_read(folders: Path) -> None:
    run = folders / "run"
    run.mkdir()
    (run / "preset.json").write_text("{}")

    events = train(looking(folders, "ink"), run, device="cpu")
    with pytest.raises(UsageError, match="already holds a run"):
        next(events)


def test_the_shipped_preset_asks_for_pictures_only(folders: Path) -> None:
    own = override_data(load_preset("look"), art=str(folders / "paint"))
    paired = override_data(load_preset("look"), pairs="p")

    assert own.data.photos == "samples:scenes"
    assert own.data.look_at_art
    assert paired.data.look_at_art
    assert "art_scale" not in own.data.model_fields_set
