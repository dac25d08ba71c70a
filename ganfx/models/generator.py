"""The generator: a residual U-Net from a photo to the same photo in a look.

It has no normalisation. It computes a change that is added to the
photo, and its last layer starts at zero, so an untrained generator returns its
input (a monochrome one: its luma; with abstraction, its areas; with a color start, those
in the art's colors): training starts from there, not from noise.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.color_start import ColorStart
from ganfx.models.convolution import Conv2d, rows_at_once, runs_in_rows
from ganfx.models.edge_avoiding import EdgeAvoidingFilter
from ganfx.models.flat_tones import FlatTones
from ganfx.models.full_precision import FullPrecision, in_full
from ganfx.models.guides import Guides
from ganfx.models.image import blur_down, luma
from ganfx.models.kuwahara import KuwaharaFilter
from ganfx.preset import ModelConfig

SLOPE = 0.2  # of the leaky ReLU


class Generator(nn.Module):
    """Photo to look, at any size that is a multiple of `stride`.

    Attributes:
        stride: Height and width must be multiples of this; shifting the input by a
            multiple of it shifts the output.
        receptive_radius: No output pixel depends on an input pixel farther away than
            this, along either axis.
        border: Pixels of its own mirror image that a picture needs around it: the radius,
            until less was measured to do.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = config.channels
        self.stride = 2 ** (len(channels) - 1)
        self.flattening = EdgeAvoidingFilter(config.flatten)
        self.abstraction = KuwaharaFilter(config.abstraction, keep_detail=config.keep_detail)
        self.tones = FlatTones(config.tones)
        self.color_start = ColorStart() if config.color_start else None
        self.guides = Guides() if config.guides else None
        self.entry = _conv(3 + (Guides.channels if config.guides else 0), channels[0])
        self.down = nn.ModuleList(Down(a, b) for a, b in pairwise(channels))
        self.blocks = nn.ModuleList(
            ResidualBlock(channels[-1], depth=config.blocks) for _ in range(config.blocks)
        )
        self.up = nn.ModuleList(
            Up(b, a) for a, b in zip(reversed(channels[:-1]), reversed(channels[1:]), strict=True)
        )
        self.monochrome = config.monochrome
        self.change = _conv(channels[0], 1 if config.monochrome else 3, Change)
        nn.init.zeros_(self.change.weight)
        inner = _receptive_radius(len(channels) - 1, config.blocks)
        outer = self.flattening.radius + self.abstraction.radius
        outer += Guides.radius if config.guides else 0
        self.receptive_radius = inner + outer
        self.border = self.receptive_radius

    def forward(self, photo: Tensor) -> Tensor:
        """Stylise.

        Args:
            photo: ``(B, 3, H, W)`` in [-1, 1]; H and W multiples of `stride`. The
                border is padded with zeros: surround a picture with at least `border`
                pixels of its own mirror image, and cut them off afterwards, where its
                border counts.

        Returns:
            ``(B, 3, H, W)``, not clamped, float32 for half precision; three equal channels in a
            monochrome look.
        """
        areas = self._areas(photo)
        features = self._encode(areas)
        x = features.pop()
        features.pop()  # before the blocks, at the same size: nobody's skip
        for up in self.up[:-1]:
            x = up(x, features.pop())
        change = self._finish(x, features)
        start = self.recolor(areas)
        return (luma(start) + change).expand_as(photo) if self.monochrome else start + change

    def _finish(self, x: Tensor, skips: list[Tensor]) -> Tensor:
        """The finest level, if there is one above ``x``, and the change."""
        if skips and runs_in_rows(x):
            return self._finish_in_rows(x, skips.pop())
        if skips:
            x = self.up[-1](x, skips.pop())
        change: Tensor = self.change(x)
        return change

    def _finish_in_rows(self, x: Tensor, skip: Tensor) -> Tensor:
        """The same, some rows at a time: the largest pictures never leave the CPU's cache.

        A convolution of some rows takes zeros for what lies above and below them. That is right
        at the picture's border; elsewhere the outer rows are cut off.
        """
        up, height, changes = self.up[-1], skip.shape[-2], []
        assert isinstance(up, Up)
        x, summed, step = up.narrow(x), 0, rows_at_once()
        for top in range(0, height, step):
            bottom = min(top + step, height)
            first, last = max(top - 2, 0), min(bottom + 2, height)
            skip[..., summed:last, :].add_(_doubled_rows(x, summed, last))
            summed = last
            part = _activate(up.conv(skip[..., first:last, :]))
            inner, outer = max(top - 1, 0), min(bottom + 1, height)
            change = self.change(part[..., inner - first : outer - first, :])
            changes.append(change[..., top - inner : bottom - inner, :])
        return torch.cat(changes, dim=-2)

    def recolor(self, photo: Tensor) -> Tensor:
        """A photo in the colors that the change is added to; itself without a color start."""
        return photo if self.color_start is None else self.color_start(photo)

    def encode(self, photo: Tensor) -> list[Tensor]:
        """Feature maps of the encoder.

        Returns:
            ``(B, c0, H, W)``, ``(B, c1, H/2, W/2)`` and so on for every entry of
            ``channels``, and last what the residual blocks make of the coarsest.
        """
        return self._encode(self._areas(photo))

    def _areas(self, photo: Tensor) -> Tensor:
        areas: Tensor = self.tones(self.abstraction(self.flattening(photo)))
        return areas

    def _encode(self, areas: Tensor) -> list[Tensor]:
        features = [self._enter(areas, self._dtype(areas))]
        for down in self.down:
            features.append(down(features[-1]))
        x = features[-1]
        for block in self.blocks:
            x = block(x)
        return [*features, x]

    def _enter(self, areas: Tensor, dtype: torch.dtype) -> Tensor:
        """The first features, of the areas and their guides.

        Guides of the photo itself would bring back what was left out, and its noise.
        """
        if self.guides is None:
            return _activate(self.entry(areas.to(dtype)))
        if not runs_in_rows(areas):
            seen = torch.cat([areas, self.guides(areas)], dim=1)
            return _activate(self.entry(seen.to(dtype)))
        batch, _, height, width = areas.shape
        shape, last = (batch, self.entry.out_channels, height, width), torch.channels_last
        features = torch.empty(shape, dtype=dtype, device=areas.device, memory_format=last)
        for rows, inner, strip in self.guides.in_rows(areas, dtype):
            features[..., rows, :] = _activate(self.entry(strip)[..., inner, :])
        return features

    def _dtype(self, photo: Tensor) -> torch.dtype:
        """What convolutions compute in."""
        kind = photo.device.type
        if torch.is_autocast_enabled(kind):
            return torch.get_autocast_dtype(kind)
        return self.entry.weight.dtype


