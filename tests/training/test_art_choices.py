"""What is chosen from art of each kind, and what the preset keeps for itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ganfx.preset import Preset, load_preset, written_keys
from ganfx.quality.picture_measures import measure_picture
from ganfx.stylize.network.brush_scale import brush_scale
from ganfx.training.art_analysis import ArtAnalysis, describe_art
from ganfx.training.art_choices import RULES, Choice, apply_choices, choose, in_words
from tests.training.art_sets import TYPICAL, crayon_drawing, pencil_drawing

DATA = {"photos": "p", "art": "a", "look_at_art": True}
LOOK = Preset.model_validate({"name": "mine", "data": DATA})
EFFECTS = ("lines", "strokes", "washes", "grain", "dabs", "hatch")


def analysis(name: str, total: int = 100, **changed: Any) -> ArtAnalysis:
    art = replace(TYPICAL[name], **changed)
    return ArtAnalysis(total, (art,), (TYPICAL["photos"],))


def resolved(found: ArtAnalysis, preset: Preset = LOOK) -> Preset:
    return apply_choices(preset, choose(found, preset))


@pytest.mark.parametrize(
    ("name", "monochrome", "effects", "abstraction", "flatten"),
    [
        ("engraving", True, ["lines"], (), 0.0),
        ("pencil", True, ["lines"], (), 0.0),
        ("lithograph", True, [], (), 0.0),
        ("pictorialists", True, [], (), 0.0),
        ("ukiyoe", False, ["lines"], (), 0.3),
        ("flatcolor", False, ["lines"], (), 0.3),
        ("storybook", False, [], (), 0.3),
        ("vangogh", False, ["strokes"], (3,), 0.0),
        ("watercolor", False, ["washes"], (2,), 0.0),
        ("photos", False, [], (), 0.0),
    ],
)
def test_each_kind_of_art_gets_the_marks_that_it_shows(
    name: str,
    monochrome: bool,
    effects: list[str],
    abstraction: tuple[int, ...],
    flatten: float,
) -> None:
    preset = resolved(analysis(name))

    assert preset.model.monochrome == monochrome
    assert [each for each in EFFECTS if getattr(preset, each).amount] == effects
    assert preset.model.abstraction == abstraction
    assert preset.model.flatten == flatten


def test_flat_art_without_lines_gets_no_contours_and_dark_thin_ones_are_contours() -> None:
    """Prints in areas: many edges and little texture, on pale paper or not."""
    areas = {"edged": 0.9, "flat": 0.6, "line": 0.02, "light": 0.97, "paper": 0.2}
    for bias, lines in ((0.02, 0.0), (0.26, 1.0)):
        preset = resolved(analysis("storybook", **areas, line_bias=bias))
        assert (preset.model.flatten, preset.loss.restore) == (0.3, 8.0)
        assert preset.lines.amount == lines
        assert preset.washes.amount == 0


@pytest.mark.parametrize(
    ("name", "shading", "is_cast", "paired", "tones"),
    [
        ("ukiyoe", 0.6, True, False, 7),
        ("ukiyoe", 0.9, True, False, 0),  # shaded
        ("ukiyoe", 0.1, False, False, 0),  # the color start brings its inks
        ("ukiyoe", 0.1, True, True, 0),  # the painted versions say it
        ("vangogh", 0.1, True, False, 0),  # no areas
    ],
)
def test_areas_of_one_tone_in_inks_of_their_own_are_printed_in_few_tones(
    name: str, shading: float, is_cast: bool, paired: bool, tones: int
) -> None:
    found = replace(analysis(name), shading=shading, is_cast=is_cast, paired=paired)
    preset = resolved(found)
    assert preset.model.tones == tones
    assert (preset.loss.variation > 0) == (tones > 0)  # nothing is drawn within such areas
    assert preset.loss.restore_light == (0.0 if tones else 0.2)  # no pale rings by dark outlines


@pytest.mark.parametrize(
    ("ink", "line", "colored", "contour"),
    [(0.12, 0.05, 0.0, 0.3), (0.27, 0.1, 0.5, 0.5), (0.5, 0.3, 1.0, 0.7)],
)
def test_outlines_are_as_black_as_the_lines_of_the_art_and_as_many(
    ink: float, line: float, colored: float, contour: float
) -> None:
    lines = resolved(analysis("ukiyoe", ink=ink, line=line)).lines
    assert lines.colored == pytest.approx(colored)
    assert lines.contour == pytest.approx(contour)


@pytest.mark.parametrize(("chroma", "monochrome"), [(0.8, True), (14.0, False)])
def test_toned_keys_keep_their_tone_and_gray_ones_make_a_gray_look(
    chroma: float, monochrome: bool
) -> None:
    art = replace(TYPICAL["pictorialists"], chroma=chroma, cast=chroma)
    found = ArtAnalysis(2, (art,), (TYPICAL["photos"],), paired=True)
    assert resolved(found).model.monochrome == monochrome


def test_crayon_gets_no_lines_whether_paper_shows_or_not_and_says_why() -> None:
    dark = {"flat": 0.05, "paper": 0.02, "marked": 0.98, "parallel": 0.18}
    for found in (analysis("lithograph"), analysis("lithograph", **dark)):
        chosen = {each.key: each for each in choose(found, LOOK)}
        assert found.grainy
        assert [key for key in chosen if key.startswith("lines.")] == ["lines.amount"]
        assert chosen["lines.amount"].value == 0.0
        assert chosen["lines.amount"].found == f"{found.typical.parallel:.0%} of the marks parallel"
        assert resolved(found).train.marks == 0
        assert resolved(found).loss.variation == 2.0  # clear skies stay clear
        assert "in grain" in dict(describe_art(found))["kind"]
    assert analysis("lithograph", parallel=0.5).hatched
    assert analysis("engraving", parallel=0.3).engraved  # lines that cross lie less one way


def test_grain_and_hatching_of_equal_grays_are_told_apart() -> None:
    kinds = {}
    for name, drawn in (("crayon", crayon_drawing), ("pencil", pencil_drawing)):
        art = tuple(measure_picture(drawn(seed)) for seed in range(4))
        kinds[name] = ArtAnalysis(4, art, (TYPICAL["photos"],))

    assert abs(kinds["crayon"].typical.middle - kinds["pencil"].typical.middle) < 0.05
    assert [name for name, kind in kinds.items() if kind.drawn] == ["crayon", "pencil"]
    assert [name for name, kind in kinds.items() if kind.grainy] == ["crayon"]
    assert [name for name, kind in kinds.items() if kind.hatched] == ["pencil"]


def test_marks_have_the_size_that_they_have_in_the_art_at_1080_lines() -> None:
    engraved = resolved(analysis("engraving", height=540, mark_width=2.5))
    assert engraved.lines.spacing == pytest.approx(1.6 * 2.5 * 2)
    painted = resolved(analysis("vangogh", height=540, mark_width=3.0))
    assert painted.strokes.size == pytest.approx(5 * 3.0 * 2)
    assert painted.strokes.calm == 0.5  # or skies come to the front
    huge = resolved(analysis("vangogh", height=108, mark_width=6.0))
    assert huge.strokes.size == 52  # the broadest brush of any look


def test_discriminators_see_lines_and_strokes_on_as_large_as_in_the_art() -> None:
    heights = {name: resolved(analysis(name)).train.marks for name in TYPICAL}
    assert heights["engraving"] == 672
    assert heights["pencil"] == 583
    assert heights["vangogh"] == 506
    assert heights["ukiyoe"] == heights["watercolor"] == heights["pictorialists"] == 0
    assert resolved(analysis("vangogh", height=256)).train.marks == 360
    assert resolved(replace(analysis("vangogh"), paired=True)).train.marks == 0


def test_marks_point_where_most_of_the_arts_do() -> None:
    # Twice 45 degrees has a cosine of 0 and a sine of 1.
    assert resolved(analysis("engraving", mark_cosine=0.0, mark_sine=0.6)).lines.angle == 45.0
    assert resolved(analysis("engraving", mark_cosine=0.0, mark_sine=-0.6)).lines.angle == -45.0
    assert resolved(analysis("engraving")).lines.angle == LOOK.lines.angle  # they lie all ways


def test_coarse_art_is_reduced_until_its_marks_are_fine() -> None:
    assert resolved(analysis("vangogh", mark_width=3.0)).data.art_scale == (0.9, 1.2)
    assert resolved(analysis("vangogh", mark_width=12.0)).data.art_scale == (0.45, 0.6)


def test_small_art_gets_smaller_crops() -> None:
    assert resolved(analysis("vangogh", height=150, width=400)).train.crop_size == 144
    assert resolved(analysis("vangogh", height=60, width=60)).train.crop_size == 96
    assert resolved(analysis("vangogh")).train.crop_size == 192


def test_frames_as_tall_as_the_paintings_of_pairs_are_seen_at_their_own_size() -> None:
    unpaired = analysis("vangogh", height=360)
    assert resolved(unpaired).scale.lines == 1080
    paired = resolved(replace(unpaired, paired=True)).scale
    assert brush_scale(None, paired, 360, 640) == 1.0
    assert brush_scale(None, paired, 90, 160) == 0.5  # a quarter of the height, by its root
    assert "scale.lines" not in written_keys(load_preset("look"))


def test_color_follows_how_far_the_palette_is_from_the_photos() -> None:
    vivid = resolved(analysis("vangogh")).loss  # 28.7 / 16.4
    tinted = resolved(analysis("watercolor")).loss
    near = resolved(analysis("storybook", cast=6.0)).loss
    on_paper = resolved(analysis("watercolor", cast=9.0)).loss
    assert (vivid.palette, vivid.color) == (0.5, 2.0)
    assert (tinted.palette, tinted.color) == (0.2, 4.0)
    assert (near.palette, near.color) == (0.25, 2.0)
    assert (on_paper.palette, on_paper.color) == (0.2, 4.0)


def test_tone_weighs_less_where_the_tones_are_those_of_the_photos() -> None:
    assert resolved(analysis("storybook")).loss.tone == 1.0
    assert resolved(analysis("watercolor")).loss.tone == 2.0
    assert resolved(analysis("engraving")).loss.tone == 2.0  # ink and paper always


def test_few_pictures_are_varied_more() -> None:
    assert resolved(analysis("ukiyoe", total=39)).augment.adaptive
    assert not resolved(analysis("ukiyoe", total=40)).augment.adaptive


def test_pairs_are_learned_by_their_own_weights() -> None:
    paired = replace(analysis("engraving"), paired=True)
    preset = resolved(paired)
    assert preset.data.photo_scale == (0.9, 1.0)
    assert not preset.model.color_start
    assert resolved(analysis("engraving")).model.color_start
    assert (preset.loss.texture, preset.loss.content) == (0.4, 0.1)
    assert preset.discriminator.channels == 16


def test_what_the_preset_writes_is_left_alone_and_told() -> None:
    mine = Preset.model_validate(
        {
            "name": "mine",
            "data": {**DATA, "art_scale": (0.5, 0.5)},
            "model": {"monochrome": False},
            "lines": {"amount": 0.0},
        }
    )
    choices = choose(analysis("engraving"), mine)
    preset = apply_choices(mine, choices)

    assert {each.key for each in choices if each.given} == {
        "data.art_scale",
        "model.monochrome",
        "lines.amount",
    }
    assert preset.data.art_scale == (0.5, 0.5)
    assert not preset.model.monochrome
    assert preset.lines.amount == 0.0
    assert preset.lines.form == 0.56  # not written: chosen


def test_a_value_that_is_written_as_its_default_is_written_all_the_same() -> None:
    default = Preset.model_validate({"name": "mine", "data": DATA, "loss": {"style": 2.0}})

    assert resolved(analysis("engraving"), default).loss.style == 2.0
    assert resolved(analysis("engraving")).loss.style == 3.0


def test_the_resolved_preset_is_complete_and_looks_no_more() -> None:
    preset = resolved(analysis("ukiyoe"))

    assert not preset.data.look_at_art
    assert preset.data.photos == "p"
    assert Preset.model_validate_json(preset.model_dump_json()) == preset


@pytest.mark.parametrize("name", TYPICAL)
def test_every_choice_is_a_key_of_presets_with_words_for_it(name: str) -> None:
    for found in (analysis(name), replace(analysis(name, height=100), paired=True)):
        for choice in (each for rule in RULES for each in rule(found)):
            table, key = choice.key.split(".")
            assert key in type(getattr(LOOK, table)).model_fields, choice.key
            assert choice.found
            assert choice.reason


def test_the_art_is_described_in_words() -> None:
    found = dict(describe_art(analysis("ukiyoe", total=5000)))

    assert found["pictures"] == "5,000, 1 looked at, about 473x649 pixels"
    assert found["kind"] == "colour, flat with outlines, tinted"
    assert found["tones"] == "0.07 / 0.67 / 0.90 (photos 0.09 / 0.42 / 0.87)"
    assert dict(describe_art(analysis("engraving")))["kind"].startswith("black and white, drawn")


def test_choices_in_words_are_as_a_preset_writes_them_by_table() -> None:
    choices = (
        Choice("model.monochrome", False, "", ""),
        Choice("model.abstraction", (2, 3), "", ""),
        Choice("loss.style", 3, "", "", given=True),
        Choice("lines.spacing", 6.5, "", ""),
        Choice("model.keep_detail", True, "", ""),
    )
    words = "model: monochrome false, abstraction [2, 3], keep_detail true; lines: spacing 6.5"
    assert in_words(choices) == words
