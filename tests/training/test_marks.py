"""Marks in the training loop: what the discriminators see, and which way gradients go."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from ganfx.preset import LinesConfig, Preset, StrokesConfig, WashesConfig
from ganfx.stylize.effects.effect import Place
from ganfx.stylize.effects.strokes import add_strokes
from ganfx.training import step
from ganfx.training.crops import Crops
from ganfx.training.data import Batch
from ganfx.training.marks import with_marks
from ganfx.training.state import State, new_state
from ganfx.training.step import take_step

CPU = torch.device("cpu")
LINES = 540


def marked(preset: Preset, **tables: object) -> Preset:
    train = preset.train.model_copy(update={"marks": LINES})
    return preset.model_copy(update={"train": train, **tables})


def pictures(count: int = 2, side: int = 64) -> Tensor:
    noise = torch.rand(count, 3, side // 8, side // 8, generator=torch.manual_seed(3))
    return torch.nn.functional.interpolate(noise * 2 - 1, scale_factor=8, mode="bilinear")


def test_finished_pictures_have_the_marks_that_a_frame_of_that_height_gets(
    preset: Preset,
) -> None:
    strokes = StrokesConfig(amount=0.7, size=30.0)
    fake = pictures()
    torch.manual_seed(11)
    finished = with_marks(marked(preset, strokes=strokes), fake)

    torch.manual_seed(11)
    seeds = torch.randint(2**31, (2,)).tolist()
    for one, picture, seed in zip(finished, fake, seeds, strict=True):
        rgb = np.ascontiguousarray(picture.permute(1, 2, 0).numpy()) / 2 + 0.5
        expected = add_strokes(rgb.astype(np.float32), strokes, Place(LINES, seed=seed))
        assert np.abs(one.permute(1, 2, 0).numpy() / 2 + 0.5 - expected).max() < 1e-5


def test_without_marks_a_picture_is_finished_as_it_is(preset: Preset) -> None:
    fake = pictures()
    bare = marked(preset, strokes=StrokesConfig(), lines=LinesConfig(), washes=WashesConfig())
    assert with_marks(bare, fake) is fake


@pytest.mark.parametrize(
    "table",
    [
        {"strokes": StrokesConfig(amount=1.0)},
        {"lines": LinesConfig(amount=1.0)},
        {"washes": WashesConfig(amount=1.0)},
        {"strokes": StrokesConfig(amount=1.0), "lines": LinesConfig(amount=1.0)},
    ],
)
def test_gradients_go_round_marks_as_through_a_blur(
    preset: Preset, table: dict[str, object]
) -> None:
    """A pull at one pixel becomes a pull of the same sum, spread about it."""
    fake = pictures(1).requires_grad_(True)
    finished = with_marks(marked(preset, **table), fake)
    finished[0, 1, 32, 32].backward()  # type: ignore[no-untyped-call]

    assert fake.grad is not None
    pull = fake.grad[0]
    assert float(pull.sum()) == pytest.approx(1.0, abs=1e-4)
    assert float(pull[[0, 2]].abs().max()) == 0.0
    assert 0 < float(pull[1, 32, 32]) == float(pull.max()) < 0.9
    assert float(pull[1, 32, 30]) == pytest.approx(float(pull[1, 34, 32]), rel=1e-4)


def test_lines_over_paint_leave_gradients_where_they_are(preset: Preset) -> None:
    fake = pictures(1).requires_grad_(True)
    contours = LinesConfig(amount=1.0, over=1.0, contour=0.5)
    with_marks(marked(preset, lines=contours), fake)[0, 0, 20, 20].backward()  # type: ignore[no-untyped-call]
    assert fake.grad is not None
    assert float(fake.grad[0, 0, 20, 20]) == pytest.approx(1.0)


def test_discriminators_and_texture_see_marks_and_the_photo_terms_do_not(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Tensor] = []
    compared: list[Tensor] = []
    monkeypatch.setattr(
        step, "with_marks", lambda preset, fake: torch.full_like(fake, 0.25) + 0 * fake
    )
    monkeypatch.setattr(step, "_augmented", lambda state, image: seen.append(image) or image)
    picture_terms = step.picture_terms

    def watched(state: State, crops: Crops) -> dict[str, Tensor]:
        compared.extend(crops.made)
        return picture_terms(state, crops)

    monkeypatch.setattr(step, "picture_terms", watched)
    batch = Batch(*(torch.randint(256, (2, 3, 64, 64), dtype=torch.uint8) for _ in range(2)), None)
    take_step(new_state(marked(preset, strokes=StrokesConfig(amount=1.0)), CPU), batch)

    assert all(bool((image[-2:] == 0.25).all()) for image in seen)
    bare, finished = compared
    assert bool((finished == 0.25).all())
    assert not bool((bare == 0.25).any())


def test_a_run_that_shows_no_marks_draws_no_seeds(preset: Preset) -> None:
    """So that it is, to the bit, the run that it was before there were marks."""
    strokes = {"strokes": StrokesConfig(amount=1.0)}
    batch = Batch(*(torch.randint(256, (2, 3, 64, 64), dtype=torch.uint8) for _ in range(2)), None)
    states = [new_state(p, CPU) for p in (preset, preset.model_copy(update=strokes))]
    for state in states:
        take_step(state, batch)
    pairs = zip(*(state.generator.parameters() for state in states), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)
