"""Augmentation is kornia's, with its random numbers, in fewer operations on the device."""

from __future__ import annotations

import kornia.augmentation as K
import pytest
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from ganfx.preset import AugmentConfig
from ganfx.training.augment import DEGREES, SCALE, SHIFT, Augment


def of_kornia(probability: float, *, flip: bool) -> nn.Module:
    affine = K.RandomAffine(
        DEGREES, translate=(SHIFT, SHIFT), scale=SCALE, p=probability, padding_mode="reflection"
    )
    changes = [K.RandomHorizontalFlip(p=0.5), affine] if flip else [affine]
    sequence: nn.Module = K.AugmentationSequential(*changes, data_keys=["input"])
    return sequence


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("probability", [0.0, 0.4, 1.0])
def test_pictures_are_those_of_kornia_and_so_is_what_is_drawn(
    probability: float, flip: bool
) -> None:
    ours = Augment(AugmentConfig(probability=probability, flip=flip))
    theirs = of_kornia(probability, flip=flip)
    for seed, shape in enumerate([(1, 3, 32, 32), (2, 3, 24, 40), (17, 3, 33, 31)]):
        image = torch.rand(shape, generator=torch.Generator().manual_seed(seed))
        torch.manual_seed(seed)
        expected, drawn = theirs(image), torch.get_rng_state()
        torch.manual_seed(seed)
        (made,) = ours(image)
        assert torch.allclose(made, expected, atol=2e-6)
        assert torch.equal(torch.get_rng_state(), drawn)


def test_gradients_are_those_of_kornia() -> None:
    image = torch.rand(3, 3, 32, 32)
    found = []
    for change in (Augment(AugmentConfig(probability=0.7)), of_kornia(0.7, flip=True)):
        seen = image.clone().requires_grad_()
        torch.manual_seed(5)
        changed = change(seen)
        (changed[0] if isinstance(changed, tuple) else changed).square().sum().backward()
        assert seen.grad is not None
        found.append(seen.grad)
    assert torch.allclose(*found, atol=1e-5)


class Large(TorchDispatchMode):
    """Counts operations on as many values as a picture has pixels: a device would do these."""

    def __init__(self, pixels: int) -> None:
        super().__init__()
        self.pixels, self.count = pixels, 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and made.numel() >= self.pixels and not func.is_view:
            self.count += 1
        return made


def test_a_device_has_few_operations_to_do() -> None:
    augment, image = Augment(AugmentConfig()), torch.rand(2, 3, 32, 32)
    augment(image)  # makes what is kept
    with Large(32 * 32) as large:
        augment(image)
    # Join; flip, choose; four steps of the grid; sample, choose.
    assert large.count <= 9
