"""Presets: what is read, and what the user is told when something is wrong."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.errors import UsageError
from ganfx.preset import (
    Preset,
    PresetError,
    filled_from,
    find_preset,
    line_of,
    list_presets,
    load_preset,
    override_data,
    renamed,
    written_keys,
)

GOOD = """\
# A comment.
name = "mine"

[data]
photos = "a"
art = "b"

[train]
steps = 10
crop_size = 128
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_preset_needs_only_a_name_and_its_pictures(tmp_path: Path) -> None:
    preset = load_preset(write(tmp_path, GOOD))

    assert (preset.name, preset.train.steps, preset.loss.adversarial) == ("mine", 10, "bce")


@pytest.mark.parametrize(
    ("before", "after", "key", "line", "says"),
    [
        ("steps = 10", "step = 10", "train.step", 9, 'did you mean "steps"'),
        ("steps = 10", "steps = true", "train.steps", 9, "valid integer, got True"),
        ("steps = 10", 'steps = "10"', "train.steps", 9, "valid integer, got '10'"),
        ("steps = 10", "steps = 0", "train.steps", 9, "greater than 0, got 0"),
        ("crop_size = 128", "crop_size = 100", "train.crop_size", 10, "multiple of 16"),
        ("[train]", "[trian]", "trian", 8, 'did you mean "train"'),
        ('name = "mine"', 'name = "My Look"', "name", 2, "pattern"),
        ('name = "mine"', "", "name", None, "required"),
        (
            "[train]",
            '[loss]\nfeatures_file = "w"\n[train]',
            "loss.features_file",
            9,
            'features = "vgg19"',
        ),
        ('art = "b"', 'art = "b"\nart_scale = [1, 0.5]', "data.art_scale", 7, "[low, high], got"),
        ('art = "b"', 'art = "b"\nart_scale = []', "data.art_scale", 7, "2 values, got []"),
        ("steps = 10", "seed = 9223372036854775808", "train.seed", 9, "less than"),
        ("steps = 10", "batch_size = 4097", "train.batch_size", 9, "less than or equal to 4096"),
        ("[train]", "[model]\nchannels = [8, 4097]\n[train]", "model.channels", 9, "to 4096"),
        ("[train]", "[model]\nchannels = [0]\n[train]", "model.channels", 9, "greater than 0"),
        ("[train]", "[model]\nchannels = []\n[train]", "model.channels", 9, "at least 1 item"),
        ("[train]", "[model]\nblocks = 257\n[train]", "model.blocks", 9, "equal to 256"),
        (
            "[train]",
            "[discriminator]\nchannels = 1025\n[train]",
            "discriminator.channels",
            9,
            "equal to 1024",
        ),
        ('art = "b"', "", "data", 4, "photos and art, or pairs"),
        ('art = "b"', 'art = "b"\npairs = "c"', "data", 4, "either photos or pairs"),
    ],
)
def test_a_problem_names_the_key_and_the_line(
    tmp_path: Path, before: str, after: str, key: str, line: int | None, says: str
) -> None:
    with pytest.raises(PresetError) as caught:
        load_preset(write(tmp_path, GOOD.replace(before, after)))

    (problem,) = caught.value.problems
    assert problem.key == key
    assert problem.where == (f"mine.toml:{line}" if line else "mine.toml")
    assert says in problem.message
    assert caught.value.exit_code == 2


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("steps = 10", "steps = -1\nlr = 3").replace("128", "1.5")

    with pytest.raises(PresetError) as caught:
        load_preset(write(tmp_path, text), ["loss.style=-2"])

    found = {(p.key, p.where) for p in caught.value.problems}
    assert found == {
        ("train.steps", "mine.toml:9"),
        ("train.lr", "mine.toml:10"),
        ("train.crop_size", "mine.toml:11"),
        ("loss.style", "--set loss.style=-2"),
    }


