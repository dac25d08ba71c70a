"""Windows to a device and back beside the network: nothing is overwritten on its way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from ganfx.models.compiling import Compiled
from ganfx.models.graphs import Graphed
from ganfx.stylize.network import tiling
from ganfx.stylize.network.tiling import stylize_image
from ganfx.stylize.network.transfer import (
    BUFFERS,
    BufferedTransfer,
    Transfer,
    Wait,
    transfer_for,
)
from tests.stylize.conftest import random_generator

CPU = torch.device("cpu")
SMALL = random_generator()


class LateCopier:
    """A device whose copies happen when they are waited for, as late as they may.

    What it is given has to stay as it is until then.
    """

    def __init__(self) -> None:
        self.log: list[str] = []
        self.made = 0

    def buffer(self, size: int) -> Tensor:
        self.made += 1
        return torch.full((size,), torch.nan)

    def there(self, buffer: Tensor) -> tuple[Tensor, Wait]:
        number = sum(line.startswith("up") for line in self.log)
        self.log.append(f"up {number}")
        sent = buffer.clone()

        def wait() -> None:
            self.log.append(f"sent {number}")
            assert torch.equal(buffer, sent), "overwritten on its way"

        return sent.clone(), wait

    def back(self, picture: Tensor, buffer: Tensor) -> Wait:
        number = sum(line.startswith("down") for line in self.log)
        self.log.append(f"down {number}")

        def wait() -> None:
            self.log.append(f"here {number}")
            with torch.inference_mode():
                buffer.copy_(picture)

        return wait


@pytest.fixture
def copier(monkeypatch: pytest.MonkeyPatch) -> LateCopier:
    """What windows of every picture go through."""
    made = LateCopier()
    transfer = BufferedTransfer(CPU, made)
    monkeypatch.setattr(tiling, "transfer_for", lambda device: transfer)
    return made


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((height, width, 3), dtype=np.float32)


@pytest.mark.parametrize("tile", [None, 64, 40])
def test_pictures_are_those_of_copies_that_are_waited_for(copier, monkeypatch, tile):
    pictures = [picture(100, 130), picture(90, 60, seed=1), picture(100, 130, seed=2)]
    made = [stylize_image(SMALL, each, tile=tile, device=CPU) for each in pictures]
    monkeypatch.setattr(tiling, "transfer_for", Transfer)
    for each, styled in zip(pictures, made, strict=True):
        assert np.array_equal(styled, stylize_image(SMALL, each, tile=tile, device=CPU))


def test_a_window_is_on_its_way_while_others_are_and_none_is_waited_for_before(copier):
    stylize_image(SMALL, picture(64, 64 * 4), tile=64, device=CPU)

    log = copier.log
    # With two buffers each way the first wait is for the third window.
    assert log[:5] == ["up 0", "down 0", "up 1", "down 1", "sent 0"]
    assert log.index("here 0") > log.index("up 2")
    assert log.index("here 1") > log.index("up 3")
    assert [line for line in log if line.startswith("here")] == [f"here {n}" for n in range(4)]


def test_what_a_graph_makes_next_does_not_get_into_what_is_on_its_way_back(copier):
    def capture(network, photo):
        held, made = torch.zeros_like(photo), torch.empty_like(photo)
        return lambda photo: made.copy_(network(held.copy_(photo)))

    rgb = picture(64, 64 * 5)
    plain = stylize_image(SMALL, rgb, tile=64, device=CPU)
    graphed = Graphed(Compiled(SMALL, None), capture)
    assert np.array_equal(stylize_image(graphed, rgb, tile=64, device=CPU), plain)
    assert graphed.release()  # it was recorded


def test_buffers_are_kept_from_picture_to_picture(copier):
    for seed in range(3):
        stylize_image(SMALL, picture(64, 64 * 3, seed), tile=64, device=CPU)
    assert copier.made <= 2 * BUFFERS + BUFFERS  # the first of them have to grow once


def test_what_was_on_its_way_when_a_window_failed_is_let_go(copier, monkeypatch):
    forward, calls = type(SMALL).forward, []

    def fails_once(self, photo):
        calls.append(photo.shape)
        if len(calls) == 3:
            raise torch.OutOfMemoryError
        return forward(self, photo)

    rgb, network = picture(64, 64 * 4), random_generator()
    whole = stylize_image(network, rgb, tile=64, device=CPU)
    monkeypatch.setattr(type(SMALL), "forward", fails_once)
    told: list[str] = []
    again = stylize_image(network, rgb, tile=64, device=CPU, say=told.append)
    np.testing.assert_allclose(again, whole, atol=2e-6)
    assert told == ["the device is short of memory: pictures go through it in smaller windows"]


def test_a_cpu_needs_no_buffers():
    assert type(transfer_for(CPU)) is Transfer
