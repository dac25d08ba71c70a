"""The colors that a run begins with."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from ganfx.models.color_start import CELLS, KNOTS, REACH, ColorStart
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig, Preset
from ganfx.training.color_start import IS_CAST, fit_colors, measure_colors, start_colors, trust_in
from ganfx.training.color_statistics import GRID
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.losses import TONE_AREA
from ganfx.training.state import new_state

CPU = torch.device("cpu")
NO_TABLE = torch.zeros(3, CELLS, CELLS, CELLS)
Floats = NDArray[np.float64]


def colors(seed: int, low: float = -0.8, high: float = 0.8, pictures: int = 40) -> Floats:
    """``(N, 16, 16, 3)``: colors of areas, in [-1, 1], every channel by itself."""
    return np.random.default_rng(seed).uniform(low, high, (pictures, 16, 16, 3))


def as_set(areas: Floats) -> PictureSet:
    codes = np.clip((areas + 1) * 127.5 + 0.5, 0, 255).astype(np.uint8)
    large = codes.repeat(TONE_AREA, axis=1).repeat(TONE_AREA, axis=2)
    return PictureSet(tuple(large), "made here")


def both(photos: Floats, art: Floats) -> TrainingSet:
    return TrainingSet(as_set(photos), as_set(art), None)


def recolored(pictures: TrainingSet, areas: Floats) -> Floats:
    start = ColorStart()
    start.fit(*fit_colors(pictures).tensors())
    tensor = torch.from_numpy(areas).permute(0, 3, 1, 2).float()
    result: Floats = start(tensor).permute(0, 2, 3, 1).double().numpy()
    return result


def test_a_start_that_is_not_fitted_leaves_colors_alone() -> None:
    photo = torch.rand(1, 3, 8, 8) * 2.4 - 1.2  # beyond the ends, too
    assert torch.allclose(ColorStart()(photo), photo, atol=1e-6)


def test_a_curve_then_a_matrix_as_worked_out_by_hand() -> None:
    """Gray 0.5 becomes 0 by the curve; red is doubled, blue gets 0.3 of it, all 0.1 on top."""
    start = ColorStart()
    grays = torch.linspace(-1, 1, KNOTS)
    matrix = torch.tensor([[2.0, 0, 0], [0, 1, 0], [0.3, 0, 1]])
    start.fit(grays - 0.5, matrix, torch.full((3,), 0.1), NO_TABLE)
    made = start(torch.tensor([0.5, 0.5, 0.5]).reshape(1, 3, 1, 1)).flatten()
    assert made.tolist() == pytest.approx([0.1, 0.1, 0.1], abs=1e-6)
    # A red of luma 0.2126 - 0.7874 = -0.5748: the curve takes 0.5 from every channel.
    made = start(torch.tensor([1.0, -1.0, -1.0]).reshape(1, 3, 1, 1)).flatten()
    assert made.tolist() == pytest.approx([1.1, -1.4, 0.3 * 0.5 - 1.5 + 0.1], abs=1e-5)


def test_beyond_its_ends_a_curve_goes_on_as_it_ended() -> None:
    start = ColorStart()
    start.fit(torch.linspace(-1, 1, KNOTS) * 0.5, torch.eye(3), torch.zeros(3), NO_TABLE)
    made = start(torch.full((1, 3, 1, 1), 1.5))
    assert float(made.mean()) == pytest.approx(0.75, abs=1e-6)


def test_a_table_adds_what_it_has_at_a_color_and_between_its_points_in_proportion() -> None:
    """Red and blue of (red index 20, green 2, blue 12), which are at 0.8, -1 and 0."""
    start = ColorStart()
    table = NO_TABLE.clone()
    table[:, 20, 2, 12] = torch.tensor([0.4, 0.0, -0.2])
    start.fit(start.curve, start.matrix, start.offset, table)
    assert start(torch.tensor([0.8, -1.0, 0.0]).reshape(1, 3, 1, 1)).flatten().tolist() == (
        pytest.approx([1.2, -1.0, -0.2], abs=1e-5)
    )
    half = 0.5 * 2 * REACH / (CELLS - 1)  # of the way to the next point
    made = start(torch.tensor([0.8, -1.0, half]).reshape(1, 3, 1, 1)).flatten()
    assert made.tolist() == pytest.approx([1.0, -1.0, half - 0.1], abs=1e-5)
    far = start(torch.tensor([0.8, -3.0, 0.0]).reshape(1, 3, 1, 1)).flatten()
    assert far.tolist() == pytest.approx([0.8, -3.0, 0.0], abs=1e-5)


def test_tones_and_palette_of_the_art_are_met_where_both_show_the_same() -> None:
    """Art that is the photos with a curve, then another balance of channels."""
    photos = colors(1)
    art = 0.6 * colors(2) * np.array([1.0, 0.7, 0.5]) + np.array([0.2, 0.1, -0.1])
    made = recolored(both(photos, art), photos).reshape(-1, 3)
    wanted = art.reshape(-1, 3)
    before = np.abs(photos.reshape(-1, 3).mean(0) - wanted.mean(0))
    assert (np.abs(made.mean(0) - wanted.mean(0)) < 0.1 * before).all()
    assert made.std(0) == pytest.approx(wanted.std(0), rel=0.1)


def test_gray_art_takes_color_away() -> None:
    gray = colors(3)[..., :1].repeat(3, axis=-1)
    made = recolored(both(colors(4), gray), colors(5))
    assert np.ptp(made, axis=-1).max() < 0.02


def test_of_art_in_two_inks_the_photos_get_those_two() -> None:
    """Lights and darks become one ink each: a linear map would leave all tones between."""
    inks = np.where(colors(21).mean(axis=-1, keepdims=True) > 0, 0.6, -0.5).repeat(3, axis=-1)
    photos = colors(22)
    made = recolored(both(photos, inks), photos).reshape(-1, 3)
    apart = [np.abs(made - ink).max(axis=1) for ink in (0.6, -0.5)]
    assert float((np.minimum(*apart) < 0.1).mean()) > 0.8


def test_equal_sets_change_nothing() -> None:
    photos = colors(6)
    assert recolored(both(photos, photos), photos) == pytest.approx(photos, abs=0.02)


def test_what_would_be_a_tint_is_left_out_and_told(preset: Preset) -> None:
    """Photos of blue things and art of orange ones: both have gray and black in them."""
    blue, orange = (colors(seed, -0.3, 0.3) for seed in (7, 8))
    blue[..., 2] += 0.5
    orange[..., 2] -= 0.5
    for areas in (blue, orange):  # lights and darks have no color of their own
        areas[:, :4] = np.linspace(-0.9, -0.8, 16)[:, None]
        areas[:, -4:] = np.linspace(0.8, 0.9, 16)[:, None]
    pictures = both(blue, orange)
    fitted = fit_colors(pictures)
    assert fitted.is_cast
    assert fitted.matrix @ np.ones(3) == pytest.approx(np.ones(3))  # gray stays gray
    assert fitted.offset == pytest.approx(np.zeros(3))

    state = new_state(with_start(preset), CPU)
    start_colors(state, pictures)
    assert state.notices == [IS_CAST]


def test_a_palette_with_lights_and_darks_of_its_own_is_no_tint() -> None:
    """Yellowed paper and brown ink: what white and black become."""
    paper = colors(9) * np.array([0.7, 0.6, 0.5]) + np.array([0.2, 0.1, -0.2])
    assert not fit_colors(both(colors(10), paper)).is_cast


def flat(*lumas: float) -> Floats:
    """Gray pictures of one tone each."""
    return np.array(lumas)[:, None, None, None] * np.ones((1, 16, 16, 3))


def test_what_may_be_chance_counts_less_as_worked_out_by_hand() -> None:
    """Means 0.4 apart; variances of means 0.0133 / 4 and 0.02 / 2: 0.16 of 0.16 + 0.0133."""
    pictures = both(flat(-0.1, 0.1, -0.1, 0.1), flat(0.3, 0.5))
    assert trust_in(pictures) == pytest.approx(0.16 / (0.16 + 0.04 / 3), abs=0.01)
    # Half of that distance to black and white, at equal variances: 0.04 of 0.04 + 0.0133.
    nearer = both(flat(-0.1, 0.1, -0.1, 0.1), flat(0.1, 0.3))
    assert trust_in(nearer) == pytest.approx(0.04 / (0.04 + 0.04 / 3), abs=0.02)
    fitted, whole = fit_colors(nearer), fit_colors(both(flat(0.0, 0.0), flat(0.2, 0.2)))
    grays = np.linspace(-1, 1, KNOTS)
    assert np.abs(fitted.curve - grays).max() < 0.76 * np.abs(whole.curve - grays).max()


def test_pairs_are_believed_and_equal_sets_are_left_alone() -> None:
    photos = as_set(colors(20, pictures=3))
    assert trust_in(TrainingSet(photos, None, as_set(0.5 * colors(20, pictures=3)))) == 1.0
    assert trust_in(TrainingSet(photos, photos, None)) == 0.0


def with_start(preset: Preset) -> Preset:
    return preset.model_copy(
        update={"model": preset.model.model_copy(update={"color_start": True})}
    )


def test_an_untrained_network_makes_the_photo_in_those_colors(preset: Preset) -> None:
    pictures = both(colors(13), 0.5 * colors(14) + 0.2)
    state = new_state(with_start(preset), CPU)
    start_colors(state, pictures)
    photo = torch.rand(1, 3, 32, 32) * 2 - 1
    for generator in (state.generator, state.averaged):
        assert torch.equal(generator(photo), generator.recolor(photo))
        assert not torch.allclose(generator(photo), photo, atol=0.05)


def test_what_is_left_to_do_is_measured_from_there(preset: Preset) -> None:
    """The art is the photos, darker and paler: after the start, tones and vividness fit."""
    photos = colors(15, pictures=60)
    gray = photos.mean(axis=-1, keepdims=True)
    pictures = both(photos, 0.5 * (gray + 0.4 * (photos - gray)) - 0.3)
    bare, begun = (new_state(p, CPU) for p in (preset, with_start(preset)))
    for state in (bare, begun):
        start_colors(state, pictures)
        measure_colors(state, pictures)
    assert bare.vividness == pytest.approx(0.2, abs=0.03)
    assert begun.vividness == pytest.approx(1.0, abs=0.3)
    level = torch.linspace(-1, 1, len(begun.tone_curve))
    inner = slice(len(level) // 3, len(level) // 2)
    assert float((begun.tone_curve - level)[inner].abs().max()) < 0.1
    assert float((bare.tone_curve - level)[inner].abs().max()) > 0.2
    assert GRID == TONE_AREA  # or pictures made of areas would be sampled between them


def test_a_monochrome_network_begins_with_the_luma_of_those_colors() -> None:
    generator = Generator(ModelConfig(monochrome=True, color_start=True))
    assert generator.color_start is not None
    generator.color_start.fit(
        torch.linspace(-1, 1, KNOTS) * 0.5, torch.eye(3), torch.zeros(3), NO_TABLE
    )
    photo = torch.full((1, 3, 16, 16), 0.8)
    assert torch.allclose(generator(photo), torch.full_like(photo, 0.4), atol=1e-6)
