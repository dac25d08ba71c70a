"""The generator: identity at the start, and local, to the pixel it publishes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from ganfx.models.convolution import Conv2d
from ganfx.models.edge_avoiding import EdgeAvoidingFilter
from ganfx.models.flat_tones import FlatTones
from ganfx.models.generator import Change, Generator, count_parameters
from ganfx.models.guides import Guides
from ganfx.models.image import blur_down, luma
from ganfx.models.kuwahara import KuwaharaFilter
from ganfx.preset import ModelConfig


def trained(config: ModelConfig) -> Generator:
    """A generator with weights that are nowhere zero, in double precision."""
    torch.manual_seed(0)
    generator = Generator(config).double().eval()
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return generator


def farthest_change(before: Tensor, after: Tensor, row: int, column: int) -> int:
    """Chessboard distance from a pixel to the farthest output that moved."""
    rows, columns = ((after - before).abs().sum(dim=(0, 1)) > 0).nonzero(as_tuple=True)
    return int(max((rows - row).abs().max(), (columns - column).abs().max()))


def test_an_untrained_generator_returns_its_input() -> None:
    photo = torch.rand(2, 3, 32, 48) * 2 - 1

    assert torch.equal(Generator(ModelConfig(channels=(8, 16), blocks=2))(photo), photo)


def test_a_monochrome_generator_starts_from_luma_and_never_has_colour() -> None:
    photo = torch.rand(1, 3, 32, 48) * 2 - 1
    generator = Generator(ModelConfig(channels=(8, 16), blocks=1, monochrome=True))
    assert torch.equal(generator(photo), luma(photo).expand(1, 3, 32, 48))

    torch.nn.init.normal_(generator.change.weight)
    red, green, blue = generator(photo).unbind(1)
    assert torch.equal(red, green)
    assert torch.equal(green, blue)
    assert not torch.allclose(red, luma(photo)[:, 0], atol=0.1)


@pytest.mark.parametrize("guides", [True, False])
@pytest.mark.parametrize(
    ("channels", "blocks"), [((4,), 0), ((4,), 2), ((4, 6), 1), ((4, 6, 6), 2), ((4, 4, 4, 4), 1)]
)
@torch.no_grad()
def test_no_output_moves_beyond_the_published_radius_and_one_moves_at_it(
    channels: tuple[int, ...], blocks: int, guides: bool
) -> None:
    generator = trained(ModelConfig(channels=channels, blocks=blocks, guides=guides))
    stride, radius = generator.stride, generator.receptive_radius
    side = (2 * radius // stride + 4) * stride
    photo = torch.rand(1, 3, side, side, dtype=torch.float64) * 2 - 1
    before = generator(photo)

    reached = []
    for phase in range(stride):  # where in the stride a pixel lies decides how far it reaches
        at = side // 2 // stride * stride + phase
        changed = photo.clone()
        changed[..., at, at] += 1e3  # far away little of it is left
        reached.append(farthest_change(before, generator(changed), at, at))

    assert max(reached) == radius


@torch.no_grad()
def test_shifting_the_input_by_the_stride_shifts_the_output() -> None:
    generator = trained(ModelConfig(channels=(4, 6, 6), blocks=1))
    step, radius = generator.stride, generator.receptive_radius
    photo = torch.rand(1, 3, 128, 128, dtype=torch.float64)

    whole = generator(photo)[..., radius + step : 128 - radius, radius:-radius]
    shifted = generator(photo[..., step:, :])[..., radius : 128 - step - radius, radius:-radius]

    assert torch.allclose(whole, shifted, atol=1e-12)


def test_sizes_come_from_the_preset() -> None:
    # 3x3 convolutions with bias: entry 3+9->4 (the photo, its local contrast, 4 edges and
    # 4 lines), down 4->6, one block 6->6->6, up 1x1 6->4 and 3x3 4->4, change 4->3.
    by_hand = (12 * 9 * 4 + 4) + (36 * 6 + 6) + 2 * (54 * 6 + 6) + (6 * 4 + 4) + (36 * 4 + 4) + 111

    assert count_parameters(Generator(ModelConfig(channels=(4, 6), blocks=1))) == by_hand
    plain = ModelConfig(channels=(4, 6), blocks=1, guides=False)
    assert count_parameters(Generator(plain)) == by_hand - 9 * 9 * 4


def test_nothing_in_the_generator_normalises_or_looks_at_the_whole_picture() -> None:
    kinds = {
        type(module) for module in Generator(ModelConfig()).modules() if not [*module.children()]
    }

    assert kinds == {Change, Conv2d, EdgeAvoidingFilter, FlatTones, Guides, KuwaharaFilter}


def test_blurring_down_keeps_a_flat_picture_flat() -> None:
    flat = torch.full((1, 2, 12, 12), 0.7)

    assert torch.allclose(blur_down(flat)[..., 1:-1, 1:-1], torch.tensor(0.7))


def test_blurring_down_weighs_neighbours_one_three_three_one() -> None:
    column = torch.zeros(1, 1, 8, 8)
    column[..., 3] = 8.0  # seen as the 2nd tap from below by pixel 1, the 1st by pixel 2

    assert blur_down(column)[0, 0, 1].tolist() == pytest.approx([0.0, 3.0, 1.0, 0.0])


def test_blurring_down_removes_what_cannot_be_shown_at_half_size() -> None:
    stripes = torch.tensor([1.0, -1.0]).repeat(8).expand(1, 1, 16, 16)

    assert blur_down(stripes)[..., 1:-1, 1:-1].abs().max() < 1e-6


@torch.no_grad()
def test_upsampling_leaves_no_checkerboard_on_a_flat_picture() -> None:
    generator = trained(ModelConfig(channels=(4, 6, 6), blocks=1))
    radius = generator.receptive_radius
    side = 2 * radius + 32

    inner = generator(torch.full((1, 3, side, side), 0.3, dtype=torch.float64))[
        ..., radius:-radius, radius:-radius
    ]

    assert float(inner.amax(dim=(2, 3)).sub(inner.amin(dim=(2, 3))).max()) < 1e-12
