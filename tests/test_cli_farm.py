"""``ganfx farm``, ``verify`` and ``assemble`` as a pipeline calls them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from ganfx.media.frames import read_picture, write_picture
from ganfx.media.video import read_video, read_video_info
from ganfx.models.compiling import KEPT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def plates(tmp_path: Path, style: Path) -> Path:
    """A shot that moves, and a still."""
    picture = np.random.default_rng(0).integers(0, 200, (32, 64, 3), dtype=np.uint8)
    for frame in range(1001, 1010):
        write_picture(tmp_path / "in put" / f"plate.{frame}.png", np.roll(picture, frame, axis=1))
    write_picture(tmp_path / "in put" / "ref.jpg", picture)
    return style


def test_a_job_in_processes_is_verified(
    ganfx: Run, plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where the environment is not activated: the job finds ganfx by itself.
    here = str(Path(sys.executable).parent)
    elsewhere = [each for each in os.environ["PATH"].split(os.pathsep) if each != here]
    monkeypatch.setenv("PATH", os.pathsep.join(elsewhere))
    options = ("in put/ref.jpg", "--style", plates, "--precision", "float32")
    code, _, err = ganfx("farm", "local", *options, "--out", "farm")
    assert code == 0, err
    assert "2/3 Verify done" in err
    assert read_picture(Path("farm/contact-sheet.jpg")).shape[1] > 300

    assert ganfx("stylize", *options, "--out", "whole")[0] == 0
    (still,) = Path("whole").glob("[!.]*")
    farmed = Path("farm", still.name)
    assert still.read_bytes() == farmed.read_bytes()
    code, out, _ = ganfx("verify", *options, "--out", "farm")
    assert (code, out) == (0, "1 file, all whole and up to date\n")
    farmed.write_bytes(b"torn")
    code, _, err = ganfx("verify", *options, "--out", "farm")
    assert code == 4
    assert "not as they should be: 1 of 1 file" in err
    assert f"{farmed}: damaged, or changed since it was written" in err


def test_a_look_is_written_down_so_that_every_node_finds_it(
    ganfx: Run, plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GANFX_HOME", "home")
    for folder in ("styles", "home/styles"):
        Path(folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(plates, "styles/local.safetensors")
    shutil.copy(plates, "home/styles/mine.safetensors")

    def written(*look: object) -> object:
        command = ("farm", "openjd", "in put", "--job", "job", "--out", "out")
        code, _, err = ganfx(*command, *look)
        assert code == 0, err
        return json.loads(Path("job/job.json").read_text())["Style"]

    here = Path("styles/local.safetensors").absolute()
    assert written("--style", "noir") == "noir"
    assert written("--style", "mine") == "mine"
    assert written("--style", "local") == str(here)
    assert written("--style", "styles/local.safetensors") == str(here)
    mixed = written("--mix", "local:0.5, noir:.25,mine:0")  # no share, no part
    assert mixed == f"{here}:0.5,noir:.25"


def test_nodes_do_not_compile(ganfx: Run, plates: Path) -> None:
    code, _, err = ganfx(
        *("farm", "openjd", "in put", "--job", "job", "--style", plates, "--compile"),
    )
    assert code == 2
    assert "--compile has no meaning in a farm job" in err
    assert "each node would have code of its own" in err
    assert not Path("job").exists()


def test_frames_that_were_compiled_are_verified(
    ganfx: Run, style: Path, shots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT, str(tmp_path / "compiled"))
    monkeypatch.setattr(torch, "compile", lambda forward, dynamic: forward)
    options = ("shots/sh010", "--style", "bright", "--out", "out")
    assert ganfx("stylize", *options, "--compile")[0] == 0

    code, out, err = ganfx("verify", *options, "--compile")
    assert code == 0, err
    assert out == "3 files, all whole and up to date\n"
    assert ganfx("verify", *options)[0] == 4  # of another kind, in their last bits
    code, _, err = ganfx("verify", *options, "--strength", 0.5)
    assert code == 4
    assert "made with other options: --strength 1.0, now 0.5" in err
    assert "hint: verify takes the look and the options that the frames should have" in err


@pytest.mark.parametrize(
    "option",
    [
        ("--dry-run",),
        ("--prove-chunks", "2"),
        ("--overwrite",),
        ("--on-error", "stop"),
        ("--log", "log.jsonl"),
        ("--json",),
        ("--quiet",),
        ("--progress", "openjd"),
        ("--expect", "0.1.0-abc"),
    ],
    ids=lambda option: option[0],
)
def test_an_option_that_a_farm_job_cannot_follow_is_refused(
    ganfx: Run, plates: Path, option: tuple[str, ...]
) -> None:
    asked = ("in put", "--style", plates, "--out", "out", *option)
    for command in (
        ("farm", "openjd", "--job", "job"),
        ("farm", "slurm", "--job", "job"),
        ("farm", "local"),
        *([("plan", "--openjd", "job")] if option[0] != "--json" else []),
    ):
        code, _, err = ganfx(*command, *asked)
        assert code == 2, command
        assert err.startswith(f"error: {option[0]} has no meaning in a farm job\nhint: ")
    assert not Path("job").exists()
    assert not Path("out").exists()


def test_a_job_is_in_one_precision_on_every_node(ganfx: Run, plates: Path) -> None:
    job = ("farm", "openjd", "in put", "--job", "job", "--style", plates, "--out", "out")
    code, _, err = ganfx(*job, "--precision", "half")
    assert code == 2
    assert "--precision half is another one on nodes with a GPU" in err
    assert "give --precision float16 for GPUs, or bfloat16" in err
    assert not Path("job").exists()
    assert ganfx(*job, "--precision", "float16")[0] == 0
    assert "float16" in Path("job/template.yaml").read_text()


@pytest.mark.parametrize("option", ["--dry-run", "--overwrite"])
def test_what_is_of_runs_is_refused_where_nothing_is_made(
    ganfx: Run, plates: Path, option: str
) -> None:
    for command in ("plan", "verify"):
        code, _, err = ganfx(command, "in put", "--style", plates, option)
        assert code == 2
        assert f"{option} has no meaning for ganfx {command}" in err


def test_a_verification_is_read_by_scripts(ganfx: Run, style: Path, shots: Path) -> None:
    options = ("shots/sh010", "--style", "bright", "--out", "out")
    assert ganfx("stylize", *options)[0] == 0
    assert ganfx("verify", *options, "-q") == (0, "", "")
    code, out, err = ganfx("verify", *options, "--json")
    events = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [each["event"] for each in events][-4:] == 3 * ["FrameSkipped"] + ["StylizeDone"]

    Path("out/plate.1002.png").unlink()
    code, out, err = ganfx("verify", *options, "--json")
    last = json.loads(out.splitlines()[-1])
    assert code == 4
    assert (last["event"], last["exit_code"]) == ("Error", 4)
    assert "plate.1002.png: not there" in last["message"]
    assert "1 of 3 files" in err
    assert ganfx("verify", *options, "-q")[1] == ""


def test_a_forecast_is_read_by_scripts(ganfx: Run, style: Path, shots: Path) -> None:
    options = ("shots/sh010", "--style", "bright", "--out", "out", "--openjd", "job")
    code, out, err = ganfx("plan", *options, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["frames"], told["shots"][0]["size"][:5]) == (3, "32x24")
    assert told["machine_hours"] > 0
    assert all(Path(each).exists() for each in told["files"])
    assert told["files"]


def test_what_is_the_default_anyway_may_be_said(ganfx: Run, plates: Path) -> None:
    asked = ("in put", "--style", plates, "--out", "out", "--on-error", "skip", "--seed", 0)
    assert ganfx("farm", "slurm", *asked, "--job", "job")[0] == 0
    assert "--seed" not in Path("job/tasks.txt").read_text(encoding="utf-8")


def test_a_second_source_is_not_dropped_in_silence(ganfx: Run, plates: Path) -> None:
    asked = ("in put", "in put/ref.jpg", "--style", plates, "--out", "out")
    for command in (("farm", "openjd", "--job", "job"), ("plan",)):
        code, _, err = ganfx(*command, *asked)
        assert code == 2
        assert "a farm job has one SRC, not 2" in err
    assert not Path("job").exists()


def test_a_seed_goes_along_to_every_task(ganfx: Run, plates: Path) -> None:
    asked = ("in put", "--style", plates, "--out", "out", "--seed", 7)
    assert ganfx("farm", "slurm", *asked, "--job", "job")[0] == 0
    lines = Path("job/tasks.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert all(" --seed 7 " in f"{line} " for line in lines)


def test_a_job_that_cannot_be_written_is_told_before_frames_are_timed(
    ganfx: Run, plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed: list[object] = []
    monkeypatch.setattr("ganfx.farm.planning.forecast", lambda *asked: timed.append(asked))
    for kind in ("--openjd", "--slurm"):
        code, _, err = ganfx("plan", "in put", "--style", plates, kind, "job")
        assert code == 2
        assert "needs --out" in err
    assert not timed


def test_options_of_probes_say_what_they_need(ganfx: Run) -> None:
    assert "--within N compares probes: add --against FILE" in ganfx("verify", "--within", 1)[2]
    assert "--against FILE compares probes: add --probe" in ganfx("verify", "--against", "x")[2]


def test_a_number_of_processes_may_be_written_out(
    ganfx: Run, plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[int] = []
    monkeypatch.setattr(
        "ganfx.farm.local.run_bundle", lambda _, *, processes: run.append(processes) or ()
    )
    asked = ("farm", "local", "in put/ref.jpg", "--style", plates, "--out", "out")
    assert ganfx(*asked, "--processes", 3)[0] == ganfx(*asked, "-j", 4)[0] == 0
    assert run == [3, 4]


def test_a_bundle_carries_the_options_with_absolute_paths(ganfx: Run, plates: Path) -> None:
    write_picture(Path("matte.png"), np.zeros((32, 64, 3), np.uint8))
    code, out, err = ganfx(
        *("farm", "openjd", "in put", "--job", "job", "--style", plates, "--out", "out"),
        *("--matte", "matte.png", "--keep-color", "--frames", "1002-1008", "--cuts", "none"),
    )
    assert code == 0, err
    assert out.split() == [
        *("job/template.yaml", "job/parameter_values.yaml"),
        *("job/asset_references.yaml", "job/job.json"),
    ]
    template = yaml.safe_load(Path("job/template.yaml").read_text(encoding="utf-8"))
    first = template["steps"][0]
    assert first["parameterSpace"]["taskParameterDefinitions"][0]["range"] == "1002-1008"
    arguments = first["script"]["actions"]["onRun"]["args"]
    assert arguments[arguments.index("--matte") + 1] == "{{Param.Matte}}"
    values = json.loads(Path("job/job.json").read_text(encoding="utf-8"))
    assert values["Matte"] == str(Path("matte.png").absolute())
    assert arguments[arguments.index("--cuts") + 1] == "none"
    assert "--keep-color" in arguments
    assert arguments[arguments.index("--precision") + 1] == "float32"
    values = json.loads(Path("job/job.json").read_text(encoding="utf-8"))
    assert values["Source"] == str(Path("in put").absolute())
    assert values["Style"] == str(plates.absolute())


def test_a_node_with_another_style_refuses(ganfx: Run, plates: Path) -> None:
    options = ("in put", "--style", plates, "--out", "out")
    assert ganfx("farm", "slurm", *options, "--job", "job")[0] == 0
    line = Path("job/tasks.txt").read_text(encoding="utf-8").split("--expect ")[1].split()[0]
    assert ganfx("stylize", *options, "--expect", line)[0] == 0
    code, _, err = ganfx("stylize", *options, "--expect", line[:-1] + "z")
    assert code == 5
    assert "the job was made for" in err
    code, _, err = ganfx("stylize", "in put", "--style", "nowhere", "--expect", line)
    assert code == 5
    assert "this node cannot take part: unknown style nowhere" in err


def test_a_worker_hears_of_progress_and_failure(ganfx: Run, plates: Path) -> None:
    Path("in put/plate.1003.png").write_bytes(b"torn")
    code, out, _ = ganfx(
        *("stylize", "in put", "--style", plates, "--out", "out", "--progress", "openjd")
    )
    assert code == 3
    lines = out.splitlines()
    assert "openjd_progress: 100.0" in lines
    assert "openjd_status: plate.1004.png" in lines
    assert lines[-1] == "openjd_fail: 1 frame failed, the rest is done"


def test_bad_jobs_are_told_before_anything_is_written(ganfx: Run, plates: Path) -> None:
    for arguments, words in (
        (("in put", "--style", plates), "needs --out"),
        (("in put", "--out", "out"), "which look?"),
        (("nowhere", "--style", plates, "--out", "out"), "nowhere"),
        (
            ("in put", "--style", plates, "--out", "out", "--strength", "7"),
            "expected a number from 0 to 1",
        ),
        (("in put", "--style", plates, "--out", "out", "--colour", "red"), "--colour"),
    ):
        code, _, err = ganfx("farm", "openjd", *arguments, "--job", "job")
        assert code == 2, arguments
        assert words in err
    assert not Path("job").exists()


def test_finished_frames_become_a_sheet_and_a_video(ganfx: Run, plates: Path) -> None:
    code, out, err = ganfx(
        *("assemble", "in put", "--sheet", "sheet.png", "--video", "cut.mp4", "--fps", "23.976")
    )
    assert code == 0, err
    assert out.split() == ["sheet.png", "cut.mp4"]
    info = read_video_info(Path("cut.mp4"))
    assert (info.frames, str(info.rate)) == (9, "24000/1001")
    first = next(iter(read_video(Path("cut.mp4"))))
    assert np.abs(first - read_picture(Path("in put/plate.1001.png")) / 255).mean() < 0.25
    for arguments, words in (
        (("in put",), "give --sheet FILE"),
        (("in put", "--video", "a.mp4", "--fps", "0"), "expected a rate"),
        (("in put", "--video", "a.mp4", "--fps", "film"), "expected a rate"),
    ):
        code, _, err = ganfx("assemble", *arguments)
        assert code == 2
        assert words in err


def test_a_timeline_is_not_a_farms(ganfx: Run, plates: Path) -> None:
    Path("cut.otio").write_text("{}")
    asked = ("cut.otio", "--style", plates, "--out", "out", "--job", "job")
    code, _, err = ganfx("farm", "slurm", *asked)
    assert code == 2
    assert "a timeline is done by ganfx stylize" in err
    assert not Path("job").exists()
