"""Recipes: a look and its options in a file, read and written by the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ganfx.preset.problems import PresetError
from ganfx.stylize import Options
from ganfx.stylize.recipe import Recipe, load_recipe, write_recipe

Run = Callable[..., tuple[int, str, str]]


def settings(folder: str) -> dict[str, object]:
    lines = (Path(folder) / ".ganfx.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines if line]
    return next(each["settings"] for each in records if "file" in each)


def test_a_recipe_is_as_good_as_what_is_typed(ganfx: Run, style: Path, shots: Path) -> None:
    Path("look.toml").write_text('style = "bright"\nstrength = 0.5\nhold = 2\nseed = 3\n')
    code, _, err = ganfx("stylize", "shots/sh010", "--recipe", "look.toml", "--out", "a")
    assert code == 0, err
    assert {"hold": "2", "seed": 3, "strength": 0.5}.items() <= settings("a").items()

    code, _, err = ganfx(
        *("stylize", "shots/sh010", "--recipe", "look.toml", "--strength", "1", "--out", "b")
    )
    assert code == 0, err
    assert "strength" not in settings("b")
    assert settings("b")["hold"] == "2"


def test_what_is_typed_replaces_what_excludes_it(ganfx: Run, style: Path, shots: Path) -> None:
    Path("look.toml").write_text('style = "nowhere"\n')
    typed = ("--mix", "bright:1")
    code, _, err = ganfx("stylize", "shots", "--recipe", "look.toml", *typed, "--dry-run")
    assert code == 0, err


def test_a_saved_recipe_has_what_was_typed(ganfx: Run, style: Path, shots: Path) -> None:
    typed = (
        "--style",
        "bright",
        "--strength",
        "1001:0,1002:1",
        "--depth",
        "16",
        "--missing",
        "hold",
    )
    more = ("--keep-color", "--exclude", "*_a", "--max-pixels", "50", "--boil", "0.5,every=2")
    code, _, err = ganfx(
        *("stylize", "shots", *typed, *more, "--out", "x", "--dry-run", "--save-recipe", "r.toml")
    )
    assert code == 0, err
    found = load_recipe(Path("r.toml"))
    assert found.style == "bright"
    assert found.options == Options(
        strength="1001:0,1002:1",
        depth="uint16",
        missing="hold",
        keep_color=True,
        exclude=("*_a",),
        max_pixels=50_000_000,
        boil="0.5,every=2",
    )


def test_a_plan_takes_a_recipe(ganfx: Run, style: Path, shots: Path) -> None:
    Path("look.toml").write_text('style = "bright"\nhold = 2\n')
    code, out, err = ganfx("plan", "shots/sh010", "--recipe", "look.toml", "--json")
    assert code == 0, err


def test_to_read_a_recipe_loads_nothing_heavy(tmp_path: Path) -> None:
    # Portable instructions, which a recipe may ask for, are chosen before numpy is there.
    (tmp_path / "look.toml").write_text('portable = "sse4"\n')
    code = (
        "import sys; from pathlib import Path; from ganfx.stylize.recipe import load_recipe;"
        "load_recipe(Path('look.toml')); print(*{'numpy', 'torch', 'cv2'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_files_are_looked_for_from_the_recipes_folder(tmp_path: Path) -> None:
    file = tmp_path / "shows" / "look.toml"
    file.parent.mkdir()
    (file.parent / "in.csv").write_text("1,0\n2,1\n")
    file.write_text('matte = "roto.png"\nhold = "hero*:2,crypto:hat:3"\nstrength = "in.csv,step"\n')
    options = load_recipe(file).options
    assert options.matte == str(file.parent / "roto.png")
    assert options.hold.mattes == ((str(file.parent / "hero*"), 2), ("crypto:hat", 3))
    assert str(options.strength) == "1:0,2:1,step"


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    options = Options(
        hold=3, hold_mode="frame", grain=0.25, portable="sse4", scale="auto", seed=7, tile=64
    )
    write_recipe(tmp_path / "a.toml", Recipe("noir", options=options))
    assert load_recipe(tmp_path / "a.toml") == Recipe("noir", options=options)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("strenght = 1", 'strenght: unknown key, did you mean "strength"?'),
        ("hold-mode = 1", 'hold-mode: unknown key, did you mean "hold_mode"?'),
        ("grain = 4", "grain: 4: expected a number from 0 to 1"),
        ("grain = true", "grain: expected a number or text, got True"),
        ('seed = "x"', "seed: expected a valid integer, got 'x'"),
        ("hold = 0", "hold: 0: expected a whole number from 1 to 12"),
        ('strength = "9:0,2:1"', "strength: 9:0,2:1: frame 2 is after 9"),
        ('depth = "9"', "depth: expected '8', '10', '16', 'half' or 'float', got '9'"),
        ('stroke_size = "1:4,2:8"', "stroke_size: expected"),
        ('mix = "a:1"', "mix: give either style or mix"),
    ],
)
def test_every_problem_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    file = tmp_path / "look.toml"
    file.write_text(f'# mine\nstyle = "noir"\n{line}\n')
    with pytest.raises(PresetError) as caught:
        load_recipe(file)
    (problem,) = caught.value.problems
    assert problem.where == "look.toml:3"
    assert f"{problem.key}: {problem.message}".startswith(told)


def test_what_does_not_go_together_and_what_is_no_toml_is_told(tmp_path: Path) -> None:
    file = tmp_path / "look.toml"
    file.write_text('boil = 1\nmarks = "per-frame"\n')
    with pytest.raises(PresetError, match="per-frame draws all marks anew"):
        load_recipe(file)
    file.write_text("hold = \n")
    with pytest.raises(PresetError, match="not TOML"):
        load_recipe(file)


def test_a_farm_job_holds_what_the_recipe_says(ganfx: Run, style: Path, shots: Path) -> None:
    Path("look.toml").write_text('style = "bright"\nstrength = "1001:0,1002:1"\nhold = 3\n')
    typed = ("--recipe", "look.toml", "--hold", "2", "--out", "out", "--job", "job")
    code, _, err = ganfx("farm", "openjd", "shots", *typed)
    assert code == 0, err
    template = Path("job/template.yaml").read_text()
    assert "1001:0,1002:1" in template
    assert "--hold" in template
    assert "look.toml" not in template


def test_regions_are_tables_or_texts_and_come_back_as_they_were(tmp_path: Path) -> None:
    file = tmp_path / "shots" / "look.toml"
    file.parent.mkdir()
    file.write_text(
        "hold = 2\n\n"
        '[[region]]\nmatte = "hero*"\nlook = "anime"\nstrength = 0.8\nhold = 3\n'
        'boil = "0.5,every=2,fade"\n\n'
        '[[region]]\nmatte = "crypto:sky*"\nlook = "watercolor"\nscale = 1.5\n'
    )
    options = load_recipe(file).options
    hero = f"{file.parent / 'hero*'}=anime:0.8,hold=3,boil=0.5,every=2,fade"
    assert list(map(str, options.region)) == [hero, "crypto:sky*=watercolor,scale=1.5"]
    assert options.hold.mattes == ((str(file.parent / "hero*"), 3),)

    write_recipe(tmp_path / "saved.toml", Recipe("noir", options=options))
    assert load_recipe(tmp_path / "saved.toml").options == options


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('matte = "a.png"\nlok = "anime"', "unknown key lok"),
        ('matte = "a.png"', "a matte and a look are needed"),
        ('matte = "a.png"\nlook = "anime"\nstrength = 3', "strength 3"),
    ],
)
def test_problems_of_regions_are_told(tmp_path: Path, table: str, told: str) -> None:
    (tmp_path / "look.toml").write_text(f"seed = 1\n\n[[region]]\n{table}\n")
    with pytest.raises(PresetError, match=told):
        load_recipe(tmp_path / "look.toml")


def test_a_byte_order_mark_in_front_of_a_recipe_is_read_over(tmp_path: Path) -> None:
    (tmp_path / "r.toml").write_bytes(b'\xef\xbb\xbfstyle = "oil"\r\nstrength = 0.5\r\n')
    assert load_recipe(tmp_path / "r.toml")
