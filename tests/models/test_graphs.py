"""Networks through graphs: what is recorded, what is checked, and what happens where it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from ganfx.models.compiling import Compiled
from ganfx.models.generator import Generator
from ganfx.models.graphs import GRAPHS, Forward, Graphed, graph_capture
from ganfx.preset import ModelConfig


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    made = Generator(ModelConfig(channels=(4, 6), blocks=0)).requires_grad_(False)
    torch.nn.init.normal_(made.change.weight)
    return made


@pytest.fixture(autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


class Recorder:
    """A capture as a GPU's is: one input and one output, which is overwritten by every replay."""

    def __init__(self, change: Callable[[Tensor], Tensor] = lambda made: made) -> None:
        self.change = change
        self.recorded: list[tuple[int, ...]] = []
        self.replayed = 0

    def __call__(self, network: Forward, photo: Tensor) -> Forward:
        self.recorded.append(tuple(photo.shape))
        held, output = torch.zeros_like(photo), torch.empty_like(photo)

        def replay(photo: Tensor) -> Tensor:
            self.replayed += 1
            held.copy_(photo)
            return output.copy_(self.change(network(held)))

        return replay


def failing(error: BaseException) -> Recorder:
    def fail(made: Tensor) -> Tensor:
        raise error

    return Recorder(fail)


def photos(count: int, side: int = 16) -> list[Tensor]:
    torch.manual_seed(1)
    return [torch.rand(1, 3, side, side + 2) for _ in range(count)]


def test_a_shape_is_recorded_once_and_gives_what_the_network_does(generator: Generator) -> None:
    recorder = Recorder()
    network = Graphed(Compiled(generator, None), recorder)
    for photo in photos(5):
        assert torch.equal(network(photo).clone(), generator(photo))
    # The first window goes as it is, the second is compared, and three more follow.
    assert recorder.recorded == [(1, 3, 16, 18)]
    assert recorder.replayed == 1 + 3
    assert network.problem == ""


def test_every_shape_has_its_own(generator: Generator) -> None:
    recorder = Recorder()
    network = Graphed(Compiled(generator, None), recorder)
    for side in (16, 20, 16, 20, 16, 20):
        (photo,) = photos(1, side)
        assert torch.equal(network(photo).clone(), generator(photo))
    assert recorder.recorded == [(1, 3, 16, 18), (1, 3, 20, 22)]
    assert recorder.replayed == 2 + 2


def test_precision_and_memory_layout_are_recorded_apart(generator: Generator) -> None:
    recorder = Recorder()
    network = Graphed(Compiled(generator, None), recorder)
    (photo,) = photos(1)
    for _ in range(2):
        for given in (photo, photo.contiguous(memory_format=torch.channels_last)):
            network(given)
            with torch.autocast("cpu", torch.bfloat16):
                network(given)
    assert len(recorder.recorded) == 4


def test_only_the_last_shapes_are_kept(generator: Generator) -> None:
    recorder = Recorder()
    network = Graphed(Compiled(generator, None), recorder)
    sides = [*range(16, 16 + 2 * (GRAPHS + 1), 2)]
    for side in (*sides, *sides):
        network(photos(1, side)[0])
    assert len(recorder.recorded) == GRAPHS + 1
    before = recorder.replayed
    for side in (sides[-1], sides[0]):  # the second has to be recorded again
        network(photos(1, side)[0])
    assert recorder.replayed == before + 2
    assert len(recorder.recorded) == GRAPHS + 2


def test_a_graph_that_makes_another_picture_is_not_used(generator: Generator) -> None:
    recorder = Recorder(lambda made: torch.nextafter(made, made + 1))  # by the last bit
    network = Graphed(Compiled(generator, None), recorder)
    for photo in photos(4):
        assert torch.equal(network(photo), generator(photo))
    assert recorder.replayed == 1
    assert network.problem == "what a graph makes is not what the network does"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("operation not permitted when stream is capturing\nat x"), "operation not"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 9 GiB"), "out of memory"),
        (NotImplementedError(), "NotImplementedError"),
    ],
)
def test_where_recording_fails_the_network_runs_as_it_is(
    generator: Generator, error: Exception, told: str
) -> None:
    recorder = failing(error)
    network = Graphed(Compiled(generator, None), recorder)
    for photo in photos(4) + photos(3, 20):
        assert torch.equal(network(photo), generator(photo))
    assert len(recorder.recorded) == 1  # and is not tried again
    assert network.problem.startswith(told)
    assert "\n" not in network.problem


def test_memory_that_ran_out_is_told_although_the_recording_fails_after_it(
    generator: Generator,
) -> None:
    def fail(made: Tensor) -> Tensor:
        try:
            raise torch.OutOfMemoryError
        finally:
            raise RuntimeError("capture was invalidated")

    network = Graphed(Compiled(generator, None), Recorder(fail))
    for photo in photos(2):
        network(photo)
    assert network.problem == "out of memory"


def test_graphs_that_are_right_stay_where_another_shape_fails(generator: Generator) -> None:
    recorder = Recorder()
    network = Graphed(Compiled(generator, None), recorder)
    for photo in photos(2):
        network(photo)
    recorder.change = failing(RuntimeError("no")).change
    for photo in photos(2, 20):
        network(photo)
    recorder.change = lambda made: made
    network(photos(1)[0])
    assert network.problem == "no"
    assert recorder.replayed == 1 + 1 + 1


@pytest.mark.parametrize("hidden", [False, True])
def test_an_interrupt_ends_a_recording_and_the_network_goes_on_after_it(
    generator: Generator, hidden: bool
) -> None:
    def interrupted(made: Tensor) -> Tensor:
        try:
            raise KeyboardInterrupt
        finally:
            if hidden:  # as closing a recording that was left half done fails
                raise RuntimeError("capture was invalidated")

    recorder = Recorder(interrupted)
    network = Graphed(Compiled(generator, None), recorder)
    first, second, third = photos(3)
    network(first)
    with pytest.raises(KeyboardInterrupt):
        network(second)
    recorder.change = lambda made: made
    assert torch.equal(network(third), generator(third))
    assert network.problem == ""


def test_nothing_is_recorded_where_gradients_are_wanted_or_without_a_capture(
    generator: Generator,
) -> None:
    recorder = Recorder()
    network, bare = (Graphed(Compiled(generator, None), each) for each in (recorder, None))
    with torch.inference_mode(False), torch.enable_grad():
        for photo in photos(3):
            network(photo)
    for photo in photos(3):
        assert torch.equal(bare(photo), generator(photo))
    assert recorder.recorded == []
    assert graph_capture(torch.device("cpu")) is None


def test_graphs_can_be_let_go_of(generator: Generator) -> None:
    recorder = Recorder()
    network = Graphed(Compiled(generator, None), recorder)
    assert not network.release()
    network = Graphed(Compiled(generator, None), recorder)
    for photo in photos(2):
        network(photo)
    assert network.release()
    assert not network.release()
    for photo in photos(3):
        assert torch.equal(network(photo), generator(photo))
    assert len(recorder.recorded) == 1
