"""Flat tones: even steps of luma, chroma as it is."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from ganfx.models.flat_tones import SHARPNESS, FlatTones
from ganfx.models.image import luma, luma_chroma


def gray(*values: float) -> Tensor:
    return torch.tensor(values).view(1, 1, 1, -1).expand(1, 3, 1, -1)


def test_no_tones_leave_a_photo_as_it_is() -> None:
    photo = gray(-1.0, 0.3)
    assert FlatTones(0)(photo) is photo


def test_tones_and_the_middles_between_them_stay_and_what_is_near_a_tone_goes_to_it() -> None:
    """Five tones are -1, -0.5, 0, 0.5 and 1."""
    stay = gray(-1.0, -0.75, -0.5, 0.0, 0.25, 1.0)
    assert FlatTones(5)(stay)[0, 0, 0].tolist() == pytest.approx(stay[0, 0, 0].tolist(), abs=1e-6)

    near = FlatTones(5)(gray(0.125, 0.375))[0, 0, 0].tolist()
    way = 0.25 * (1 - math.tanh(SHARPNESS / 4) / math.tanh(SHARPNESS / 2))  # a quarter of the step
    assert near == pytest.approx([way, 0.5 - way], abs=1e-6)
    assert way < 0.002


@given(count=st.integers(2, 32), level=st.floats(-1, 1), brighter=st.floats(0, 1))
def test_tones_rise_with_the_photo_by_half_a_step_at_most(
    count: int, level: float, brighter: float
) -> None:
    photo = gray(level, min(level + brighter, 1.0))
    dark, light = FlatTones(count)(photo)[0, 0, 0].tolist()
    assert light >= dark - 1e-6
    assert abs(dark - level) <= 1 / (count - 1) + 1e-6


def test_chroma_stays_and_pixels_do_not_see_each_other() -> None:
    torch.manual_seed(0)
    photo = torch.rand(2, 3, 8, 9) * 2 - 1
    toned = FlatTones(6)(photo)

    assert torch.allclose(luma_chroma(toned)[:, 1:], luma_chroma(photo)[:, 1:], atol=1e-5)
    assert not torch.allclose(luma(toned), luma(photo), atol=1e-2)
    assert torch.equal(FlatTones(6)(photo[..., 2:5, 3:]), toned[..., 2:5, 3:])


def test_half_precision_comes_out_in_full() -> None:
    toned = FlatTones(4)(gray(0.1, 0.6).bfloat16())
    assert toned.dtype == torch.float32
