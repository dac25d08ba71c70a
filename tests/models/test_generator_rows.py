"""A network some rows at a time: the pixels of the whole picture at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch
from torch import Tensor

from ganfx.models import convolution
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig

CONFIGS = {
    "engraving": ModelConfig(monochrome=True),
    "anime": ModelConfig(abstraction=(2,)),
    "noir": ModelConfig(monochrome=True, guides=False),
    "two levels": ModelConfig(channels=(4, 6), blocks=1, keep_detail=True, abstraction=(2,)),
    "one level": ModelConfig(channels=(4,), blocks=1),
}
HALF = torch.bfloat16


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


@pytest.fixture
def rows_at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    def choose(rows: int) -> None:
        monkeypatch.setattr(convolution, "ROWS", rows)  # four times as many for several threads

    return choose


def trained(config: ModelConfig) -> Generator:
    torch.manual_seed(0)
    generator = Generator(config).eval()
    with torch.no_grad():
        for parameter in generator.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return generator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def through(generator: Generator, photo: Tensor, dtype: torch.dtype) -> Tensor:
    with torch.inference_mode(), torch.autocast("cpu", dtype, enabled=dtype == HALF):
        result: Tensor = generator(photo)
    return result


@pytest.mark.parametrize("dtype", [torch.float32, HALF])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_any_number_of_rows_and_threads_gives_the_same_pixels(config, dtype, rows_at_once):
    generator, photo = trained(config), torch.rand(1, 3, 72, 64) * 2 - 1
    rows_at_once(1 << 20)
    torch.set_num_threads(1)
    whole = through(generator, photo, dtype)

    for threads, rows in ((1, 8), (1, 16), (1, 64), (2, 2), (3, 8), (2, 4)):
        torch.set_num_threads(threads)
        rows_at_once(rows)
        assert torch.equal(through(generator, photo, dtype), whole)


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_what_runs_in_rows_is_what_is_trained(config, rows_at_once):
    """Gradients take the whole picture: the last bits aside, that is the same."""
    generator, photo = trained(config).double(), torch.rand(1, 3, 72, 64).double() * 2 - 1
    rows_at_once(16)

    assert torch.allclose(through(generator, photo, torch.float64), generator(photo), atol=1e-12)


def test_two_pictures_at_once_are_each_by_itself(rows_at_once):
    generator, photos = trained(CONFIGS["anime"]), torch.rand(2, 3, 48, 64) * 2 - 1
    rows_at_once(16)

    both = through(generator, photos, torch.float32)
    for photo, result in zip(photos, both, strict=True):
        assert torch.equal(through(generator, photo[None], torch.float32)[0], result)


def test_features_are_the_same_with_gradients_and_without(rows_at_once):
    generator, photo = trained(CONFIGS["anime"]).double(), torch.rand(1, 3, 48, 64).double()
    rows_at_once(16)
    with torch.no_grad():
        used = generator.encode(photo)
    for ours, theirs in zip(used, generator.encode(photo), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-12)
