"""The command line: exit codes, what goes to stdout, and what the user is told."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from ganfx.cli.training import _resuming
from ganfx.console import training
from ganfx.media.frames import read_picture
from ganfx.styles.header import read_style_header
from ganfx.training.events import StepDone

Run = Callable[..., tuple[int, str, str]]

SMALL = [
    *("--set", "train.crop_size=64", "--set", "train.batch_size=2", "--set", "data.samples=2"),
    *("--set", "model.channels=[4, 6]", "--set", "discriminator.channels=4"),
]


def test_help_lists_the_commands_and_loads_nothing_heavy() -> None:
    heavy = "{'torch', 'cv2', 'OpenImageIO', 'kornia', 'av', 'numpy'}"
    code = f"import sys, ganfx.cli; print(*({heavy} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    shown = subprocess.run(
        [sys.executable, "-m", "ganfx", "--help"], capture_output=True, text=True, check=True
    )

    assert loaded.stdout.split() == []
    for command in ("train", "stylize", "samples", "styles"):
        assert command in shown.stdout


def test_a_mistyped_option_is_a_usage_error(ganfx: Run) -> None:
    assert ganfx("stylize", "x", "--stile", "noir")[0] == 2


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("stylize x --lines 2", "--lines 2: expected a number from 0 to 1"),
        ("stylize x --lines two", "--lines two: expected a number from 0 to 1"),
        ("stylize x --consistency nan", "--consistency nan: expected a number from 0 to 1"),
        ("stylize x --threads 1.5", "--threads 1.5: expected a whole number of at least 1"),
        ("stylize x --scale big", "--scale big: expected a number from 0.25 to 8, or auto"),
        ("stylize x --max-pixels many", "--max-pixels many: expected a number"),
        ("stylize x --depth 9", "--depth 9: expected 8, 10, 16, half or float"),
        ("stylize x --wrap q", "--wrap q: expected x, y or xy"),
        ("farm openjd x --marks sliding", "--marks sliding: expected carried, paper or per-frame"),
        ("preprocess x y --turn 45", "--turn 45: expected 0, 90, 180 or 270"),
        ("samples x --frames 0", "--frames 0: expected a whole number of at least 1"),
        ("verify x --within 256", "--within 256: expected a whole number from 0 to 255"),
    ],
)
def test_what_an_option_takes_is_told(ganfx: Run, command: str, says: str) -> None:
    assert ganfx(*command.split()) == (2, "", f"error: {says}\n")


def test_a_misspelt_word_gets_a_suggestion(ganfx: Run) -> None:
    code, _, err = ganfx("stylize", "x", "--marks", "per_frame")

    assert code == 2
    assert err.splitlines() == [
        "error: --marks per_frame: expected carried, paper or per-frame",
        "hint: did you mean per-frame?",
    ]


def test_a_wrong_value_ends_a_stream_of_json(ganfx: Run) -> None:
    code, out, _ = ganfx("stylize", "x", "--lines", "2", "--json")

    assert code == 2
    assert json.loads(out)["message"] == "--lines 2: expected a number from 0 to 1"


def test_styles_are_listed_added_and_shown(
    ganfx: Run, style: Path, shots: Path, tmp_path: Path
) -> None:
    code, out, _ = ganfx("styles", "add", style)
    assert code == 0
    assert Path(out.strip()) == tmp_path / "home" / "styles" / "bright.safetensors"
    assert ganfx("styles", "add", style)[0] == 2

    _, out, _ = ganfx("styles")
    assert "bright" in out
    assert "Brighter." in out
    _, out, _ = ganfx("styles", "show", "bright")
    assert "what you make with it is yours" in out
    code, out, err = ganfx(
        "styles", "show", "bright", "--strip", "s.png", "--on", "shots/ref[1].png"
    )
    assert code == 0, err
    assert out.rstrip().endswith("s.png")
    assert read_picture(Path("s.png")).shape[1] > 640
    code, out, _ = ganfx("styles", "show", f"bright:0.75,{style}:0.25")
    assert (code, out.splitlines()[0].split()) == (0, ["mix", "75%", "bright,", "25%", "bright"])
    assert ganfx("styles", "show", "bright:1,noone:1")[0] == 2
    assert ganfx("styles", "show", "bright:1,bright:1")[0] == 2
    code, _, err = ganfx("styles", "show", "bright", "--on", "shots/ref[1].png")
    assert code == 2
    assert "--strip" in err


def test_a_frame_is_previewed_in_every_look(ganfx: Run, style: Path, shots: Path) -> None:
    code, out, _ = ganfx("styles", "preview", "shots/ref[1].png", "--out", "sheet.png")

    assert code == 0
    assert out.strip() == "sheet.png"
    assert read_picture(Path("sheet.png")).shape[1] > 640


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


def test_reasons_are_asked_only_of_a_preset_that_chooses(ganfx: Run) -> None:
    code, _, err = ganfx("train", "noir", "--explain")

    assert code == 2
    assert "--explain: preset noir chooses nothing from the art" in err
    assert "take preset look" in err


def test_presets_are_listed_with_the_one_for_a_look_of_ones_own_first(ganfx: Run) -> None:
    code, out, _ = ganfx("presets")

    assert code == 0
    names = [line.split()[0] for line in out.splitlines()[1:] if not line.startswith(" ")]
    assert names[0] == "look"
    assert names[1:] == sorted(names[1:])
    assert "noir" in names


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
    assert "use it  ganfx stylize shots/ --style run/noir.safetensors" in err
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
    assert ganfx("train", "noir", *SMALL, "--watch", "gone.exr")[0] == 2


def test_a_file_in_the_place_of_an_output_folder_is_told(
    ganfx: Run, style: Path, shots: Path
) -> None:
    Path("taken").write_text("x")

    for command in (
        ("stylize", "shots", "--style", "bright", "--out", "taken/x"),
        ("train", "noir", *SMALL, "--out", "taken/x"),
        ("samples", "taken"),
    ):
        code, _, err = ganfx(*command)
        assert code == 2
        assert "cannot write to taken" in err


def test_a_folder_that_cannot_be_searched_is_told_without_a_traceback(
    ganfx: Run, style: Path, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "is_dir", refuse)
    code, _, err = ganfx("stylize", "shots/sh010", "--style", "bright")
    assert code == 1
    assert err == "error: shots/sh010: Permission denied\n"


def test_samples_are_rendered_and_photos_become_pairs(ganfx: Run, shots: Path) -> None:
    code, out, _ = ganfx("samples", "s", "--frames", 2, "--art", 1, "--size", "64x36")
    assert (code, out.strip()) == (0, "s")
    assert sorted(p.name for p in Path("s/shot").iterdir()) == ["plate.1001.png", "plate.1002.png"]
    assert Path("s/flow/flow.1001.flo").stat().st_size == 12 + 64 * 36 * 8

    assert ganfx("samples", "p", "--from", "shots/sh010", "--teacher", "noir")[0] == 0
    assert sorted(p.name for p in Path("p/photos").rglob("*.png")) == sorted(
        p.name for p in Path("p/painted").rglob("*.png")
    )
    assert ganfx("samples", "q", "--size", "big")[0] == 2
    assert ganfx("samples", "q", "--teacher", "nior")[0] == 2


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("stylize x --style brig", ["bright"]),
        ("stylize x --mix bright:0.5,brig", ["bright:0.5,bright:"]),
        ("train keyf", ["keyframe"]),
        ("stylize x --missing h", ["hold"]),
        ("stylize x --colorspace ACEScg", ["ACEScg"]),
        ("stylize x --depth ha", ["half"]),
        ("preprocess a b --preset foo", ["footage"]),
        ("evaluate lo", ["look"]),
    ],
)
@pytest.mark.parametrize("shell", ["bash", "fish"])
def test_shells_complete_values(
    ganfx: Run,
    style: Path,
    monkeypatch: pytest.MonkeyPatch,
    shell: str,
    typed: str,
    completed: list[str],
) -> None:
    words = f"ganfx {typed}"
    monkeypatch.setenv("_GANFX_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", words)
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    _, out, err = ganfx()
    told = [line.partition("\t")[0] for line in out.splitlines()]
    assert (told, err) == (completed, "")


def test_flags_show_no_type_and_values_do(ganfx: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    for command in (("stylize",), ("train",), ("farm", "slurm"), ("evaluate", "look"), ()):
        out = ganfx(*command, "--help")[1]
        assert "--help" in out
        assert "bool" not in out
    assert "<str>" in ganfx("train", "--help")[1]


def test_help_breaks_no_word_on_a_narrow_terminal(
    ganfx: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    out = ganfx("preprocess", "--help")[1]
    for choice in ("none", "horizontal", "vertical", "random", "center"):
        assert re.search(rf"[ |]{choice}[ |>]", out), choice
    out = ganfx("stylize", "--help")[1]
    for choice in ("skip", "error", "hold", "black"):
        assert re.search(rf"[ |<]{choice}[ |>]", out), choice
