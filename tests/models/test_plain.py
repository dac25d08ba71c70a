"""The generator said plainly: the same pixels, as a script too."""

from __future__ import annotations

import warnings

import pytest
import torch
from torch import Tensor

from ganfx.models.generator import Generator
from ganfx.models.plain import DisplayNetwork, PlainGenerator
from ganfx.preset import ModelConfig

CONFIGS = {
    "guides": ModelConfig(channels=(4, 8), blocks=1, monochrome=True),
    "areas": ModelConfig(channels=(4, 6, 8), blocks=1, abstraction=(2, 3), keep_detail=True),
    "flat": ModelConfig(channels=(4,), blocks=1, flatten=0.3, guides=False),
    "tones": ModelConfig(channels=(4,), blocks=1, tones=5, guides=False),
}
COLORS = ModelConfig(channels=(4, 8), blocks=1, color_start=True, guides=False)


def trained(config: ModelConfig) -> Generator:
    torch.manual_seed(0)
    generator = Generator(config).eval()
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        if (start := generator.color_start) is not None:
            for fixed in (start.curve, start.matrix, start.offset, start.table):
                fixed.add_(0.05 * torch.randn_like(fixed))
    return generator.requires_grad_(False)


def photo(height: int = 40, width: int = 56) -> Tensor:
    return torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1)) * 2 - 1


def scripted(network: torch.nn.Module) -> torch.nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script: torch.nn.Module = torch.jit.script(network)
    return script


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_plain_pixels_are_the_generators_bit_for_bit(config: ModelConfig) -> None:
    generator = trained(config)
    plain = PlainGenerator(generator)(photo())

    with torch.enable_grad():  # no rows and no libraries of this CPU's
        assert torch.equal(plain, generator(photo()))


def test_a_table_of_colors_is_read_as_the_generator_reads_it() -> None:
    generator, strong = trained(COLORS), 1.5 * photo()  # beyond the table, too

    with torch.enable_grad():
        assert (PlainGenerator(generator)(strong) - generator(strong)).abs().max() < 1e-6


@pytest.mark.parametrize("config", [*CONFIGS.values(), COLORS], ids=[*CONFIGS.keys(), "colors"])
def test_a_script_has_the_same_bits_at_any_size(config: ModelConfig) -> None:
    plain = DisplayNetwork(trained(config), pads=True)
    script = scripted(plain)

    with torch.no_grad():
        for picture in (photo(33, 47) / 2 + 0.5, photo(56, 40) / 2 + 0.5):
            for _ in range(2):  # the second run is another program: it is optimized
                assert torch.equal(script(picture), plain(picture))


def test_half_precision_is_within_a_quarter_of_a_code_value() -> None:
    generator = trained(CONFIGS["areas"])
    full, half = PlainGenerator(generator), PlainGenerator(generator, half=True)

    assert half.entry.weight.dtype == torch.float16
    assert half.change.weight.dtype == torch.float32
    made = half(photo())
    assert made.dtype == torch.float32
    assert 0 < (made - full(photo())).abs().max() < 0.25 * 2 / 255


def test_a_host_may_halve_a_script_as_it_is() -> None:
    network = DisplayNetwork(trained(CONFIGS["guides"]), pads=True)
    halved, picture = scripted(network).half(), photo(24, 24) / 2 + 0.5

    with torch.no_grad():
        made = halved(picture.half())
        assert made.dtype == torch.float16
        assert (made.float() - network(picture)).abs().max() < 1 / 255


def test_a_network_that_pads_makes_what_a_mirrored_picture_would() -> None:
    generator = trained(CONFIGS["guides"])
    picture = photo(5, 7) / 2 + 0.5  # smaller than its border: mirrored again and again
    border = DisplayNetwork(generator, pads=True).border
    rows, columns = (
        [min(i % (2 * n), 2 * n - 1 - i % (2 * n)) for i in range(-border, n + n % 2 + border)]
        for n in (5, 7)
    )
    wide = picture[:, :, rows][..., columns]

    made = DisplayNetwork(generator, pads=True)(picture)
    inside = (..., slice(border, border + 5), slice(border, border + 7))
    assert torch.equal(made, DisplayNetwork(generator)(wide)[inside])


def test_what_is_beyond_the_range_is_clipped() -> None:
    network = DisplayNetwork(trained(CONFIGS["guides"]))
    picture = 4 * photo()

    assert torch.equal(network(picture), network(picture.clamp(0, 1)))
    assert network(picture).min() >= 0
    assert network(picture).max() <= 1
