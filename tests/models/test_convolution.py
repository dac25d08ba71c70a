"""Convolution: a window of a picture gets the sums of the whole, on any number of threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch.nn import functional as F

from ganfx.models.convolution import Conv2d, conv2d, conv_apart
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig

SHAPES = [(3, 16, 3), (16, 3, 3), (16, 1, 3), (32, 64, 3), (96, 96, 3), (96, 64, 1), (8, 4, 1)]
WINDOWS = [(4, 4), (8, 8), (14, 14), (24, 24), (32, 32), (3, 90), (40, 64), (96, 128)]


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format])
@pytest.mark.parametrize(("inputs", "outputs", "size"), SHAPES)
def test_windows_of_any_size_equal_the_whole(inputs, outputs, size, layout):
    torch.manual_seed(1)
    plane, weight = torch.randn(1, inputs, 128, 160), torch.randn(outputs, inputs, size, size)
    with torch.inference_mode():
        whole = conv2d(plane.contiguous(memory_format=layout), weight)
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            for height, width in WINDOWS:
                window = plane[..., :height, :width].contiguous(memory_format=layout)
                part = conv2d(window, weight)
                assert torch.equal(part, whole[..., : part.shape[2], : part.shape[3]])


def test_it_is_torchs_convolution():
    torch.manual_seed(1)
    layer = Conv2d(3, 4, 3, padding=1)
    x = torch.randn(2, 3, 9, 7)
    trained = layer(x)
    with torch.inference_mode():
        used = layer(x)
    by_hand = F.conv2d(F.pad(x, (1, 1, 1, 1)), layer.weight, layer.bias)
    assert torch.allclose(trained, by_hand, atol=1e-6)
    assert torch.allclose(used, by_hand, atol=1e-6)


def test_a_small_picture_is_the_same_on_any_number_of_threads():
    torch.manual_seed(1)
    generator = Generator(ModelConfig()).eval()
    for parameter in generator.parameters():
        parameter.data = torch.randn_like(parameter) * 0.1
    photo = torch.rand(1, 3, 32, 32)
    results = []
    for threads in (1, 2, 3, 4):
        torch.set_num_threads(threads)
        with torch.inference_mode():
            results.append(generator(photo))
    assert all(torch.equal(result, results[0]) for result in results)


@pytest.mark.parametrize(("inputs", "outputs", "size"), [(16, 1, 3), (16, 3, 3), (4, 2, 5)])
def test_neighbors_computed_at_once_have_the_sums_of_each_by_itself(inputs, outputs, size):
    torch.manual_seed(1)
    plane, weight = (
        torch.randn(2, inputs, 40, 96 + size - 1),
        torch.randn(outputs, inputs, size, size),
    )
    bias = torch.randn(outputs)
    with torch.inference_mode():
        whole = conv2d(plane, weight, bias)  # 96 pixels wide: sixteen at once
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            for width in (95, 94, 92, 88, 5, 1):  # by one, two, four, eight
                part = conv2d(plane[..., : width + size - 1], weight, bias)
                assert torch.equal(part, whole[..., :width])


@pytest.mark.parametrize("width", [64, 60])  # side by side, and not
def test_a_row_and_a_column_of_taps_are_their_outer_product(width):
    torch.manual_seed(1)
    planes, taps = torch.randn(2, 3, 20, width + 4), torch.randn(5)
    with torch.inference_mode():
        found = conv_apart(planes, taps)
    kernel = torch.outer(taps, taps).expand(3, 1, 5, 5)
    by_hand = F.conv2d(planes.double(), kernel.double(), groups=3)
    assert torch.allclose(found.double(), by_hand, atol=1e-5)


def test_windows_through_a_row_and_a_column_of_taps_equal_the_whole():
    torch.manual_seed(1)
    planes, taps = torch.randn(1, 3, 70, 164), torch.randn(5)
    with torch.inference_mode():
        whole = conv_apart(planes, taps)
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            for height, width in [(1, 1), (8, 16), (30, 40), (66, 95), (40, 128)]:
                part = conv_apart(planes[..., : height + 4, : width + 4], taps)
                assert torch.equal(part, whole[..., :height, :width])
