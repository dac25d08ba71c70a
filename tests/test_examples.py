"""The examples and the documentation: they run, and do what they say."""

from __future__ import annotations

import os
import re
import runpy
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganfx.media.frames import read_picture, write_picture

Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
WRITTEN += [ROOT / "presets" / "README.md", ROOT / "benchmarks" / "README.md"]
WRITTEN += sorted(EXAMPLES.glob("*.py"))
SIZE = "96x64"
TINY = ["train.steps=3", "train.crop_size=64", "train.batch_size=2", "data.samples=2"]
TINY += ["model.channels=[4, 6]", "discriminator.channels=4"]


@pytest.fixture
def example() -> dict[str, Any]:
    return load("custom_training_loop.py")


def load(name: str) -> dict[str, Any]:
    """What an example defines; its functions look their names up in ``main``'s globals."""
    defined: dict[str, Any] = runpy.run_path(str(EXAMPLES / name))["main"].__globals__
    return defined


def start(monkeypatch: pytest.MonkeyPatch, example: dict[str, Any], *words: object) -> Any:
    """Run an example's ``main`` as its command line would."""
    monkeypatch.setattr(sys, "argv", ["example.py", *(str(word) for word in words)])
    return example["main"]()


def test_a_loop_of_ones_own_trains_and_names_the_style(
    example: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(example, "QUICK", TINY)
    start(monkeypatch, example, tmp_path / "run")

    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == f"the style: {tmp_path / 'run' / 'noir.safetensors'}"
    assert any(line.startswith("3/3  style ") for line in printed)


def test_patience_ends_when_the_mean_has_stopped_coming_down(example: dict[str, Any]) -> None:
    patience = example["Patience"](2)

    assert not patience.is_over(4.0)
    assert not patience.is_over(2.0)  # 0.7 * 4 + 0.3 * 2 = 3.4
    assert not patience.is_over(8.0)  # 4.78: once without a better mean
    assert patience.is_over(1.0)  # 3.646: twice


def test_the_demo_runs_the_commands_it_names(ganfx: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    demo, ran = load("demo.py"), list[list[str]]()

    def run(*words: object) -> None:
        ran.append([str(word) for word in words])
        smaller = ("--frames", 2, "--size", SIZE) if words[0] == "samples" else ()
        code, _, err = ganfx(*words, *smaller)
        assert code == 0, err

    monkeypatch.setitem(demo, "run", run)
    start(monkeypatch, demo)

    assert [["ganfx", *words] for words in ran] == [
        shlex.split(line) for line in demo["__doc__"].splitlines() if line.startswith("    ganfx ")
    ]
    assert read_picture(Path("demo/sheet.png")).shape[0] > 2 * 64


def test_keyframes_carry_paintings_over_every_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = load("keyframes.py")
    scene, whole = example["Scene"], example["load_preset"]
    monkeypatch.setitem(example, "FRAMES", 7)
    monkeypatch.setitem(example, "PAINTED", (0, 6))
    monkeypatch.setitem(example, "Scene", partial(scene, width=96, height=64))
    monkeypatch.setitem(example, "load_preset", lambda name, more: whole(name, [*more, *TINY]))
    start(monkeypatch, example, tmp_path)

    names = [f"plate.{frame}.png" for frame in range(1001, 1008)]
    assert sorted(path.name for path in (tmp_path / "look").glob("*.png")) == names
    painted = sorted(path.name for path in (tmp_path / "keys" / "painted").iterdir())
    assert painted == [names[0], names[6]]
    assert (tmp_path / "sheet.png").exists()
    assert capsys.readouterr().out.startswith("7 frames in ")


def test_pairs_from_an_editor_keep_on_the_card_what_they_were_made_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = load("pairs_from_an_editor.py")
    whole = example["load_preset"]
    monkeypatch.setitem(example, "PHOTOS", 2)
    monkeypatch.setitem(example, "load_preset", lambda name, more: whole(name, [*more, *TINY]))
    start(monkeypatch, example, tmp_path)

    printed = capsys.readouterr().out
    assert "'CC0-1.0' asks for less than the pictures do: credit (2 of 2)" in printed
    assert f"    2  made with {example['EDITOR']}" in printed
    assert "painted  2 pictures, of the same photos" in printed
    assert "to be named  Ada Example" in printed
    assert (tmp_path / "pairs" / "painted" / "photo2.png").is_file()


def test_a_pipeline_publishes_good_frames_and_retries_bad_ones(
    style: Path,
    shots: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    example, out = load("stylize_in_a_pipeline.py"), tmp_path / "out"
    assert start(monkeypatch, example, shots / "sh010", out, style) == 0
    published = [f"publish {out / f'plate.{frame}.png'}" for frame in (1001, 1002, 1003)]
    assert capsys.readouterr().out.splitlines() == published

    bad = shots / "sh020" / "plate.1002.png"
    bad.write_bytes(b"no picture")
    assert start(monkeypatch, example, shots / "sh020", tmp_path / "bad", style) == 3
    assert f"retry {bad}: " in capsys.readouterr().out

    assert start(monkeypatch, example, tmp_path / "nowhere", out, style) == 2
    assert "nowhere" in capsys.readouterr().err


def test_preparing_pictures_ends_as_the_command_does(
    ganfx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example, scans = load("prepare_training_pictures.py"), tmp_path / "scans"
    noise = np.random.default_rng(0).integers(0, 256, (20, 20, 3), dtype=np.uint8)
    write_picture(scans / "good.png", np.kron(noise, np.ones((30, 30, 1), np.uint8)))
    command = ("--min-side", 512, "--resume")

    assert start(monkeypatch, example, scans, tmp_path / "art") == 0
    assert ganfx("preprocess", scans, tmp_path / "same", *command)[0] == 0
    (scans / "bad.png").write_bytes(b"no picture")
    assert start(monkeypatch, example, scans, tmp_path / "art3") == 3
    assert ganfx("preprocess", scans, tmp_path / "same3", *command)[0] == 3
    assert start(monkeypatch, example, tmp_path / "nowhere", tmp_path / "art2") == 2


def commands_in(text: str) -> Iterator[list[str]]:
    """The words after ``ganfx`` of every command in a text's code blocks."""
    for line in re.sub(r"\\\n", "", text).splitlines():
        line = re.sub(r"\s#\s.*", "", line)  # a comment; in plate.####.exr it is none
        found = re.match(r"    (?:.* -m |.*\| )?ganfx (.+)", line)
        if found:
            words = shlex.split(found[1])
            yield words[: words.index(">")] if ">" in words else words


@cache
def command_line() -> Any:
    """The real command line."""
    from typer.main import get_command

    from ganfx.cli import app

    return get_command(app)


def parse(words: list[str]) -> None:
    """Have the real command line read a command, without running it."""
    command = command_line()
    while words and words[0] in getattr(command, "commands", ()):
        command, words = command.commands[words[0]], words[1:]
        if hasattr(command, "completed"):  # evaluate: all judgements, where none is named
            words = command.completed(words)
    if not hasattr(command, "commands"):
        context = command.make_context("ganfx", list(words))
        if command.context_settings.get("allow_extra_args"):  # they are stylize's
            command_line().commands["stylize"].make_context("stylize", ["SRC", *context.args])
    elif words:
        raise ValueError(f"no command ganfx {words[0]}")


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_in_the_documentation_exist_with_their_options(path: Path) -> None:
    for words in commands_in(path.read_text(encoding="utf-8")):
        try:
            parse(words)
        except Exception as error:
            raise AssertionError(f"{path.name}: ganfx {shlex.join(words)}: {error!r}") from error


def test_the_table_of_options_has_those_of_stylize() -> None:
    text = (ROOT / "docs" / "stylize.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- options: stylize -->\n")
    table, end, _ = rest.partition("<!-- /options -->\n")
    rows = re.findall(r"^\| (`--.+?) \|", table, re.MULTILINE)
    named = [option for row in rows for option in re.findall(r"`(--[a-z0-9-]+)", row)]
    parameters = command_line().commands["stylize"].params
    there = {name: max(each.opts, key=len) for each in parameters for name in each.opts}

    assert end
    assert len(named) == len(set(named))
    assert set(named) <= there.keys()
    assert {there[option] for option in named} == set(there.values()) - {"source", "--help"}


def test_the_documentation_shows_every_command() -> None:
    shown = [words for path in WRITTEN for words in commands_in(path.read_text(encoding="utf-8"))]
    groups = {"evaluate", "farm", "styles"}
    assert len(shown) > 80
    assert command_line().commands.keys() == {words[0] for words in shown}
    for group in groups:
        known = command_line().commands[group].commands.keys()
        assert known <= {words[1] for words in shown if words[0] == group and len(words) > 1}


@pytest.mark.parametrize(
    "line",
    [
        "    ganfx stylize shots/ --stile noir",
        "    find . | ganfx stylize - --style noir --ou comp/",
        "    ganfx plan shots/ --style noir --opnjd job/",
        "    ganfx farm openjd shots/ --style noir --out comp/ --chunks 7 --job job/  # a job",
        "    ganfx verify --prob > node.json",
        "    torchrun --nproc-per-node 4 -m ganfx train a.toml --sett a=1",
        "    ganfx train presets/noir.toml \\\n        --inti noir",
        "    ganfx evaluate flicker shots/ shots-noir/ --ratio 2",
        "    ganfx styles sow noir",
    ],
)
def test_a_misspelt_option_in_the_documentation_is_found(line: str) -> None:
    (words,) = commands_in(line)
    with pytest.raises(Exception, match=r"[Nn]o (such option|command)"):
        parse(words)


def test_the_training_job_is_valid_openjd() -> None:
    import yaml
    from openjd import model

    text = (EXAMPLES / "train-job.yaml").read_text(encoding="utf-8")
    job = model.decode_job_template(template=yaml.safe_load(text))
    assert [step.name for step in job.steps] == ["Train"]


@pytest.mark.parametrize("saved", [False, True])
def test_a_training_array_goes_on_where_it_was(tmp_path: Path, saved: bool) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("scontrol", "echo node7"), ("srun", 'printf "%s " "$@"')):
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    run = tmp_path / "run"
    run.mkdir()
    if saved:
        (run / "latest.pt").touch()
    slurm = {"SLURM_NNODES": "2", "SLURM_JOB_ID": "5", "SLURM_JOB_NODELIST": "node[7-8]"}
    result = subprocess.run(
        ["bash", EXAMPLES / "train.sbatch", "noir.toml", run, "--photos", "plates"],
        env={**os.environ, **slurm, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "torchrun --nnodes=2 --nproc-per-node=1" in result.stdout
    assert "--rdzv-endpoint=node7:29500 -m ganfx train noir.toml" in result.stdout
    assert result.stdout.rstrip().endswith("--photos plates" + " --resume" * saved)
