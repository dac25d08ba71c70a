"""``ganfx train``: exit codes, what goes to stdout, and what the user is told."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from ganfx.cli.training import _resuming
from ganfx.console import training
from ganfx.styles.header import read_style_header
from ganfx.training.events import StepDone

Run = Callable[..., tuple[int, str, str]]

SMALL = [
    *("--set", "train.crop_size=64", "--set", "train.batch_size=2", "--set", "data.samples=2"),
    *("--set", "model.channels=[4, 6]", "--set", "discriminator.channels=4"),
]


def test_training_ends_with_a_style_that_stylize_takes(ganfx: Run, shots: Path) -> None:
    code, out, err = ganfx("train", "noir", *SMALL, "--set", "train.steps=3")

    assert code == 0, err
    assert out.strip() == str(Path("runs/noir-001/noir.safetensors"))
    assert "rendered sample scenes" in err
    assert "--photos DIR --art DIR" in err
    assert ganfx("stylize", "shots/ref[1].png", "--style", out.strip())[0] == 0


def test_a_dry_run_prints_the_resolved_preset_and_the_cost(ganfx: Run) -> None:
    code, out, err = ganfx("train", "noir", "--dry-run", *SMALL, "--set", "train.steps=777")

    assert code == 0
    names = [line[:8].strip() for line in out.splitlines()]
    assert names == [
        "preset",
        "photos",
        "art",
        "model",
        "device",
        "batch",
        "speed",
        "time",
        "memory",
    ]
    for fact in ("parameters", "s a step", "for 777 steps"):
        assert fact in out
    assert "nothing was written" in err
    code, out, err = ganfx("train", "noir", "--dry-run", "--json", *SMALL)
    assert json.loads(out)["train"]["crop_size"] == 64
    assert "s a step" in err
    code, _, err = ganfx("train", "noir", "--json", *SMALL)
    assert (code, "add --dry-run" in err) == (2, True)
    assert not Path("runs").exists()


def test_the_look_of_ones_own_needs_pictures_and_a_name(ganfx: Run) -> None:
    given = ("train", "presets/look.toml", *SMALL, "--name", "mine", "--set", "train.steps=1")
    code, out, err = ganfx(*given, "--set", "loss.style=1", "--explain")

    assert code == 0
    assert Path(out.strip()) == Path("runs/mine-001/mine.safetensors")
    assert "the art" in err
    assert "model.monochrome = false" in err
    assert "given, which wins" in err
    written = json.loads(Path("runs/mine-001/preset.json").read_text())
    assert (written["name"], written["loss"]["style"], written["licence"]) == ("mine", 1.0, "")
    code, out, err = ganfx("train", "look", *SMALL, "--dry-run")
    assert "found" in out
    assert "chosen" in out
    assert "model: monochrome false" in out


def test_a_name_that_is_none_is_told(ganfx: Run) -> None:
    code, _, err = ganfx("train", "look", "--name", "My Look")

    assert code == 2
    assert "--name My Look: not a name for a look" in err


def test_the_name_of_a_built_in_look_may_be_taken_and_is_told(ganfx: Run) -> None:
    for name, told in (("noir", True), ("mine", False)):
        code, _, err = ganfx("train", "look", *SMALL, "--dry-run", "--name", name)

        assert code == 0, err
        assert ("--style noir means yours" in err) == told


@pytest.mark.parametrize("option", ["name", "photos", "art", "pairs", "background", "init"])
def test_an_option_with_nothing_behind_it_is_told(ganfx: Run, option: str) -> None:
    code, _, err = ganfx("train", "look", *SMALL, f"--{option}", "")

    assert code == 2
    assert f"error: --{option}: nothing is given" in err
    assert not Path("runs").exists()


@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_errors_of_sources_name_the_option_or_the_key_by_which_they_were_given(
    ganfx: Run, more: tuple[str, ...]
) -> None:
    Path("empty").mkdir()
    for given, told in (
        (("--art", "gone"), "--art: no such folder: gone"),
        (("--photos", "empty"), "--photos: empty is empty"),
        (("--pairs", "gone"), "--pairs: no folder photos in gone"),
        (("--background", "wite"), "--background wite: not a colour"),
        (("--set", "data.art=gone"), "data.art: no such folder: gone"),
        (("--photos", "samples:scenes", "--set", "data.art=gone"), "data.art: no such folder"),
    ):
        code, _, err = ganfx("train", "look", *SMALL, *more, *given)

        assert code == 2
        assert f"error: {told}" in err
    assert not Path("runs").exists()


def test_reasons_are_asked_only_of_a_preset_that_chooses(ganfx: Run) -> None:
    code, _, err = ganfx("train", "noir", "--explain")

    assert code == 2
    assert "--explain: preset noir chooses nothing from the art" in err
    assert "take preset look" in err


def test_tensorboard_that_is_not_installed_is_told_before_anything_starts(
    ganfx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    code, _, err = ganfx("train", "noir", *SMALL, "--tensorboard")

    assert code == 2
    assert "pip install" in err
    assert not Path("runs").exists()


def test_a_preset_with_wrong_types_lists_every_problem(ganfx: Run) -> None:
    code, _, err = ganfx("train", "noir", "--set", "train.steps=many", "--set", "train.lr=1")

    assert code == 2
    assert "2 problems" in err
    assert "--set train.steps=many" in err


def test_a_run_that_cannot_be_saved_from_itself_fails_with_the_key_to_change(ganfx: Run) -> None:
    code, _, err = ganfx("train", "noir", *SMALL, "--set", "train.generator_lr=1e30")

    assert code == 1
    assert err.count("with train.generator_lr at") == 3
    assert "hint: lower train.generator_lr" in err
    assert Path("runs/noir-001/latest.pt").is_file()


def test_a_run_resumed_with_another_preset_needs_force(ganfx: Run) -> None:
    given = ("train", "noir", *SMALL, "--set", "train.steps=1")
    assert ganfx(*given)[0] == 0
    changed = (*given, "--set", "train.steps=2", "--set", "train.seed=9", "--resume")
    code, _, err = ganfx(*changed)
    assert code == 2
    assert "train.seed (1, now 9)" in err
    assert "train.steps" not in err
    assert "--force" in err

    code, _, err = ganfx(*changed, "--force")
    assert code == 0
    assert "the preset has changed: train.seed (1, now 9), train.steps (1, now 2)" in err


def test_a_run_begins_with_a_look_only_if_its_network_is_the_presets(
    ganfx: Run, style: Path
) -> None:
    code, _, err = ganfx("train", "noir", *SMALL, "--init", "bright")

    assert code == 2
    assert "the network of bright is another than the preset's" in err
    assert "in [model] set channels =" in err


def test_a_dry_run_fails_where_the_run_would_find_another(ganfx: Run) -> None:
    Path("taken").mkdir()
    Path("taken/preset.json").write_text("{}")
    code, out, err = ganfx("train", "noir", "--dry-run", *SMALL, "--out", "taken")

    assert (code, out) == (2, "")
    assert "taken already holds a run" in err


def test_a_dry_run_fails_where_the_run_would_find_no_look_to_begin_with(ganfx: Run) -> None:
    code, out, err = ganfx("train", "noir", "--dry-run", *SMALL, "--init", "nope")

    assert (code, out) == (2, "")
    assert "unknown style nope" in err


@pytest.mark.parametrize(
    ("given", "environment", "told"),
    [
        ("train noir --init X --out r", {}, "ganfx train noir --out r --resume"),
        ("train noir --replay X", {}, "ganfx train noir --resume --out runs/noir-001"),
        ("train noir --init=X --resume", {}, "ganfx train noir --resume --out runs/noir-001"),
        (
            "train noir",
            {"WORLD_SIZE": "2", "LOCAL_RANK": "0"},
            "torchrun --nproc-per-node 2 -m ganfx train noir --resume --out runs/noir-001",
        ),
    ],
)
def test_the_command_that_resumes_is_the_one_given_without_what_begins_a_run(
    monkeypatch: pytest.MonkeyPatch, given: str, environment: dict[str, str], told: str
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["ganfx", *given.split()])

    assert _resuming(Path("runs/noir-001")) == told


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupted_training_saves_and_says_how_to_go_on(
    ganfx: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    line = training._step_line

    def interrupted(event: StepDone, *others: Any) -> str:
        if event.step == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return line(event, *others)

    monkeypatch.setattr(training, "_step_line", interrupted)
    steps = ("--set", "train.steps=20", "--set", "train.log_every=1")
    code, _, err = ganfx("train", "noir", *SMALL, *steps, "--out", "run")

    assert code == 143, err
    assert "--out run --resume" in err
    saved = torch.load(tmp_path / "run" / "latest.pt", weights_only=True)
    assert saved["step"] == 3
    assert "Stopped after step 3 of 20" in (tmp_path / "run" / "report.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("begun", [False, True])
def test_an_interruption_while_pictures_are_loaded_claims_no_step(
    ganfx: Run, monkeypatch: pytest.MonkeyPatch, begun: bool
) -> None:
    given = ("train", "noir", *SMALL, "--set", "train.steps=1", "--out", "run")
    if begun:
        assert ganfx(*given)[0] == 0
        given = (*given, "--resume")
    note = training.TrainingView.note

    def interrupted(view: Any, event: Any) -> None:
        note(view, event)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(training.TrainingView, "note", interrupted)
    code, _, err = ganfx(*given)

    assert code == 130, err
    assert "saved" not in err
    assert ("continue with: ganfx" in err) == begun
    assert ("stopped before the run began: nothing was written" in err) != begun
    assert Path("run").exists() == begun


@pytest.mark.parametrize(("stop", "code"), [("key", 0), ("signal", 130)])
def test_a_run_that_is_stopped_leaves_its_look_and_says_how_to_use_it_and_go_on(
    ganfx: Run, shots: Path, monkeypatch: pytest.MonkeyPatch, stop: str, code: int
) -> None:
    line, typed = training._step_line, []

    def interrupted(event: StepDone, *others: Any) -> str:
        if event.step == 3:
            typed.append("S")
        if event.step == 3 and stop == "signal":
            os.kill(os.getpid(), signal.SIGINT)
        return line(event, *others)

    @contextmanager
    def keyboard() -> Iterator[Callable[[], str]]:
        yield lambda: typed.pop() if typed and stop == "key" else ""

    monkeypatch.setattr(training, "_step_line", interrupted)
    monkeypatch.setattr("ganfx.console.running.keyboard", keyboard)
    steps = ("--set", "train.steps=20", "--set", "train.log_every=1")
    found, out, err = ganfx("train", "noir", *SMALL, *steps, "--out", "run")

    assert found == code, err
    assert "press s when it is good" in err
    for told in (  # as after a whole run
        "report  run/report.html",
        "use it  ganfx stylize shots/ --style run/noir.safetensors",
        "keep it  ganfx styles add run/noir.safetensors",
    ):
        assert err.count(told) == 1
    assert "--out run --resume" in err
    assert (out == "run/noir.safetensors\n") == (stop == "key")
    assert read_style_header(Path("run/noir.safetensors")).training.steps == 3
    card = ganfx("styles", "show", "run/noir.safetensors")[1]
    assert "3 of 20 steps" in card
    assert ganfx("stylize", "shots/ref[1].png", "--style", "run/noir.safetensors")[0] == 0
    report = Path("run/report.html").read_text(encoding="utf-8")
    assert "ganfx stylize shots/ --style run/noir.safetensors" in report


def test_plates_are_watched_and_the_report_is_opened(
    ganfx: Run, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(training, "open_in_browser", opened.append)
    monkeypatch.setattr("ganfx.training.watch.SHARE", 100.0)
    plates = ("--watch", "shots/ref[1].png", "--watch", "shots/sh010")
    steps = ("--set", "train.steps=2")
    code, _, err = ganfx("train", "noir", *SMALL, *steps, *plates, "--open", "--out", "run")

    assert code == 0, err
    assert opened == [Path("run/report.html")]
    names = [f"plate.{n}.000002.png" for n in (1001, 1002, 1003)] + ["ref[1].000002.png"]
    assert sorted(path.name for path in Path("run/watch").glob("*.000002.png")) == names
    assert "watched     run/watch/ref[1].000002.png" in err
    page = Path("run/report.html").read_text(encoding="utf-8")
    assert "<h3>ref[1]</h3>" in page


def test_plates_that_cannot_be_read_are_told_before_anything_is_loaded(
    ganfx: Run, shots: Path
) -> None:
    plate = shots / "sh010" / "plate.1001.png"
    plate.write_bytes(plate.read_bytes()[:200])
    for named, says in (("gone.exr", "no such file"), ("shots/sh010", "the file is cut short")):
        for more in ((), ("--dry-run",)):
            code, out, err = ganfx("train", "noir", *SMALL, "--watch", named, *more)

            assert (code, out) == (2, "")
            assert err.startswith(f"error: --watch {named}")
            assert says in err.splitlines()[0]
    assert not Path("runs").exists()
