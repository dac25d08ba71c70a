"""Where a device is short of memory: smaller bands, and the same bytes."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganfx.errors import GanfxError
from ganfx.stylize.temporal import device_filter, device_frame
from ganfx.stylize.temporal.device_frame import HOST
from ganfx.stylize.temporal.device_memory import LEAST, MOST, DeviceMemory
from ganfx.stylize.temporal.holding import holding
from tests.stylize.temporal.test_device_filter import held, moving, sent
from tests.stylize.temporal.test_filter import flickering, pan


@pytest.fixture(scope="module")
def shot():
    source = [np.ascontiguousarray(frame[:40, :56]) for frame in pan(5)]
    return source, flickering(source)


def short(times: int) -> list[BaseException]:
    return [torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")] * times


def test_bands_are_all_rows():
    memory = DeviceMemory(HOST, pixels=1000)
    assert list(memory.bands(25, 100)) == [slice(0, 10), slice(10, 20), slice(20, 25)]
    assert list(memory.bands(2, 5000)) == [slice(0, 1), slice(1, 2)]


def test_what_does_not_fit_is_begun_again_in_smaller_bands():
    memory, errors, seen = DeviceMemory(HOST), short(2), []

    def work() -> str:
        seen.append((memory.pixels, memory.parks))
        if errors:
            raise errors.pop()
        return "done"

    assert memory.fitted(work) == "done"
    assert seen == [(MOST, False), (MOST // 4, True), (MOST // 16, True)]
    assert memory.problem == "CUDA out of memory. Tried to allocate 2 GiB."


def test_too_little_memory_for_the_smallest_is_an_error_that_says_so():
    memory = DeviceMemory(HOST)

    def work() -> None:
        raise short(1)[0]

    with pytest.raises(GanfxError, match="out of memory for the temporal filter") as caught:
        memory.fitted(work)
    assert memory.pixels == LEAST
    assert "--device" in str(caught.value.hint)


def test_what_else_goes_wrong_is_told_as_it_is():
    memory = DeviceMemory(HOST)

    def work() -> None:
        raise RuntimeError("expected a tensor")

    with pytest.raises(RuntimeError, match="expected a tensor"):
        memory.fitted(work)
    assert not memory.problem


def test_in_the_middle_of_a_shot_the_bytes_stay(shot, monkeypatch):
    undisturbed = sent(*shot)
    whole = held(undisturbed, moving(undisturbed))
    memory = DeviceMemory(HOST)
    window = sent(*shot, memory=memory)
    holder = holding(None, memory, follows_scene=False)
    errors = short(3)

    def sampled(*args, sample=device_filter.sample_at, **named):
        if holder.motion.guides and errors and args[0].shape[-1] == 3:
            raise errors.pop()
        return sample(*args, **named)

    monkeypatch.setattr(device_filter, "sample_at", sampled)
    made = [holder.hold(n, window, 0.5).picture for n in range(4)]
    assert not errors
    assert memory.problem
    assert all(np.array_equal(*pair) for pair in zip(made, whole[:4], strict=True))


def test_frames_that_do_not_fit_wait_in_the_computers_memory(shot, monkeypatch):
    memory, errors = DeviceMemory(HOST), short(1)

    def uploaded(*args, upload=device_frame.on_device):
        if errors:
            raise errors.pop()
        return upload(*args)

    before = sent(*shot)[2]
    monkeypatch.setattr(device_frame, "on_device", uploaded)
    after = sent(*shot, memory=memory)[2]
    assert memory.parks
    assert after.tone == before.tone
    assert torch.equal(after.guide, before.guide)