class Down(nn.Module):
    """Half the resolution, low-passed first so that detail cannot alias."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = _conv(inputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, H, W)`` to ``(B, C', H/2, W/2)``."""
        activated: Tensor = _activate(self.conv(blur_down(x)))
        return activated


class Up(nn.Module):
    """Twice the resolution by resize and convolution (no checkerboard), plus the skip."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.narrow = Conv2d(inputs, outputs, 1)
        self.conv = _conv(outputs, outputs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """``(B, C, H, W)`` and the skip ``(B, C', 2H, 2W)`` to the skip's shape."""
        # Narrowing before the resize does the same sums on a quarter of the pixels.
        x = _doubled(self.narrow(x))
        # In place: memory is what takes time. Gradients want the skip as it was; without them
        # the sum takes its place, and the larger picture is let go before the convolution.
        x = x.add_(skip) if torch.is_grad_enabled() else skip.add_(x)
        summed: Tensor = _activate(self.conv(x))
        return summed


class Change(FullPrecision, Conv2d):
    """The last convolution, to what is added to the photo: in full precision.

    Half precision would round it by up to half a code value of 8 bits, and band a smooth photo.
    """

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, H, W)`` to ``(B, C', H, W)``, float32 for half precision."""
        with torch.autocast(x.device.type, enabled=False):
            return super().forward(in_full(x))


class ResidualBlock(nn.Module):
    """Two convolutions whose sum starts at zero, so the block starts as the identity."""

    def __init__(self, channels: int, depth: int) -> None:
        super().__init__()
        self.first = _conv(channels, channels)
        self.second = _conv(channels, channels)
        # Without normalisation, variance would grow with depth: R3GAN's remedy.
        with torch.no_grad():
            self.first.weight.mul_(depth**-0.5)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, H, W)`` to the same shape."""
        change: Tensor = self.second(_activate(self.first(x)))
        return x + change


def count_parameters(network: nn.Module) -> int:
    """Number of trained values."""
    return sum(p.numel() for p in network.parameters() if p.requires_grad)


def _conv(inputs: int, outputs: int, kind: type[Conv2d] = Conv2d) -> Conv2d:
    conv = kind(inputs, outputs, 3, padding=1)
    if not conv.weight.is_meta:  # where it would load torch's compiler, for seconds, in vain
        nn.init.kaiming_normal_(conv.weight, a=SLOPE)
    assert conv.bias is not None
    nn.init.zeros_(conv.bias)
    return conv


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


def _doubled_rows(x: Tensor, first: int, last: int) -> Tensor:
    """Rows ``first`` to ``last``, both even, of a picture of twice the size."""
    above, below = max(first // 2 - 1, 0), min(last // 2 + 1, x.shape[-2])
    return _doubled(x[..., above:below, :])[..., first - 2 * above : last - 2 * above, :]


def _activate(x: Tensor) -> Tensor:
    return F.leaky_relu(x, SLOPE, inplace=True)


def _receptive_radius(levels: int, blocks: int) -> int:
    """Farthest input pixel that any output pixel depends on, along one axis.

    Follows the interval of needed pixels backwards through the network, from every
    phase that an output pixel can have within the stride.
    """
    stride = 2**levels
    return max(
        max(phase - low, high - phase)
        for phase in range(stride)
        for low, high in [_needed(phase, phase, levels, blocks)]
    )


def _needed(low: int, high: int, levels: int, blocks: int) -> tuple[int, int]:
    """Input pixels needed for the output pixels ``low..high``."""
    low, high = _before_level(low - 1, high + 1, levels, blocks)  # the last convolution
    return low - 1, high + 1  # the first


def _before_level(low: int, high: int, levels: int, blocks: int) -> tuple[int, int]:
    """Entry features needed for decoder features ``low..high`` at this resolution."""
    if levels == 0:
        return low - 2 * blocks, high + 2 * blocks
    low, high = low - 1, high + 1  # the convolution after the skip is added
    # Bilinear doubling: pixel i lies between floor((i - 1) / 2) and its successor.
    below = _before_level((low - 1) // 2, (high - 1) // 2 + 1, levels - 1, blocks)
    # Down: a 3-tap convolution at half size, then taps 2j-1 .. 2j+2.
    down = 2 * (below[0] - 1) - 1, 2 * (below[1] + 1) + 2
    return min(low, down[0]), max(high, down[1])
