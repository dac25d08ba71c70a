"""Area statistics, and the memory of what was made."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from ganfx.training.area_memory import POINTS, STEPS, AreaMemory
from ganfx.training.losses import FEATURES, area_features, transport_loss
from ganfx.training.losses.areas import FAINTEST, MARGIN, TEXTURE_GAIN

CPU = torch.device("cpu")
NONE = TEXTURE_GAIN * FAINTEST**0.5
"""What an area without texture has of it."""


def crops(code: int, spread: int = 0) -> Callable[[int], Tensor]:
    """From a step to crops of noise about a gray."""

    def of(step: int) -> Tensor:
        noise = torch.randint(-spread, spread + 1, (2, 3, 64, 64), generator=seeded(step))
        return (code + noise).clamp(0, 255).byte()

    return of


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def middle(image: Tensor) -> Tensor:
    """Features of a place in the middle, away from the border."""
    side = image.shape[-1] // 4 - 2 * MARGIN
    return area_features(image).reshape(side, side, FEATURES)[side // 2, side // 2]


def test_a_flat_picture_has_its_color_and_no_texture() -> None:
    image = torch.tensor([0.5, -0.2, 0.1]).reshape(1, 3, 1, 1).expand(1, 3, 64, 64)
    expected = [0.5, -0.2, 0.1, 0.0, NONE, NONE]
    assert middle(image).tolist() == pytest.approx(expected, abs=1e-4)


def test_a_checkerboard_is_fine_texture_alone() -> None:
    """Of plus and minus 0.4: mean 0, deviation 0.4, and every area is alike."""
    board = 0.4 * (2 * (torch.arange(64)[:, None] + torch.arange(64)).remainder(2) - 1)
    features = middle(board.expand(1, 3, 64, 64).float())
    assert features[:4].tolist() == pytest.approx([0, 0, 0, 0], abs=1e-4)
    assert float(features[4]) == pytest.approx(TEXTURE_GAIN * 0.4, rel=1e-3)
    assert float(features[5]) == pytest.approx(NONE, abs=1e-3)


def test_a_value_goes_to_the_value_of_its_rank() -> None:
    """Made so far: 0 to 4. Wanted: 0 to 40. So 1 should be 10, and 3.5 should be 35."""
    ours = torch.tensor([[0.0, 1, 2, 3, 4]])
    loss = transport_loss(torch.tensor([[1.0, 3.5]]), ours, 10 * ours)
    assert float(loss) == pytest.approx((9 + 31.5) / 2)
    assert float(transport_loss(torch.tensor([[1.0, 3.5]]), ours, ours)) == 0.0


def test_beyond_all_that_was_made_a_value_goes_to_the_end() -> None:
    ours = torch.tensor([[0.0, 1, 2]])
    assert float(transport_loss(torch.tensor([[7.0]]), ours, ours)) == pytest.approx(5.0)


def test_a_bright_crop_stays_bright_where_the_art_has_bright_ones_too() -> None:
    """Half of what was made is dark, half bright, as the art is: nothing pulls at a bright one."""
    ours = torch.cat([torch.full((1, 50), -0.8), torch.full((1, 50), 0.8)], dim=1)
    bright = torch.full((1, 8), 0.8, requires_grad=True)
    assert float(transport_loss(bright, ours, ours).detach()) == pytest.approx(0.0, abs=1e-6)


def test_pictures_like_the_art_cost_nothing_and_others_are_pulled_to_it() -> None:
    memory = AreaMemory(CPU)
    memory.learn_art(crops(200, spread=40))
    alike = AreaMemory(CPU)
    alike.learn_art(crops(100, spread=40))
    fake = crops(100, spread=40)(5).float() / 127.5 - 1
    fake.requires_grad_(True)
    for _ in range(STEPS):
        far, near = memory.loss(fake), alike.loss(fake)
    assert float(near.detach()) < 0.25 < 1.0 < float(far.detach())
    far.backward()  # type: ignore[no-untyped-call]
    assert fake.grad is not None
    assert float(fake.grad.mean()) < 0  # brighter costs less


def test_it_remembers_the_last_steps_and_goes_on_from_a_checkpoint() -> None:
    memory, resumed = AreaMemory(CPU), AreaMemory(CPU)
    for each in (memory, resumed):
        each.learn_art(crops(150, spread=60))
    for step in range(STEPS + 3):
        memory.loss(crops(100, spread=50)(step).float() / 127.5 - 1)
    assert len(memory.state_dict()["made"]) == STEPS * POINTS
    resumed.load_state_dict(memory.state_dict())
    fake = crops(90, spread=30)(9).float() / 127.5 - 1
    torch.manual_seed(4)
    expected = memory.loss(fake)
    torch.manual_seed(4)
    assert torch.equal(resumed.loss(fake), expected)


def test_the_first_steps_say_little() -> None:
    """What one step made is one step's pictures, and no distribution."""
    memory = AreaMemory(CPU)
    memory.learn_art(crops(220))
    fake = torch.zeros(2, 3, 64, 64)
    first = float(memory.loss(fake))
    for _ in range(STEPS):
        last = float(memory.loss(fake))
    assert first == pytest.approx(last / STEPS, rel=1e-3)
