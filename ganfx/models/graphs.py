"""The network through CUDA graphs: one launch for a window, where all kernels wait for Python.

A graph is a recording of all kernels of a network for one shape of window, with its own input and
output. It is recorded at the second window of a shape, and used from the third on where it made
that one bit for bit as the network itself did. Where it did not, or where recording fails, the
network runs as it is: the same pixels, later.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from ganfx.models.compiling import Compiled
from ganfx.models.devices import is_out_of_memory

GRAPHS = 4
"""Shapes whose graphs are kept: each holds the memory that its network works in."""
SEEN = 64
"""Shapes that are remembered: a folder of stills may have no two alike."""

Forward = Callable[[Tensor], Tensor]
"""``(1, 3, H, W)`` to the same shape."""
Capture = Callable[[Forward, Tensor], Forward]
"""Records a network for windows like one; what it gives replays that for others of the shape, into
the same output every time: it is to be used before the next one is made."""
Key = tuple[object, ...]


class Graphed:
    """A network that runs as recorded, where that is possible and makes the same.

    Args:
        network: What is recorded.
        capture: Records it; None runs it as it is. See `graph_capture`.

    Attributes:
        problem: Why windows run without a graph although they should; empty otherwise.
    """

    def __init__(self, network: Compiled, capture: Capture | None = None) -> None:
        self._network = network
        self._capture = capture
        self._graphs: OrderedDict[Key, Forward] = OrderedDict()
        self._seen: OrderedDict[Key, None] = OrderedDict()
        self.problem = ""

    @property
    def stride(self) -> int:
        """The generator's."""
        return self._network.stride

    @property
    def receptive_radius(self) -> int:
        """The generator's."""
        return self._network.receptive_radius

    @property
    def border(self) -> int:
        """The generator's."""
        return self._network.border

    @property
    def uncompiled(self) -> str:
        """Why it is not compiled although it should be; empty otherwise."""
        return self._network.problem

    def __call__(self, photo: Tensor) -> Tensor:
        """``(1, 3, H, W)`` to the same shape; to be used before the next call."""
        key = _key(photo)
        if key in self._graphs:
            self._graphs.move_to_end(key)
            return self._graphs[key](photo)
        made = self._network(photo)
        if self._capture is not None and not torch.is_grad_enabled():
            if key in self._seen:
                self._record(key, photo, made)
            self._seen[key] = None
            _forget_oldest(self._seen, SEEN)
        return made

    def release(self) -> bool:
        """Let go of all graphs and record no more; whether that frees any memory."""
        held = bool(self._graphs)
        self._graphs.clear()
        self._capture = None
        return held

    def _record(self, key: Key, photo: Tensor, made: Tensor) -> None:
        assert self._capture is not None
        _forget_oldest(self._graphs, GRAPHS - 1)
        try:
            replay = self._capture(self._network, photo)
            same = torch.equal(replay(photo), made)
        except Exception as error:  # of drivers and of libraries under torch: there are many kinds
            _raise_interrupt(error)
            self._give_up("out of memory" if _ran_out(error) else _first_line(error))
            return
        if same:
            self._graphs[key] = replay
        else:
            self._give_up("what a graph makes is not what the network does")

    def _give_up(self, why: str) -> None:
        """Record no more; graphs that were found right are used on."""
        self._capture = None
        self.problem = why


def graph_capture(device: torch.device) -> Capture | None:
    """What records networks on a device; None where that is not done."""
    return CudaCapture() if device.type == "cuda" else None


class CudaCapture:
    """Records on the current GPU.

    The graphs of a network work in the same memory: they never run at once, and what one made is
    used before the next one begins.
    """

    def __init__(self) -> None:
        self._pool: object = None

    def __call__(self, network: Forward, photo: Tensor) -> Forward:
        """Record; see `Capture`."""
        held = torch.zeros_like(photo)  # with the strides of a picture in channels_last
        graph = torch.cuda.CUDAGraph()
        with _beside() as stream, _uncached_autocast(photo.device.type):
            network(held)  # libraries set themselves up at the first call in a stream
            # Other threads may go on meanwhile, with what a recording may not do.
            with torch.cuda.graph(
                graph,
                pool=self._pool,  # type: ignore[arg-type]
                stream=stream,
                capture_error_mode="thread_local",
            ):
                made = network(held)
        self._pool = graph.pool()

        def replay(photo: Tensor) -> Tensor:
            held.copy_(photo)
            graph.replay()
            return made

        return replay


@contextmanager
def _beside() -> Iterator[torch.cuda.Stream]:
    """Another stream, which begins and ends in step with the current one.

    Whatever ends a recording: torch leaves its stream in place where closing that fails.
    """
    current = torch.cuda.current_stream()
    stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
    stream.wait_stream(current)
    try:
        with torch.cuda.stream(stream):
            yield stream
    finally:
        torch.cuda.set_stream(current)
    current.wait_stream(stream)


def _uncached_autocast(kind: str) -> torch.autocast:
    """The precision as it is, with weights converted within: converted ones are let go of later."""
    enabled, dtype = torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)
    return torch.autocast(kind, dtype, enabled, cache_enabled=False)


def _key(photo: Tensor) -> Key:
    """All that a recording depends on."""
    kind = photo.device.type
    half = torch.get_autocast_dtype(kind) if torch.is_autocast_enabled(kind) else None
    return (*photo.shape, *photo.stride(), photo.dtype, photo.device, half)


def _forget_oldest(kept: OrderedDict[Key, Any], most: int) -> None:
    while len(kept) > most:
        kept.popitem(last=False)


def _raise_interrupt(error: BaseException) -> None:
    """Raise what ended a recording, where the failure of that recording hides it.

    Raises:
        KeyboardInterrupt: Or another of those that are no `Exception`.
    """
    for each in _causes(error):
        if not isinstance(each, Exception):
            raise each


def _ran_out(error: BaseException) -> bool:
    return any(map(is_out_of_memory, _causes(error)))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error, and those during whose handling it came up."""
    each: BaseException | None = error
    while each is not None:
        yield each
        each = each.__cause__ or each.__context__


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