@pytest.mark.parametrize(
    ("override", "key", "says"),
    [
        ("trian.steps=5", "trian", 'did you mean "train"'),
        ("train.steps.x=5", "train.steps", "valid integer"),
        ("name.x=5", "name", "valid string"),
        ("data.photo_scale=[1.0]", "data.photo_scale", "expected 2 values, got [1.0]"),
        ("data.photo_scale=[0, 1, 2]", "data.photo_scale", "at most 2 values, got [0, 1, 2]"),
        ("data.photo_scale=[1.0,0.5]", "data.photo_scale", "[low, high], got [1.0, 0.5]"),
        ("loss.features_file=/nope", "loss.features_file", 'needs features = "vgg19"'),
        ("data.pairs=p", "data", "either photos or pairs"),
        ('data.art=""', "data", "photos and art, or pairs"),
    ],
)
def test_a_problem_that_an_override_brings_in_is_told_with_it(
    tmp_path: Path, override: str, key: str, says: str
) -> None:
    text = f"{GOOD}\n[loss]\nstyle = 1\n"
    with pytest.raises(PresetError) as caught:
        load_preset(write(tmp_path, text), [override, "data.samples=3"])

    (problem,) = caught.value.problems
    assert (problem.key, problem.where) == (key, f"--set {override}")
    assert says in problem.message


def test_a_problem_of_the_file_is_not_told_with_an_override_beside_it(tmp_path: Path) -> None:
    text = GOOD.replace("[train]", "[trian]").replace('art = "b"', "")
    with pytest.raises(PresetError) as caught:
        load_preset(write(tmp_path, text), ["trian.steps=5", "data.samples=3"])

    assert {(p.key, p.where) for p in caught.value.problems} == {
        ("data", "mine.toml:4"),
        ("trian", "mine.toml:8"),
    }


@pytest.mark.parametrize(
    "override",
    ["train.seed=9223372036854775807", "train.batch_size=4096", "model.blocks=256"],
)
def test_the_largest_values_are_accepted(tmp_path: Path, override: str) -> None:
    load_preset(write(tmp_path, GOOD), [override])


def test_a_byte_order_mark_and_windows_line_ends_are_no_part_of_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert load_preset(path) == load_preset(write(tmp_path, GOOD))


def test_text_that_is_not_toml_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(PresetError, match=r"mine\.toml.*not TOML"):
        load_preset(write(tmp_path, "name = \n"))


def test_overrides_take_toml_values_and_bare_words(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    preset = load_preset(
        path, ["train.steps=7", "data.photos=shots/plates", "model.channels=[8, 16]", "name=x"]
    )

    assert preset.train.steps == 7
    assert preset.data.photos == "shots/plates"
    assert preset.model.channels == (8, 16)
    assert preset.name == "x"
    assert preset.train.crop_size == 128  # what is beside an override stays


def test_steps_that_are_set_go_before_the_minutes_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.replace("steps = 10", "minutes = 40"))

    assert load_preset(path, ["train.steps=200"]).train.minutes is None
    both = load_preset(path, ["train.steps=200", "train.minutes=2"]).train
    assert (both.steps, both.minutes) == (200, 2)


def test_the_last_override_wins(tmp_path: Path) -> None:
    assert load_preset(write(tmp_path, GOOD), ["train.seed=1", "train.seed=2"]).train.seed == 2


@pytest.mark.parametrize("override", ["train.steps", "=3", "a b=3"])
def test_an_override_that_is_no_assignment_is_refused(tmp_path: Path, override: str) -> None:
    with pytest.raises(PresetError, match=f"--set {override}"):
        load_preset(write(tmp_path, GOOD), [override])


def test_presets_are_immutable(tmp_path: Path) -> None:
    preset = load_preset(write(tmp_path, GOOD))

    with pytest.raises(ValueError, match="frozen"):
        preset.name = "other"  # type: ignore[misc]


