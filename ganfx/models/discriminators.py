"""The discriminators: which patches look like the art, and which do not.

Two patch networks that see different things. One judges texture, on luma at full
size and on its local contrast; one judges palette, on colour at a quarter of the size,
where no texture is left. So line and brushwork can be pushed hard without the palette
drifting.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

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


class Verdicts(NamedTuple):
    """Logits of both networks, ``(B, 1, h, w)``: one a patch, high for "real"."""

    texture: Tensor  # of 48x48 pixels
    palette: Tensor  # of 118x118, seen at a quarter of the size


class Discriminators(nn.Module):
    """Both patch networks, on one image."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.texture = TextureJudge(config)
        self.palette = patch_network(3, config.channels, config.spectral_norm)

    def forward(self, image: Tensor) -> Verdicts:
        """Judge ``(B, 3, H, W)`` in [-1, 1]; H and W multiples of 16."""
        small = blur_down(blur_down(image))
        return Verdicts(self.texture(luma(image)), self.palette(small))


class TextureJudge(nn.Module):
    """Patch network on luma and its local contrast, which reaches 10 pixels farther.

    Of luma alone, tone is most, and hatching or grain a faint ripple on it: a network that
    starts from noise learns to tell the tones apart, and textures much later.
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.patches = patch_network(2, config.channels, config.spectral_norm)

    def forward(self, grey: Tensor) -> Tensor:
        """Luma ``(B, 1, H, W)`` in [-1, 1] to logits ``(B, 1, H/4, W/4)``."""
        logits: Tensor = self.patches(torch.cat([grey, local_contrast(grey)], dim=1))
        return logits


def patch_network(inputs: int, channels: int, normalise: bool) -> nn.Sequential:
    """One logit for each 4x4 pixels, each seeing 28x28 of them.

    Args:
        inputs: Channels of the image.
        channels: Features of the first layer; two more layers double it.
        normalise: Whether to bound every layer but the last by spectral normalisation.
    """
    widths = [inputs, channels, 2 * channels, 4 * channels, 4 * channels]
    layers: list[nn.Module] = []
    for (before, after), stride in zip(pairwise(widths), (1, 2, 2, 1), strict=True):
        conv = _conv(before, after, 3 if stride == 1 else 4, stride)
        layers += [spectral_norm(conv) if normalise else conv, _Leaky(GAIN if normalise else 1.0)]
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
