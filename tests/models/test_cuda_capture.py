"""How networks are recorded on a GPU, with torch's own functions for it replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import torch
from torch import Tensor

from ganfx.models.graphs import CudaCapture


class Stream:
    """A stream that notes whom it waited for."""

    def __init__(self) -> None:
        self.waited_for: list[object] = []

    def wait_stream(self, other: object) -> None:
        self.waited_for.append(other)


class Gpu(SimpleNamespace):
    """What a recording asks of torch; the current stream stays where a recording breaks off."""

    def __init__(self) -> None:
        super().__init__(current=Stream(), pools=[], modes=[], capturing=False, replayed=0)
        self.first = self.current

    @contextmanager
    def stream(self, stream: Stream) -> Iterator[None]:
        before, self.current = self.current, stream
        yield
        self.current = before

    @contextmanager
    def graph(self, graph, *, pool, stream, capture_error_mode) -> Iterator[None]:
        assert self.current is stream
        self.pools.append(pool)
        self.modes.append(capture_error_mode)
        self.capturing = True
        try:
            yield
        finally:
            self.capturing = False


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Gpu:
    made = Gpu()

    class Graph:
        def pool(self) -> str:
            return "pool"

        def replay(self) -> None:
            made.replayed += 1

    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "stream", made.stream)
    monkeypatch.setattr(torch.cuda, "graph", made.graph)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: made.current)
    monkeypatch.setattr(torch.cuda, "set_stream", lambda stream: setattr(made, "current", stream))
    return made


def test_a_network_warms_up_and_is_recorded_in_a_stream_of_its_own(gpu: Gpu) -> None:
    calls = []

    def network(photo: Tensor) -> Tensor:
        assert gpu.current is not gpu.first
        # Weights that autocast converted and keeps would be gone when the recording is replayed.
        assert not torch.is_autocast_cache_enabled()
        calls.append((gpu.capturing, photo, torch.is_autocast_enabled("cpu")))
        return photo + 1

    photo = torch.rand(1, 6, 4, 3).permute(0, 3, 1, 2)
    with torch.autocast("cpu", torch.bfloat16):
        replay = CudaCapture()(network, photo)
        assert torch.is_autocast_cache_enabled()
    assert [(capturing, half) for capturing, _, half in calls] == [(False, True), (True, True)]
    held = calls[1][1]
    assert held.stride() == photo.stride()  # channels_last, as the network is given it
    assert held.data_ptr() != photo.data_ptr()
    assert gpu.current is gpu.first
    assert len(gpu.first.waited_for) == 1
    assert gpu.modes == ["thread_local"]  # others may copy meanwhile

    assert torch.equal(replay(photo), torch.ones_like(photo))  # of the zeros it was recorded with
    assert torch.equal(held, photo)
    assert gpu.replayed == 1


def test_the_next_shape_works_in_the_same_memory(gpu: Gpu) -> None:
    capture = CudaCapture()
    for side in (4, 6):
        capture(lambda photo: photo + 1, torch.rand(1, 3, side, side))
    assert gpu.pools == [None, "pool"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, torch.OutOfMemoryError])
def test_whatever_ends_a_recording_the_stream_is_the_one_before(
    gpu: Gpu, error: type[BaseException]
) -> None:
    def network(photo: Tensor) -> Tensor:
        if gpu.capturing:
            raise error
        return photo

    with pytest.raises(error):
        CudaCapture()(network, torch.rand(1, 3, 4, 4))
    assert gpu.current is gpu.first
    assert gpu.first.waited_for == []  # what broke off is not to be waited for
    assert torch.is_autocast_cache_enabled()
