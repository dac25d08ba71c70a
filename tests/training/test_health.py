"""Signs of life, and what they mean."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganfx.models.discriminators import Verdicts
from ganfx.training import health
from ganfx.training.health import History, Reading, Vitals, diagnose

CPU = torch.device("cpu")
FAST = {"texture": False, "palette": False}
SLOW = {"texture": True, "palette": True}


def reading(**values: object) -> Reading:
    """A run that is well, but for ``values``."""
    well = {
        "steps": 10,
        "margin": 0.5,
        "accuracy": {"texture": 0.7, "palette": 0.6},
        "real_sign": 0.3,
        "contrast": 0.9,
        "grid": 0.001,
        "wrong": (),
    }
    return Reading(**{**well, **values})  # type: ignore[arg-type]


def logits(*values: float) -> Tensor:
    return torch.tensor(values).view(1, 1, 1, -1)


@pytest.mark.parametrize("kind", ["bce", "hinge"])
def test_logits_on_their_own_side_of_zero_are_right(kind: str) -> None:
    real = Verdicts(logits(1.0, 2.0, 3.0, -2.0), logits(-1.0, -1.0, -1.0, -1.0))
    fake = Verdicts(logits(-1.0, 1.0), logits(1.0, 1.0))

    statistics = health.verdict_statistics(kind, real, fake)  # type: ignore[arg-type]
    # Texture: margin 1 - 0, right 3 of 4 and 1 of 2, sign (3 - 1) / 4. Palette: all wrong.
    assert statistics.tolist() == pytest.approx([(1 - 2) / 2, 0.625, 0.0, (0.5 - 1) / 2])


def test_least_squares_decide_between_their_targets() -> None:
    same = logits(0.4, 0.6)
    statistics = health.verdict_statistics("lsgan", Verdicts(same, same), Verdicts(same, same))

    assert statistics.tolist() == pytest.approx([0.0, 0.5, 0.5, 0.0])


def test_relativistic_logits_are_judged_by_their_difference_alone() -> None:
    real, fake = logits(101.0, 103.0), logits(98.0, 102.5)  # the middle is 101.125
    both = Verdicts(real, real), Verdicts(fake, fake)
    statistics = health.verdict_statistics("relativistic", *both)

    assert statistics.tolist() == pytest.approx([1.75, 0.5, 0.5, 0.0])


@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.sampled_from([2, 4, 8]))
@settings(max_examples=20, deadline=None)
def test_a_ramp_leaves_no_trace_of_a_grid(across: float, down: float, stride: int) -> None:
    y, x = torch.meshgrid(torch.arange(32.0), torch.arange(48.0), indexing="ij")
    means = health.phase_means((across * x + down * y).view(1, 1, 32, 48), stride)

    assert means.shape == (stride, stride)
    assert float(means.std(correction=0)) < 1e-5


def test_stripes_of_the_stride_deviate_by_their_height() -> None:
    stripes = torch.tensor([0.1, -0.1]).repeat(16).expand(2, 1, 32, 32)

    assert float(health.phase_means(stripes, 2).std(correction=0)) == pytest.approx(0.1)
    assert float(health.phase_means(stripes, 8).std(correction=0)) == pytest.approx(0.1)


def test_texture_that_is_not_bound_to_the_grid_averages_out() -> None:
    torch.manual_seed(0)
    texture = 0.3 * torch.randn(16, 1, 64, 64)

    assert float(health.phase_means(texture, 4).std(correction=0)) < 0.01
    assert health.phase_means(texture, 1).tolist() == [[0.0]]


def test_a_reading_is_the_mean_over_its_steps() -> None:
    vitals = Vitals(2, CPU)
    torch.manual_seed(0)
    photo = torch.rand(2, 3, 32, 32)
    for margin in (1.0, 3.0):
        vitals.note_verdicts(torch.tensor([margin, 0.9, 0.7, 0.4]))
        vitals.note_pictures(photo, 0.5 * photo, 1.0)
        vitals.note_step({"texture": torch.tensor(1.0)})

    found = vitals.read()
    assert (found.steps, found.margin, found.wrong) == (2, 2.0, ())
    assert found.accuracy == pytest.approx({"texture": 0.9, "palette": 0.7})
    assert found.real_sign == pytest.approx(0.4)
    assert found.contrast == pytest.approx(0.5, abs=1e-4)
    assert vitals.read().steps == 0


def test_parts_of_a_batch_count_by_their_share() -> None:
    vitals = Vitals(2, CPU)
    torch.manual_seed(0)
    photo = torch.rand(4, 3, 32, 32)
    vitals.note_pictures(photo[:3], photo[:3], 0.75)
    vitals.note_pictures(photo[3:], photo[3:], 0.25)
    vitals.note_step({"texture": torch.tensor(1.0)})
    whole = Vitals(2, CPU)
    whole.note_pictures(photo, photo, 1.0)
    whole.note_step({"texture": torch.tensor(1.0)})

    for ours, theirs in zip(vitals.tensors(), whole.tensors(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_a_flat_photo_has_no_contrast_to_lose() -> None:
    vitals = Vitals(2, CPU)
    flat = torch.full((1, 3, 32, 32), 0.3)
    vitals.note_pictures(flat, flat, 1.0)
    vitals.note_step({"texture": torch.tensor(1.0)})

    assert vitals.read().contrast == 1.0


def test_only_what_goes_wrong_first_is_named() -> None:
    vitals = Vitals(2, CPU)
    nan, fine = torch.tensor(float("nan")), torch.tensor(1.0)
    vitals.note_step({"texture": fine, "content": fine, "style": fine})
    vitals.note_step({"texture": fine, "content": torch.tensor(float("inf")), "style": fine})
    vitals.note_step({"texture": nan, "content": nan, "style": nan})
    assert float(vitals.finite) == 0.0

    assert vitals.read().wrong == ("content",)
    assert float(vitals.finite) == 1.0


def test_pictures_after_a_failure_do_not_hide_its_cause() -> None:
    vitals, photo = Vitals(2, CPU), torch.rand(1, 3, 32, 32)
    vitals.note_pictures(photo, photo, 1.0)
    vitals.note_step({"content": torch.tensor(float("nan"))})
    vitals.note_pictures(photo, photo * float("nan"), 1.0)
    vitals.note_step({"content": torch.tensor(float("nan"))})

    assert vitals.read().contrast == pytest.approx(1.0)


def test_signs_are_noted_without_reading_the_device() -> None:
    class NoReading(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            assert func is not torch.ops.aten._local_scalar_dense.default
            return func(*args, **(kwargs or {}))

    vitals, photo = Vitals(4, CPU), torch.rand(2, 3, 32, 32)
    verdicts = Verdicts(torch.randn(2, 1, 8, 8), torch.randn(2, 1, 2, 2))
    with NoReading():
        vitals.note_verdicts(health.verdict_statistics("bce", verdicts, verdicts))
        vitals.note_pictures(photo, photo, 1.0)
        vitals.note_step({"texture": photo.mean()})
        with pytest.raises(AssertionError):  # or the test would prove nothing
            float(vitals.finite)


def test_sums_survive_a_checkpoint_between_two_readings() -> None:
    vitals, restored = Vitals(2, CPU), Vitals(2, CPU)
    vitals.note_verdicts(torch.tensor([2.0, 0.9, 0.7, 0.4]))
    vitals.note_step({"texture": torch.tensor(1.0)})
    restored.load_state_dict(vitals.state_dict())

    assert restored.read() == vitals.read()


def test_a_run_that_is_well_has_no_trouble() -> None:
    history = History()

    assert diagnose(reading(), history, SLOW) is None
    assert history.is_clean


@pytest.mark.parametrize(
    ("wrong", "key"),
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
def test_what_is_no_number_points_to_its_key(wrong: tuple[str, ...], key: str) -> None:
    trouble = diagnose(reading(wrong=wrong), History(), FAST)

    assert trouble is not None
    assert trouble.key == key
    assert "number" in trouble.cause


def test_pictures_beyond_measure_are_to_blame_for_what_is_computed_from_them() -> None:
    wrong = ("the gradient of the discriminators", "the gradient of the generator")
    for contrast in (1e10, float("inf"), float("nan")):
        trouble = diagnose(reading(wrong=wrong, contrast=contrast), History(), FAST)
        assert trouble is not None
        assert trouble.key == "train.generator_lr"


def test_a_discriminator_has_won_when_it_never_fails_for_long_though_it_is_slow() -> None:
    history, won = History(), reading(accuracy={"texture": 1.0, "palette": 0.5}, margin=9.0)
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
    history, ill = History(), reading(**values)
    found = [diagnose(r, history, FAST) for r in (ill, ill, reading(), ill, ill)]
    assert found == [None] * 5
    assert not history.is_clean

    trouble = diagnose(ill, history, FAST)
    assert trouble is not None
    assert trouble.key == key
    assert says in trouble.cause
