"""Plates that are watched: as stylize makes them, within their time, and no reason to fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganfx.errors import UsageError
from ganfx.media.frames import new_frame, read_picture, write_frame, write_picture
from ganfx.preset import Preset
from ganfx.styles.file import load_style
from ganfx.stylize import Options, stylize
from ganfx.stylize.proxy import read_proxy
from ganfx.training import train, watch
from ganfx.training.events import Event, Notice, PlateShown, TrainingDone
from ganfx.training.watch import find_plates
from tests.training.test_schedule import Machine, machine  # noqa: F401


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """A picture of 8 bits, and a linear one with light above 1."""
    rng = np.random.default_rng(5)
    folder = tmp_path / "plates"
    folder.mkdir()
    picture = rng.integers(0, 256, (40, 56, 3), dtype=np.uint8)
    write_picture(folder / "a.1001.png", np.kron(picture, np.ones((2, 2, 1), np.uint8)))
    light = rng.uniform(0, 3, (80, 112, 3)).astype(np.float32)
    write_frame(folder / "b.exr", light, new_frame(light, depth="float"))
    return folder


@pytest.fixture
def marked(preset: Preset) -> Preset:
    """Its finished pictures have strokes and grain on."""
    values = preset.model_dump(mode="json")
    values["strokes"]["amount"], values["grain"]["amount"] = 1.0, 0.1
    return Preset.model_validate_json(Preset.model_validate(values, strict=False).model_dump_json())


def shown(events: list[Event]) -> list[tuple[int, str]]:
    return [(event.step, event.path.name) for event in events if isinstance(event, PlateShown)]


def test_plates_are_what_stylize_makes_of_them_marks_and_color_included(
    marked: Preset, plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SHARE", 10.0)
    run = tmp_path / "run"
    events, told = train(marked, run, device="cpu", watch=[plates]), []
    for event in events:
        told.append(event)
        if isinstance(event, PlateShown) and event.path.name == "b.000004.png":
            break
    events.close()
    names = [(step, f"{name}.{step:06d}.png") for step in (1, 4) for name in ("a.1001", "b")]
    assert shown(told) == names

    list(stylize(plates, run / "tiny.safetensors", Options(out=tmp_path / "out")))
    for plate, tolerance in (("a.1001.png", 0), ("b.exr", 1)):
        ours = read_picture(run / "watch" / f"{Path(plate).stem}.000004.png").astype(int)
        theirs = read_picture(next((tmp_path / "out").rglob(plate))).astype(int)
        assert np.abs(ours - theirs).max() <= tolerance, plate
        source = read_picture(run / "watch" / f"{Path(plate).stem}.plate.png")
        assert np.array_equal(source, read_picture(plates / plate))


def test_watching_changes_no_weight(preset: Preset, plates: Path, tmp_path: Path) -> None:
    *_, alone = train(preset, tmp_path / "alone", device="cpu")
    *_, seen = train(preset, tmp_path / "seen", device="cpu", watch=[plates])
    assert isinstance(alone, TrainingDone)
    assert isinstance(seen, TrainingDone)

    ours, theirs = load_style(alone.style).weights, load_style(seen.style).weights
    assert all(torch.equal(weight, theirs[name]) for name, weight in ours.items())


def vanish(plate: Path) -> None:
    plate.unlink()


def damage(plate: Path) -> None:
    plate.write_bytes(plate.read_bytes()[:200])


@pytest.mark.parametrize("spoil", [vanish, damage])
def test_a_plate_that_cannot_be_read_is_told_once_and_the_run_goes_on(
    preset: Preset,
    plates: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], None],
) -> None:
    monkeypatch.setattr(watch, "SHARE", 10.0)
    events: Any = train(preset, tmp_path / "run", device="cpu", watch=[plates])
    spoil(plates / "a.1001.png")
    events = list(events)

    told = [e.message for e in events if isinstance(e, Notice) and "watched" in e.message]
    assert len(told) == 1
    assert "a.1001.png is not watched any more" in told[0]
    assert shown(events) == [(1, "b.000001.png"), (4, "b.000004.png"), (6, "b.000006.png")]
    assert isinstance(events[-1], TrainingDone)


def test_a_plate_that_vanishes_once_it_was_shown_is_shown_on(
    preset: Preset, plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SHARE", 10.0)
    told: list[Event] = []
    for event in train(preset, tmp_path / "run", device="cpu", watch=[plates / "b.exr"]):
        told.append(event)
        if isinstance(event, PlateShown):
            event.plate.unlink(missing_ok=True)

    assert shown(told) == [(1, "b.000001.png"), (4, "b.000004.png"), (6, "b.000006.png")]
    assert not any(isinstance(e, Notice) and "watched" in e.message for e in told)


def test_plates_take_a_twentieth_of_the_run_at_most_and_take_turns(
    preset: Preset,
    plates: Path,
    tmp_path: Path,
    machine: Machine,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    through = watch.Proxy.through

    def slow(*arguments: Any) -> Any:
        machine.time += 2.0
        return through(*arguments)

    monkeypatch.setattr(watch.Proxy, "through", slow)
    machine.step = 20.0
    config = preset.train.model_copy(update={"steps": 6, "preview_every": 1})
    often = preset.model_copy(update={"train": config})
    events = list(train(often, tmp_path / "run", device="cpu", watch=[plates]))

    # 120 s: 3 s from the start and half a second with each step (and all that was shown) allow
    # for one of 2 s, and so on.
    times = shown(events)
    assert 2.0 * len(times) <= 0.05 * 126
    assert [name.split(".")[0] for _, name in times] == ["a", "b", "a"]
    assert len([e for e in events if isinstance(e, Notice) and "longer than 5%" in e.message]) == 1


def test_a_tall_plate_is_shown_at_720_lines(tmp_path: Path) -> None:
    write_picture(tmp_path / "tall.png", np.full((1440, 400, 3), 90, np.uint8))

    proxy = read_proxy(tmp_path / "tall.png")
    for found, size in (
        (proxy, (720, 200)),
        (proxy.at(360), (360, 100)),
        (proxy.at(900), (720, 200)),
    ):
        assert found.size == size
        assert found.picture.shape == (*size, 3)
        assert (found.picture == 90).all()


def test_plates_have_as_many_lines_as_there_is_time_for(
    preset: Preset,
    tmp_path: Path,
    machine: Machine,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def slow(proxy: Any, look: Any) -> Any:
        machine.time += 1e-4 * proxy.size[0] * proxy.size[1]
        return proxy.picture

    monkeypatch.setattr(watch.Proxy, "through", slow)
    machine.step = 200.0
    write_picture(tmp_path / "tall.png", np.full((720, 400, 3), 90, np.uint8))
    config = preset.train.model_copy(update={"steps": 6, "preview_every": 2})
    often = preset.model_copy(update={"train": config})
    list(train(often, tmp_path / "run", device="cpu", watch=[tmp_path / "tall.png"]))

    # Of 1200 s: at step 1 the least, to see how long that takes. 720 lines would take 28.8 s, and
    # there are 30 s and 5 with each step, half of what is left each time, and all at the end.
    sheets = sorted((tmp_path / "run" / "watch").glob("tall.0*.png"))
    assert [len(read_picture(path)) for path in sheets] == [240, 540, 360, 720]


def test_what_is_no_plate_is_told_before_anything_is_loaded(preset: Preset, tmp_path: Path) -> None:
    (tmp_path / "clip.mov").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    for plate in (tmp_path / "cut.png", tmp_path / "shot" / "half.png"):
        write_picture(plate, np.zeros((48, 48, 3), np.uint8))
        plate.write_bytes(plate.read_bytes()[:-20])
    for name, says in (
        ("gone.exr", "no such file"),
        ("empty", "no pictures"),
        ("clip.mov", "not a picture"),
        ("cut.png", "the file is cut short"),
        ("shot", "half.png: the file is cut short"),
    ):
        with pytest.raises(UsageError, match=f"--watch .*{name}.*{says}"):
            train(preset, tmp_path / "run", device="cpu", watch=[tmp_path / name])
    assert not (tmp_path / "run").exists()


def test_of_many_plates_eight_all_over_are_watched_each_once(tmp_path: Path) -> None:
    for number in range(15):
        write_picture(tmp_path / f"p.{number:04d}.png", np.zeros((8, 8, 3), np.uint8))
    (tmp_path / "notes.txt").touch()
    found = find_plates([tmp_path, tmp_path / "p.0003.png"])

    assert [int(path.stem[2:]) for path in found] == [0, 2, 4, 6, 8, 10, 12, 14]


def test_plates_of_one_name_do_not_overwrite_each_other(
    preset: Preset, plates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SHARE", 10.0)
    other = tmp_path / "other" / "a.1001.png"
    other.parent.mkdir()
    write_picture(other, np.zeros((48, 48, 3), np.uint8))
    short = preset.model_copy(update={"train": preset.train.model_copy(update={"steps": 1})})
    both = [plates / "a.1001.png", other]
    events = list(train(short, tmp_path / "run", device="cpu", watch=both))

    assert shown(events) == [(1, "a.1001.000001.png"), (1, "a.1001-2.000001.png")]
