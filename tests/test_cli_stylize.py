"""``ganfx stylize`` as a script or a person calls it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
import typer

from ganfx.cli import app
from ganfx.cli.stylizing import stylize
from ganfx.media.allocation import keep_freed_memory
from ganfx.media.frames import read_picture
from ganfx.media.video.proxy import write_proxy
from ganfx.option import declared
from ganfx.stylize import Options

Run = Callable[..., tuple[int, str, str]]

SMALL = [
    *("--set", "train.crop_size=64", "--set", "train.batch_size=2", "--set", "data.samples=2"),
    *("--set", "model.channels=[4, 6]", "--set", "discriminator.channels=4"),
]


def test_a_folder_comes_out_beside_itself_with_the_same_tree(
    ganfx: Run, style: Path, shots: Path
) -> None:
    code, _, err = ganfx("stylize", "shots", "--style", "bright")

    assert code == 0, err
    made = {p.relative_to("shots-bright") for p in Path("shots-bright").rglob("*.png")}
    assert made == {p.relative_to(shots) for p in shots.rglob("*.png")}
    before, after = (read_picture(root / "ref[1].png") for root in (shots, Path("shots-bright")))
    assert np.array_equal(after, before + 13)  # 0.1 of -1..1 is 12.75 of 0..255
    assert "ref[1].png" in str(sorted(Path("shots-bright").iterdir()))


def test_a_second_run_skips_what_is_finished(ganfx: Run, style: Path, shots: Path) -> None:
    ganfx("stylize", "shots", "--style", "bright")
    _, _, err = ganfx("stylize", "shots", "--style", "bright")

    assert "0 done, 3 skipped, 0 failed" in err


def test_a_bad_frame_is_told_the_rest_is_done_and_the_exit_code_says_so(
    ganfx: Run, style: Path, shots: Path
) -> None:
    bad = shots / "sh010" / "plate.1002.png"
    bad.write_bytes(bad.read_bytes()[:200])

    code, _, err = ganfx("stylize", "shots", "--style", "bright", "--log", "log.jsonl")
    assert code == 3
    assert "1 frame failed, the rest is done" in err
    assert "plate.1002.png" in err
    assert len(list(Path("shots-bright").rglob("*.png"))) == 6
    events = [json.loads(line) for line in Path("log.jsonl").read_text().splitlines()]
    assert events[0]["event"] == "StylizeStarted"
    assert sum(e["event"] == "FrameFailed" for e in events) == 1
    assert events[-1]["failed"] == 1


def test_stopping_on_an_error_says_what_is_left_to_do(ganfx: Run, style: Path, shots: Path) -> None:
    (shots / "sh010" / "plate.1002.png").write_bytes(b"")

    code, _, err = ganfx("stylize", "shots/sh010", "--style", "bright", "--on-error", "stop")
    assert code == 3
    assert "1 frame failed, stopped there with 1 frame to do" in err


def test_a_video_that_fails_is_no_stop(ganfx: Run, style: Path, shots: Path) -> None:
    torn = shots / "torn.mp4"
    write_proxy(torn, [np.zeros((48, 64, 3), np.float32)] * 12, Fraction(24))
    torn.write_bytes(torn.read_bytes()[:-200])

    code, _, err = ganfx("stylize", "shots", "--style", "bright")
    assert code == 3
    assert "1 frame failed, the rest is done" in err


def test_when_nothing_could_be_done_it_is_not_called_partial(
    ganfx: Run, style: Path, shots: Path
) -> None:
    (shots / "ref[1].png").write_bytes(b"no picture")

    code, _, err = ganfx("stylize", "shots/ref[1].png", "--style", "bright")
    assert code == 1
    assert "1 frame failed, and none is done" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("shots", "--style", "brihgt"), "did you mean bright"),
        (("shoots", "--style", "bright"), "shots"),
        (("shots", "--style", "bright", "--out", "shots/out"), "inside the input"),
        (("shots", "--style", "bright", "--format", "pgn"), "did you mean png"),
        (("shots", "--style", "bright", "--frames", "1-5x"), "1-5x"),
        (("shots", "--style", "bright", "--frames", "1-5"), "1-5"),
        (("empty", "--style", "bright"), "empty"),
        (("shots", "--style", "bright", "--device", "tpu"), "unknown device"),
    ],
)
def test_wrong_input_is_told_before_anything_is_written(
    ganfx: Run, style: Path, shots: Path, arguments: tuple[str, ...], says: str
) -> None:
    Path("empty").mkdir()
    before = sorted(Path().rglob("*"))

    code, _, err = ganfx("stylize", *arguments)
    assert code == 2
    assert err.startswith("error: ")
    assert says in err
    assert "Traceback" not in err
    assert sorted(Path().rglob("*")) == before


def test_cuda_asked_for_and_absent_is_told(
    ganfx: Run, style: Path, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    for command in (("stylize", "shots", "--style", "bright"), ("train", "noir")):
        code, _, err = ganfx(*command, "--device", "cuda")
        assert code == 2
        assert "no CUDA GPU" in err


def test_frames_select_and_keep_their_numbers(ganfx: Run, style: Path, shots: Path) -> None:
    ganfx("stylize", "shots/sh010", "--style", "bright", "--frames", "1001-1003x2", "--out", "o")

    assert sorted(p.name for p in Path("o").glob("*.png")) == ["plate.1001.png", "plate.1003.png"]


def test_a_style_of_a_newer_format_says_so_with_its_own_exit_code(ganfx: Run, shots: Path) -> None:
    from safetensors.numpy import save_file

    Path("new.safetensors").unlink(missing_ok=True)
    metadata = {"ganfx": json.dumps({"format": 99, "created_with": "9.0"})}
    save_file({"x": np.zeros(1, np.float32)}, "new.safetensors", metadata=metadata)

    code, _, err = ganfx("stylize", "shots", "--style", "new.safetensors")
    assert code == 5
    assert "format 99" in err


def test_every_event_goes_to_stdout_as_json(ganfx: Run, style: Path, shots: Path) -> None:
    code, out, err = ganfx("stylize", "shots/sh010", "--style", "bright", "--json")

    events = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert err == ""
    assert events[0]["event"] == "StylizeStarted"
    assert events[0]["frames"] == 3
    assert events[-1]["event"] == "StylizeDone"
    assert events[-1]["done"] == sum(event["event"] == "FrameDone" for event in events) == 3


def test_a_fatal_error_is_the_last_event_of_the_stream(
    ganfx: Run, style: Path, shots: Path
) -> None:
    code, out, err = ganfx("stylize", "nowhere", "--style", "bright", "--json")
    (event,) = (json.loads(line) for line in out.splitlines())
    assert (code, event["event"], event["exit_code"]) == (2, "Error", 2)
    assert f"error: {event['message']}" in err

    (shots / "sh010" / "plate.1002.png").write_bytes(b"torn")
    code, out, _ = ganfx("stylize", "shots", "--style", "bright", "--json")
    kinds = [json.loads(line)["event"] for line in out.splitlines()]
    assert code == 3
    assert kinds[-2:] == ["StylizeDone", "Error"]


def test_quiet_says_only_what_fails(ganfx: Run, style: Path, shots: Path) -> None:
    Path("shots/bad.png").write_bytes(b"not a picture")
    code, out, err = ganfx("stylize", "shots", "--style", "bright", "--quiet")

    assert code == 3
    assert out == ""
    assert "bad.png" in err
    assert "style" not in err.replace("stylise", "")
    assert ganfx("stylize", "shots/sh010", "--style", "bright", "-q") == (0, "", "")


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(
    ganfx: Run, style: Path, shots: Path, tmp_path: Path
) -> None:
    ganfx("stylize", "shots/sh010", "--style", "bright", "--frames", "1001", "--out", "out")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = ganfx(
        "stylize", "shots/sh010", "--style", "bright", "--out", "out", "--dry-run"
    )

    assert code == 0, err
    assert len(out.splitlines()) == 2  # one of three is up to date
    assert all(" -> out/" in line.replace("\\", "/") for line in out.splitlines())
    assert "2 files; 1 up to date; nothing was written" in err
    assert sorted(tmp_path.rglob("*")) == before

    (tmp_path / "shots" / "bad.png").write_bytes(b"not a picture")
    code, out, err = ganfx("stylize", "shots", "--style", "bright", "--dry-run")
    assert code == 3
    assert "the rest can be done" in err
    assert "bad.png" in err
    assert not Path("shots-bright").exists()


def test_sources_may_come_as_a_list(
    ganfx: Run, style: Path, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("shots/sh010\n\nshots/ref[1].png\r\n"))
    code, out, _ = ganfx("stylize", "-", "--style", "bright", "--out", "out", "--dry-run")
    assert code == 0
    assert len(out.splitlines()) == 4


def test_a_look_or_a_mix_is_needed_and_not_both(ganfx: Run, style: Path, shots: Path) -> None:
    for options in ((), ("--style", "bright", "--mix", "bright:1")):
        code, _, err = ganfx("stylize", "shots", *options)
        assert code == 2
        assert "--mix" in err
    code, out, err = ganfx("stylize", "shots/ref[1].png", "--mix", "bright:2")
    assert code == 0, err
    assert Path("shots/ref[1]-bright.png").exists()


def test_every_field_of_the_options_is_an_option() -> None:
    told = {each.field for each in declared(Options)}
    assert {field.name for field in fields(Options)} == told
    assert told - {"portable"} <= set(stylize.__annotations__)
    assert {"portable", "portable_avx2"} <= set(stylize.__annotations__)


def test_another_seed_is_other_grain(ganfx: Run, style: Path, shots: Path) -> None:
    made = []
    for number, seed in enumerate((0, 1, 1)):
        options = ("--grain", 0.2, "--seed", seed, "--out", f"out{number}")
        code, _, err = ganfx("stylize", "shots/sh010", "--style", "bright", *options)
        assert code == 0, err
        made.append(Path(f"out{number}/plate.1001.png").read_bytes())
    assert made[0] != made[1] == made[2]


def test_the_command_keeps_the_memory_that_frames_took(
    ganfx: Run, style: Path, shots: Path
) -> None:
    keep_freed_memory.cache_clear()
    assert ganfx("stylize", "shots/sh010", "--style", "bright")[0] == 0
    assert keep_freed_memory.cache_info().currsize == 1


def _told(command: typer.core.TyperCommand | typer.core.TyperGroup) -> Iterator[tuple[str, str]]:
    """Names and help of all that is below a command."""
    for parameter in command.params:
        yield f"{command.name} {parameter.name}", getattr(parameter, "help", "") or ""
    for below in getattr(command, "commands", {}).values():
        yield from _told(below)


@pytest.mark.parametrize("name", ["stylize", "farm", "plan", "verify", "assemble"])
def test_help_of_an_option_is_understood_alone(name: str) -> None:
    command = typer.main.get_command(app).commands[name]
    unclear = [what for what, text in _told(command) if not text or text.startswith("Of ")]
    assert unclear == []
