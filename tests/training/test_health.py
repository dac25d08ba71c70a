"""What can go non_finite with a run, and the key to blame."""

from __future__ import annotations

import pytest

from ganfx.training import health
from ganfx.training.health import History, diagnose
from ganfx.training.training_stats import TrainingStats

FAST = {"texture": False, "palette": False}
SLOW = {"texture": True, "palette": True}


def stats(**values: object) -> TrainingStats:
    """A run that is well, but for ``values``."""
    well = {
        "steps": 10,
        "margin": 0.5,
        "accuracy": {"texture": 0.7, "palette": 0.6},
        "logit_shift": {"texture": 0.1, "palette": 0.2},
        "real_sign": 0.3,
        "contrast": 0.9,
        "grid": 0.001,
        "non_finite": (),
    }
    return TrainingStats(**{**well, **values})  # type: ignore[arg-type]


def test_a_run_that_is_well_has_no_trouble() -> None:
    history = History()

    assert diagnose(stats(), history, SLOW) is None
    assert history.is_clean


@pytest.mark.parametrize(
    ("non_finite", "key"),
    [
        (("content",), "loss.content"),
        (("style", "gram"), "loss.style"),
        (("d_texture", "texture", "content", "pictures"), "train.generator_lr"),
        (("the gradient of the generator",), "train.generator_lr"),
        (("content", "the gradient of the generator"), "loss.content"),
        (("d_texture", "d_margin", "texture"), "train.discriminator_lr"),
        (("texture", "palette"), "train.discriminator_lr"),
        (("the gradient of the discriminators",), "train.discriminator_lr"),
    ],
)
def test_what_is_no_number_points_to_its_key(non_finite: tuple[str, ...], key: str) -> None:
    trouble = diagnose(stats(non_finite=non_finite), History(), FAST)

    assert trouble is not None
    assert trouble.key == key
    assert "number" in trouble.cause


def test_pictures_beyond_measure_are_to_blame_for_what_is_computed_from_them() -> None:
    non_finite = ("the gradient of the discriminators", "the gradient of the generator")
    for contrast in (1e10, float("inf"), float("nan")):
        trouble = diagnose(stats(non_finite=non_finite, contrast=contrast), History(), FAST)
        assert trouble is not None
        assert trouble.key == "train.generator_lr"


def test_a_discriminator_has_won_when_it_never_fails_for_long_though_it_is_slow() -> None:
    history, won = History(), stats(accuracy={"texture": 1.0, "palette": 0.5}, margin=9.0)
    readings = health.SATURATED_FOR // 10
    assert all(diagnose(won, history, FAST) is None for _ in range(2 * readings))
    assert all(diagnose(won, history, SLOW) is None for _ in range(readings - 1))
    assert not history.is_clean

    trouble = diagnose(won, history, SLOW)
    assert trouble is not None
    assert trouble.key == "train.discriminator_lr"
    assert "texture discriminator" in trouble.cause
    assert "for 500 steps (margin 9.0)" in trouble.cause


@pytest.mark.parametrize(
    ("values", "key", "says"),
    [
        ({"contrast": 0.01}, "train.generator_lr", "faded to one tone: 0.01"),
        ({"contrast": 50.0}, "train.generator_lr", "lost all measure: 50"),
        ({"grid": 0.1}, "loss.texture", "network's grid, 13 of 255 high"),
    ],
)
def test_what_may_be_chance_must_last_three_readings(
    values: dict[str, float], key: str, says: str
) -> None:
    history, ill = History(), stats(**values)
    found = [diagnose(r, history, FAST) for r in (ill, ill, stats(), ill, ill)]
    assert found == [None] * 5
    assert not history.is_clean

    trouble = diagnose(ill, history, FAST)
    assert trouble is not None
    assert trouble.key == key
    assert says in trouble.cause