def test_an_unknown_preset_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        find_preset("presets/nior.toml")

    assert caught.value.hint == "did you mean noir?"


def test_a_bare_name_finds_a_shipped_preset_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load_preset("noir").name == "noir"
    assert load_preset("presets/noir.toml").name == "noir"


def test_a_preset_beside_the_user_goes_before_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "presets").mkdir()
    shutil.copy(write(tmp_path, GOOD), tmp_path / "presets" / "noir.toml")
    monkeypatch.chdir(tmp_path)

    assert load_preset("noir").name == "mine"


def test_every_shipped_preset_is_named_after_its_file_and_says_what_it_is() -> None:
    shipped = list_presets()

    assert {path.stem for path in shipped} >= {"noir", "anime"}
    for path in shipped:
        preset = load_preset(path)
        assert preset.name == path.stem
        assert preset.description
        assert preset.licence


def test_the_schema_that_editors_read_is_the_one_in_force() -> None:
    (folder,) = {path.parent for path in list_presets()}
    written = json.loads((folder / "preset.schema.json").read_text(encoding="utf-8"))

    assert written == Preset.model_json_schema()


def test_own_photos_and_art_select_the_unpaired_recipe(tmp_path: Path) -> None:
    preset = load_preset(write(tmp_path, GOOD.replace('photos = "a"', 'pairs = "p"')))

    changed = override_data(preset, photos="x", art="y").data
    assert (changed.photos, changed.art, changed.pairs) == ("x", "y", "")


def test_own_pairs_select_the_paired_recipe(tmp_path: Path) -> None:
    changed = override_data(load_preset(write(tmp_path, GOOD)), pairs="p", art="y").data

    assert (changed.photos, changed.art, changed.pairs) == ("", "y", "p")


def test_photos_and_pairs_together_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        override_data(load_preset(write(tmp_path, GOOD)), photos="x", pairs="p")


def test_a_resolved_preset_reads_back_as_itself(tmp_path: Path) -> None:
    preset = load_preset(write(tmp_path, GOOD), ["model.channels=[8]", "train.minutes=1.5"])

    assert Preset.model_validate_json(preset.model_dump_json()) == preset


def test_written_keys_are_those_of_the_file_the_overrides_and_the_options(tmp_path: Path) -> None:
    preset = load_preset(write(tmp_path, GOOD), ["loss.style=2.0"])  # its default, but written
    file = {"name", "data.photos", "data.art", "train.steps", "train.crop_size"}
    assert written_keys(preset) == file | {"loss.style"}

    own = override_data(preset, photos="x", art="y", background="black")
    assert written_keys(own) == written_keys(preset) | {"data.background", "data.pairs"}


def test_a_preset_is_filled_with_other_values_where_it_has_none(tmp_path: Path) -> None:
    preset = load_preset(write(tmp_path, GOOD))
    filled = filled_from(preset, {"train": {"steps": 99, "seed": 7}, "loss": {"style": 1.0}})

    assert (filled.train.steps, filled.train.seed, filled.loss.style) == (10, 7, 1.0)
    assert filled.data == preset.data


def test_a_preset_of_another_name_has_not_the_words_of_the_shipped_one() -> None:
    mine = renamed(load_preset("noir"), "mine")
    described = renamed(load_preset("noir", ["description=Night."]), "mine")

    assert (mine.name, mine.description, mine.licence) == ("mine", "", "")
    assert mine.loss == load_preset("noir").loss
    assert described.description == "Night."
    with pytest.raises(UsageError, match="--name My Look"):
        renamed(mine, "My Look")


@given(st.lists(st.sampled_from(["", "# note", "x = [", "1,", "]", "[t]", "y = 2"]), max_size=9))
def test_a_line_is_found_for_every_key_of_any_readable_file(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    for key in values:
        line = line_of(text, (key,))
        assert line is not None
        assert lines[line - 1].strip("[ ").startswith(key)
