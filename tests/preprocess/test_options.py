"""Options that make sense, and what is said of those that do not."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from ganfx.errors import UsageError
from ganfx.preprocess import Options, changed, find_preset
from ganfx.preprocess.options import PRESETS, check, flag, switch


@pytest.mark.parametrize("name", PRESETS)
def test_presets_make_sense(name: str) -> None:
    assert check(find_preset(name)) == PRESETS[name]


def test_an_unknown_preset_is_told_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        find_preset("foto")
    assert caught.value.hint == "did you mean photos?"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"every": 0}, "--every 0: expected a whole number of at least 1"),
        ({"min_side": -1}, "--min-side -1"),
        ({"max_aspect": 0.5}, "never below 1"),
        ({"max_aspect": float("nan")}, "--max-aspect nan"),
        ({"angle": 90.0}, "--angle 90: expected a number from 0 to 45"),
        ({"overlap": 0.95, "crop": "grid"}, "--overlap 0.95"),
        ({"overlap": 0.5}, "neighbouring tiles"),
        ({"copies": 0, "crop": "random"}, "--copies 0"),
        ({"copies": 3}, "they would all be equal"),
        (
            {"crop": "center", "crop_width": 4},
            "--crop-size 4: expected a whole number",
        ),
        ({"crop": "centre"}, "--crop centre: expected none, center, random, grid or smart"),
        ({"flip": "both"}, "--flip both: expected none, horizontal, vertical or random"),
        ({"turn": 45}, "--turn 45: expected 0, 90, 180 or 270"),
        ({"format": "bmp"}, "--format bmp: expected png, jpg or tif"),
        ({"depth": "32"}, "--depth 32: expected 8, 16 or source"),
        ({"depth": "16", "format": "jpg"}, "jpg holds 8 bits"),
        ({"per_cut": True, "every": 2}, "leave --every out"),
        ({"seed": -1}, "--seed -1"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        check(replace(Options(), **wrong))
    assert says in f"{caught.value.message} {caught.value.hint}"


def test_a_misspelt_choice_is_told_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        check(replace(Options(), crop="centre"))  # type: ignore[arg-type]
    assert caught.value.hint == "did you mean center?"


def test_only_what_is_given_changes() -> None:
    art = find_preset("art")
    assert changed(art, {"min_side": None, "flip": None}) == art
    assert changed(art, {"min_side": 0, "pages": False}) == replace(art, min_side=0, pages=False)


def test_naming_one_side_takes_the_place_of_the_other() -> None:
    art = find_preset("art")
    assert (changed(art, {"short_side": 512}).long_side, art.long_side) == (0, 1024)
    both = changed(art, {"short_side": 512, "long_side": 900})
    assert (both.short_side, both.long_side) == (512, 900)


def test_every_nth_frame_takes_the_place_of_one_for_each_cut() -> None:
    footage = find_preset("footage")
    assert footage.per_cut
    assert check(changed(footage, {"every": 10})).per_cut is False


def test_a_window_without_a_place_is_refused() -> None:
    with pytest.raises(UsageError, match="but not where"):
        changed(find_preset("art"), {"crop_width": 256, "crop_height": 256})


def test_fields_are_called_as_on_the_command_line() -> None:
    assert (flag("min_side"), flag("crop_width")) == ("--min-side", "--crop-size")
    assert switch("text") == "--no-pages"


def test_every_switch_is_an_option() -> None:
    flags = {flag(field.name) for field in fields(Options)}
    for reason in ("blank", "text", "cover", "small", "aspect", "noise", "blurred", "exposure"):
        word = switch(reason).split()[0].replace("--no-", "--")
        assert word in flags
