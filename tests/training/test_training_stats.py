"""Training statistics: summed on the device, and read."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from ganfx.models.discriminators import PatchLogits
from ganfx.training.losses import ADVERSARIAL_LOSSES
from ganfx.training.training_stats import StatsCollector, logit_statistics, phase_means

CPU = torch.device("cpu")
MEANS = {"texture": torch.tensor(-0.5), "palette": torch.tensor(1.0)}


def statistics(*, margin: float) -> dict[str, Tensor]:
    """As `logit_statistics` makes them."""
    values = {"margin": margin, "sign": 0.4, "accuracy_texture": 0.9, "accuracy_palette": 0.7}
    values |= {"mean_texture": 0.0, "mean_palette": 1.0}
    values |= {"variance_texture": 4.0, "variance_palette": 1.0}
    return {name: torch.tensor(value) for name, value in values.items()}


def both(texture: Tensor, palette: Tensor) -> PatchLogits:
    return {"texture": texture, "palette": palette}


def logits(*values: float) -> Tensor:
    return torch.tensor(values).view(1, 1, 1, -1)


@pytest.mark.parametrize("kind", ["bce", "hinge"])
def test_logits_on_their_own_side_of_zero_are_right(kind: str) -> None:
    real = both(logits(1.0, 2.0, 3.0, -2.0), logits(-1.0, -1.0, -1.0, -1.0))
    fake = both(logits(-1.0, 1.0), logits(1.0, 1.0))

    found = logit_statistics(ADVERSARIAL_LOSSES[kind], real, fake)  # type: ignore[arg-type]
    # Texture: margin 1 - 0, right 3 of 4 and 1 of 2, sign (3 - 1) / 4. Palette: all wrong.
    assert {name: float(value) for name, value in found.items()} == pytest.approx(
        {
            "margin": (1 - 2) / 2,
            "sign": (0.5 - 1) / 2,
            "accuracy_texture": 0.625,
            "accuracy_palette": 0.0,
            "mean_texture": 0.0,
            "mean_palette": 1.0,
            "variance_texture": 1.0,
            "variance_palette": 0.0,
        }
    )


def test_least_squares_decide_between_their_targets() -> None:
    same = logits(0.4, 0.6)
    found = logit_statistics(ADVERSARIAL_LOSSES["lsgan"], both(same, same), both(same, same))

    assert float(found["accuracy_texture"]) == 0.5
    assert float(found["sign"]) == 0.0


def test_relativistic_logits_are_judged_by_their_difference_alone() -> None:
    real, fake = logits(101.0, 103.0), logits(98.0, 102.5)  # the middle is 101.125
    pair = both(real, real), both(fake, fake)
    found = logit_statistics(ADVERSARIAL_LOSSES["relativistic"], *pair)

    assert float(found["margin"]) == pytest.approx(1.75)
    assert float(found["accuracy_palette"]) == 0.5
    assert float(found["sign"]) == 0.0


@given(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02), st.sampled_from([2, 4, 8]))
@settings(max_examples=20)
def test_a_ramp_leaves_no_trace_of_a_grid(across: float, down: float, stride: int) -> None:
    y, x = torch.meshgrid(torch.arange(32.0), torch.arange(48.0), indexing="ij")
    means = phase_means((across * x + down * y).view(1, 1, 32, 48), stride)

    assert means.shape == (stride, stride)
    assert float(means.std(correction=0)) < 1e-5


def test_stripes_of_the_stride_deviate_by_their_height() -> None:
    stripes = torch.tensor([0.1, -0.1]).repeat(16).expand(2, 1, 32, 32)

    assert float(phase_means(stripes, 2).std(correction=0)) == pytest.approx(0.1)
    assert float(phase_means(stripes, 8).std(correction=0)) == pytest.approx(0.1)


def test_texture_that_is_not_bound_to_the_grid_averages_out() -> None:
    torch.manual_seed(0)
    texture = 0.3 * torch.randn(16, 1, 64, 64)

    assert float(phase_means(texture, 4).std(correction=0)) < 0.01
    assert phase_means(texture, 1).tolist() == [[0.0]]


def test_a_reading_is_the_mean_over_its_steps() -> None:
    collector = StatsCollector(2, CPU)
    torch.manual_seed(0)
    photo = torch.rand(2, 3, 32, 32)
    for margin in (1.0, 3.0):
        collector.note_logits(statistics(margin=margin), MEANS)
        collector.note_pictures(photo, 0.5 * photo, 1.0)
        collector.note_step({"texture": torch.tensor(1.0)})

    found = collector.read()
    assert (found.steps, found.margin, found.non_finite) == (2, 2.0, ())
    assert found.accuracy == pytest.approx({"texture": 0.9, "palette": 0.7})
    # Half a logit in one step, of logits whose deviation is 2; the palette's stay.
    assert found.logit_shift == pytest.approx({"texture": 0.25, "palette": 0.0})
    assert found.real_sign == pytest.approx(0.4)
    assert found.contrast == pytest.approx(0.5, abs=1e-4)
    assert collector.read().steps == 0


def test_parts_of_a_batch_count_by_their_share() -> None:
    collector = StatsCollector(2, CPU)
    torch.manual_seed(0)
    photo = torch.rand(4, 3, 32, 32)
    collector.note_pictures(photo[:3], photo[:3], 0.75)
    collector.note_pictures(photo[3:], photo[3:], 0.25)
    collector.note_step({"texture": torch.tensor(1.0)})
    whole = StatsCollector(2, CPU)
    whole.note_pictures(photo, photo, 1.0)
    whole.note_step({"texture": torch.tensor(1.0)})

    for ours, theirs in zip(collector.tensors(), whole.tensors(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6)


def test_a_flat_photo_has_no_contrast_to_lose() -> None:
    collector = StatsCollector(2, CPU)
    flat = torch.full((1, 3, 32, 32), 0.3)
    collector.note_pictures(flat, flat, 1.0)
    collector.note_step({"texture": torch.tensor(1.0)})

    assert collector.read().contrast == 1.0


def test_only_what_goes_wrong_first_is_named() -> None:
    collector = StatsCollector(2, CPU)
    nan, fine = torch.tensor(float("nan")), torch.tensor(1.0)
    collector.note_step({"texture": fine, "content": fine, "style": fine})
    collector.note_step({"texture": fine, "content": torch.tensor(float("inf")), "style": fine})
    collector.note_step({"texture": nan, "content": nan, "style": nan})
    assert float(collector.finite) == 0.0

    assert collector.read().non_finite == ("content",)
    assert float(collector.finite) == 1.0


def test_pictures_after_a_failure_do_not_hide_its_cause() -> None:
    collector, photo = StatsCollector(2, CPU), torch.rand(1, 3, 32, 32)
    collector.note_pictures(photo, photo, 1.0)
    collector.note_step({"content": torch.tensor(float("nan"))})
    collector.note_pictures(photo, photo * float("nan"), 1.0)
    collector.note_step({"content": torch.tensor(float("nan"))})

    assert collector.read().contrast == pytest.approx(1.0)


def test_statistics_are_noted_without_reading_the_device() -> None:
    class NoReading(TorchDispatchMode):
        def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            assert func is not torch.ops.aten._local_scalar_dense.default
            return func(*args, **(kwargs or {}))

    collector, photo = StatsCollector(4, CPU), torch.rand(2, 3, 32, 32)
    logits = both(torch.randn(2, 1, 8, 8), torch.randn(2, 1, 2, 2))
    with NoReading():
        collector.note_logits(logit_statistics(ADVERSARIAL_LOSSES["bce"], logits, logits), MEANS)
        collector.note_pictures(photo, photo, 1.0)
        collector.note_step({"texture": photo.mean()})
        with pytest.raises(AssertionError):  # or the test would prove nothing
            float(collector.finite)


def test_sums_survive_a_checkpoint_between_two_readings() -> None:
    collector, restored = StatsCollector(2, CPU), StatsCollector(2, CPU)
    collector.note_logits(statistics(margin=2.0), MEANS)
    collector.note_step({"texture": torch.tensor(1.0)})
    restored.load_state_dict(collector.state_dict())

    assert restored.read() == collector.read()
