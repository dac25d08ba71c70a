"""The command line: exit codes, what goes to stdout, and what the user is told."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ganfx.media.frames import read_picture

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
        ("stylize x --wrap q", "--wrap q: expected none, x, y, xy, latlong or cube"),
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


def test_presets_are_listed_with_the_one_for_a_look_of_ones_own_first(ganfx: Run) -> None:
    code, out, _ = ganfx("presets")

    assert code == 0
    names = [line.split()[0] for line in out.splitlines()[1:] if not line.startswith(" ")]
    assert names[0] == "look"
    assert names[1:] == sorted(names[1:])
    assert "noir" in names


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
