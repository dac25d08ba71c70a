"""The generator said plainly, for runtimes other than torch on this machine.

The same layers in the same order, and bit for bit what a generator makes where gradients are on
(but for a color start, which is read from its table in another order). What is this CPU's alone is
left out: rows that stay in a cache, libraries chosen by size, neighbors side by side. Nothing is
counted on a device, so that a script of it runs wherever its weights are put.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.borders import round_up
from ganfx.models.generator import SLOPE, Generator, ResidualBlock
from ganfx.models.plain_stages import PlainAreas, PlainColorStart, PlainGuides, plain_luma


class PlainGenerator(nn.Module):
    """A generator's forward pass, as a script and a graph can hold it.

    Args:
        generator: Whose weights it takes, as copies.
        half: Convolutions in float16; areas, guides, color and the change stay in float32, as they
            do wherever ganfx computes in half precision.
    """

    def __init__(self, generator: Generator, *, half: bool = False) -> None:
        super().__init__()
        self.areas = PlainAreas(generator)
        self.guides = PlainGuides(generator) if generator.guides is not None else None
        self.recolor = PlainColorStart(generator.color_start) if generator.color_start else None
        self.entry = _conv(generator.entry)
        self.down = nn.ModuleList(PlainDown(each) for each in generator.down)
        self.blocks = nn.ModuleList(PlainBlock(each) for each in generator.blocks)
        self.up = nn.ModuleList(PlainUp(each) for each in generator.up)
        if half:
            self.half()
        self.change = _conv(generator.change)
        self.monochrome = generator.monochrome

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to the same shape in float32, not clamped."""
        areas = self.areas(photo.float())
        seen = areas
        if self.guides is not None:
            seen = torch.cat([areas, self.guides(areas)], dim=1)
        x = _activated(self.entry(seen.to(self.entry.weight.dtype)))
        skips = [x]
        for down in self.down:
            x = down(x)
            skips.append(x)
        for block in self.blocks:
            x = block(x)
        for level, up in enumerate(self.up):
            x = up(x, skips[len(skips) - 2 - level])
        change = self._change(x.float())
        start = areas
        if self.recolor is not None:
            start = self.recolor(areas)
        if self.monochrome:
            gray = plain_luma(start) + change
            return torch.cat([gray, gray, gray], dim=1)
        made: Tensor = start + change
        return made

    def _change(self, x: Tensor) -> Tensor:
        """In float32, whatever a host has made of its weights."""
        weight, bias = self.change.weight.float(), self.change.bias
        assert bias is not None
        return F.conv2d(x, weight, bias.float(), padding=1)


class PlainDown(nn.Module):
    """Half the resolution."""

    def __init__(self, down: nn.Module) -> None:
        super().__init__()
        conv = down.conv
        assert isinstance(conv, nn.Conv2d)
        channels = conv.in_channels
        self.blur = nn.Conv2d(channels, channels, 4, 2, 1, groups=channels, bias=False)
        taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
        with torch.no_grad():  # sixty-fourths: exact in half precision, too
            self.blur.weight.copy_(torch.outer(taps, taps))
        self.conv = _conv(conv)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, H, W)`` to ``(B, C', H/2, W/2)``."""
        return _activated(self.conv(self.blur(x)))


class PlainBlock(nn.Module):
    """A residual block."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        assert isinstance(block, ResidualBlock)
        self.first, self.second = _conv(block.first), _conv(block.second)

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, H, W)`` to the same shape."""
        change: Tensor = self.second(_activated(self.first(x)))
        return x + change


class PlainUp(nn.Module):
    """Twice the resolution, plus the skip."""

    def __init__(self, up: nn.Module) -> None:
        super().__init__()
        narrow, conv = up.narrow, up.conv
        assert isinstance(narrow, nn.Conv2d)
        assert isinstance(conv, nn.Conv2d)
        self.narrow, self.conv = _conv(narrow), _conv(conv)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """``(B, C, H, W)`` and the skip ``(B, C', 2H, 2W)`` to the skip's shape."""
        # Not interpolate: a script would take all of its modes along, of which older torch lacks
        # some, and could not read the file.
        doubled = torch.ops.aten.upsample_bilinear2d(self.narrow(x), None, False, [2.0, 2.0])
        return _activated(self.conv(doubled + skip))


def _conv(conv: nn.Conv2d) -> nn.Conv2d:
    """A copy, as torch has it."""
    size, padding = conv.kernel_size[0], conv.padding[0]
    assert isinstance(padding, int)
    plain = nn.Conv2d(conv.in_channels, conv.out_channels, size, padding=padding)
    plain.load_state_dict(conv.state_dict())
    return plain


def _activated(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)  # scripts read no globals


assert SLOPE == 0.2


class DisplayNetwork(nn.Module):
    """A plain generator for pictures as hosts have them: display-encoded, from 0 to 1.

    Args:
        generator: Whose weights it takes, as copies.
        half: As of `PlainGenerator`.
        pads: Whether it surrounds pictures with their mirror image itself, and takes any size;
            else height and width are multiples of the generator's stride, with zeros around them.
    """

    def __init__(self, generator: Generator, *, half: bool = False, pads: bool = False) -> None:
        super().__init__()
        self.network = PlainGenerator(generator, half=half)
        self.pads, self.stride = pads, generator.stride
        self.border = round_up(generator.border, generator.stride)

    def forward(self, picture: Tensor) -> Tensor:
        """``(B, 3, H, W)`` to the same shape, in [0, 1]; what is beyond that is clipped."""
        seen = picture.float().clamp(0.0, 1.0)
        height, width = picture.shape[2], picture.shape[3]
        if self.pads:
            seen = self._surrounded(seen, 2, height)
            seen = self._surrounded(seen, 3, width)
        made = (self.network(seen * 2.0 - 1.0) + 1.0) * 0.5
        if self.pads:
            first = self.border
            made = made[:, :, first : first + height, first : first + width]
        shown: Tensor = made.clamp(0.0, 1.0).to(picture.dtype)
        return shown

    def _surrounded(self, picture: Tensor, axis: int, size: int) -> Tensor:
        """Mirrored at both ends, to a multiple of the stride; the edge pixel is repeated."""
        rest = (self.stride - size % self.stride) % self.stride
        end = size + rest + self.border
        places = torch.arange(-self.border, end, device=picture.device, dtype=torch.long)
        period = torch.full_like(places, 2 * size)  # exporters know no modulus but a tensor's
        phase = torch.remainder(places, period)
        return picture.index_select(axis, torch.minimum(phase, period - 1 - phase))
