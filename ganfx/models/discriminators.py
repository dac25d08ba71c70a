"""Discriminators: PatchGAN networks, each of which sees another side of a picture.

`DISCRIMINATORS` names them; everything else that is kept by discriminator (weights in
``[loss]``, losses, statistics, throttles, checkpoints, reports) is derived from it. Texture
is judged on luma at full size and on its local contrast; palette on colour at a quarter of
the size, where no texture is left. So line and brushwork can be pushed hard without the
palette drifting.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from ganfx.models.generator import SLOPE
from ganfx.models.guides import local_contrast
from ganfx.models.image import blur_down, luma
from ganfx.preset import DiscriminatorConfig

GAIN = 2.0
"""Of each activation after a bounded layer: a bound of 1 on the largest singular value leaves
a typical signal about half its size, and the leaky ReLU takes more."""

PatchLogits = dict[str, Tensor]
"""By the name of a discriminator its logits ``(B, 1, h, w)``: one a patch, high for "real"."""


@dataclass(frozen=True)
class DiscriminatorSpec:
    """One discriminator: what it is called, what it sees, and its network."""

    name: str
    """Its key in ``[loss]``, where the weight of its adversarial term is, and in checkpoints."""
    label: str
    """As users read it: "luma"."""
    view: Callable[[Tensor], Tensor]
    """From a picture ``(B, 3, H, W)`` in [-1, 1] to what its network takes."""
    build: Callable[[DiscriminatorConfig], nn.Module]
    """Makes the network: a view in, logits ``(B, 1, h, w)`` out."""


class TextureDiscriminator(nn.Module):
    """Patch network on luma and its local contrast, which reaches 10 pixels farther.

    Of luma alone, tone is most, and hatching or grain a faint ripple on it: a network that
    starts from noise learns to tell the tones apart, and textures much later.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.patches = patch_network(2, config.channels, config.spectral_norm)

    def forward(self, gray: Tensor) -> Tensor:
        """Luma ``(B, 1, H, W)`` in [-1, 1] to logits ``(B, 1, H/4, W/4)``, each of 48x48."""
        logits: Tensor = self.patches(torch.cat([gray, local_contrast(gray)], dim=1))
        return logits


def _quarter(image: Tensor) -> Tensor:
    """``(B, 3, H, W)`` to ``(B, 3, H/4, W/4)``."""
    return blur_down(blur_down(image))


def _palette_network(config: DiscriminatorConfig) -> nn.Module:
    """A quarter of the size in, logits ``(B, 1, H/16, W/16)`` out, each of 118x118 pixels."""
    return patch_network(3, config.channels, config.spectral_norm)


TEXTURE = DiscriminatorSpec("texture", "luma", luma, TextureDiscriminator)
PALETTE = DiscriminatorSpec("palette", "colour", _quarter, _palette_network)
DISCRIMINATORS: tuple[DiscriminatorSpec, ...] = (TEXTURE, PALETTE)
"""All discriminators of a run, in the order in which checkpoints have them."""


def discriminator_names() -> tuple[str, ...]:
    """The names of `DISCRIMINATORS`."""
    return tuple(spec.name for spec in DISCRIMINATORS)


class Discriminators(nn.ModuleDict):
    """The networks of `DISCRIMINATORS` by name, on one image."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__({spec.name: spec.build(config) for spec in DISCRIMINATORS})

    def forward(self, image: Tensor) -> PatchLogits:
        """Logits for ``(B, 3, H, W)`` in [-1, 1]; H and W multiples of 16."""
        return {spec.name: self[spec.name](spec.view(image)) for spec in DISCRIMINATORS}


def patch_network(inputs: int, channels: int, normalize: bool) -> nn.Sequential:
    """One logit for each 4x4 pixels, each seeing 28x28 of them.

    Args:
        inputs: Channels of the image.
        channels: Features of the first layer; two more layers double it.
        normalize: Whether to bound every layer but the last by spectral normalisation.
    """
    widths = [inputs, channels, 2 * channels, 4 * channels, 4 * channels]
    layers: list[nn.Module] = []
    for (before, after), stride in zip(pairwise(widths), (1, 2, 2, 1), strict=True):
        conv = _conv(before, after, 3 if stride == 1 else 4, stride)
        layers += [spectral_norm(conv) if normalize else conv, _Leaky(GAIN if normalize else 1.0)]
    # The last layer is free: under a bound of 1 it would take thousands of steps until the
    # logits are large enough to tell the generator anything.
    return nn.Sequential(*layers, _conv(widths[-1], 1, 3, 1))


class _Leaky(nn.Module):
    def __init__(self, gain: float) -> None:
        super().__init__()
        self.gain = gain

    def forward(self, x: Tensor) -> Tensor:
        return F.leaky_relu(x, SLOPE) * self.gain


def _conv(inputs: int, outputs: int, size: int, stride: int) -> nn.Conv2d:
    conv = nn.Conv2d(inputs, outputs, size, stride=stride, padding=1)
    nn.init.kaiming_normal_(conv.weight, a=SLOPE)
    assert conv.bias is not None
    nn.init.zeros_(conv.bias)
    return conv
