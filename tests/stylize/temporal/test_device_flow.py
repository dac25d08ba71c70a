"""Optical flow on a device, of motion that is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import data

from ganfx.media.flow import flow_of_seen, seen
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stylize.temporal.device_flow import _sums, device_flow
from ganfx.stylize.temporal.device_refinement import _solved, _System

PHOTO = data.astronaut()


def view(top: int, left: int, height: int = 96, width: int = 128) -> torch.Tensor:
    cut = np.ascontiguousarray(PHOTO[top : top + height, left : left + width])
    return torch.from_numpy(seen(cut).astype(np.float32))


def between(first: torch.Tensor, second: torch.Tensor) -> np.ndarray:
    with torch.inference_mode():
        return device_flow(first[None], second[None])[0].numpy()


@pytest.mark.parametrize(("right", "down"), [(0, 0), (1, 0), (-3, 2), (9, -6)])
def test_a_camera_that_pans_is_followed(right, down):
    flow = between(view(60, 160), view(60 - down, 160 - right))
    inner = flow[12:-12, 12:-12]
    assert np.median(inner, axis=(0, 1)) == pytest.approx((right, down), abs=0.03)
    assert np.abs(inner - np.float32((right, down))).mean() < 0.1


def test_a_rendered_shot_is_followed_as_well_as_by_opencv():
    scene = Scene(1, 224, 126)
    exact, hidden = scene.flow(1003, 1004)
    codes = [seen(develop(scene.render(frame))) for frame in (1003, 1004)]
    found = between(*(torch.from_numpy(code.astype(np.float32)) for code in codes))
    ours, opencvs = (
        np.linalg.norm(flow - exact, axis=-1)[~hidden].mean()
        for flow in (found, flow_of_seen(*codes))
    )
    assert ours < max(0.3, 1.1 * opencvs)


def test_pairs_do_not_see_each_other_and_runs_do_not_differ():
    here, there, other = view(60, 160), view(61, 162), view(200, 100)
    firsts, seconds = torch.stack([here, there, other]), torch.stack([there, here, here])
    together = device_flow(firsts, seconds)
    assert torch.equal(together, device_flow(firsts, seconds))
    for n in range(3):
        assert torch.equal(together[n], device_flow(firsts[n : n + 1], seconds[n : n + 1])[0])


@settings(max_examples=8)
@given(st.integers(16, 70), st.integers(16, 70))
def test_frames_of_any_size_have_motion(height, width):
    flow = between(view(60, 160, height, width), view(60, 161, height, width))
    assert flow.shape == (height, width, 2)
    assert np.isfinite(flow).all()
    assert np.abs(flow).max() < max(height, width)


def test_where_there_is_nothing_to_follow_nothing_moves():
    flat = torch.full((40, 56), 90.0)
    assert np.abs(between(flat, flat)).max() == 0
    assert np.abs(between(flat, flat + 30.0)).max() < 0.01


def test_sums_over_patches_are_sums():
    codes = torch.arange(64.0).reshape(1, 8, 8)
    assert _sums(codes).tolist() == [2016.0]


def test_equations_are_solved(monkeypatch):
    """Two pixels side by side that are known to be at 1 and at 4, and to be equal, each by 1."""
    monkeypatch.setattr("ganfx.stylize.temporal.device_refinement.SWEEPS", 100)
    one = torch.ones(1, 1, 1, 1)
    known = torch.tensor([1.0, 4.0]).expand(1, 2, 1, 2).contiguous()
    half = torch.full((1, 2, 1, 2), 0.5)  # 1 of its own and 1 of its neighbor
    system = _System(known, one, torch.ones(1, 1, 0, 2), half, torch.zeros(1, 1, 1, 2))
    solved = _solved(system, torch.zeros(1, 2, 1, 2))
    assert solved[0, 0, 0].tolist() == pytest.approx([2.0, 3.0], abs=1e-3)
