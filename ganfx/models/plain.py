"""The generator said plainly, for runtimes other than torch on this machine.

The same layers in the same order, and bit for bit what a generator makes where gradients are on
(but for a color start, which is read from its table in another order). What is this CPU's alone is
left out: rows that stay in a cache, libraries chosen by size, neighbors side by side. Nothing is
counted on a device, so that a script of it runs wherever its weights are put.

Fixed values (taps, curves) are no buffers: hosts that halve a network halve its buffers, too.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models import color_start, edge_avoiding, guides, kuwahara
from ganfx.models.borders import round_up
from ganfx.models.filters import SIZE
from ganfx.models.generator import SLOPE, Generator, ResidualBlock
from ganfx.models.image import LUMA



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
            gray = _luma(start) + change
            return torch.cat([gray, gray, gray], dim=1)
        return start + change

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
        return x + self.second(_activated(self.first(x)))


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
        doubled = F.interpolate(
            self.narrow(x), scale_factor=2.0, mode="bilinear", align_corners=False
        )
        return _activated(self.conv(doubled + skip))


class PlainGuides(nn.Module):
    """`ganfx.models.guides.Guides`."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        assert generator.guides is not None
        self.kernels = generator.guides.kernels.detach().clone()
        self.floor = guides.FAINTEST**2
        self.margin = [SIZE // 2] * 4

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1] to ``(B, channels, H, W)``, float32."""
        gray = _luma(photo)
        count = _sums(torch.ones_like(gray))
        difference = gray - _sums(gray) / count
        power = _sums(difference.square()) / count
        contrast = difference * (power + self.floor).rsqrt()
        edges = F.conv2d(F.pad(gray, self.margin, mode="replicate"), self.kernels.to(gray.device))
        return torch.cat([contrast, edges], dim=1)


class PlainAreas(nn.Module):
    """The stage before the network: flat areas, and those of a Kuwahara filter."""

    def __init__(self, generator: Generator) -> None:
        super().__init__()
        contrast = generator.flattening.contrast
        self.flattens = contrast > 0
        self.sharpness = -0.5 / contrast**2 if contrast else 0.0
        self.steps, self.middle = list(edge_avoiding.STEPS), edge_avoiding.MIDDLE
        self.neighbors = list(edge_avoiding.TAPS)
        self.keep_detail = generator.abstraction.keep_detail
        self.passes = nn.ModuleList(PlainKuwahara(radius) for radius in generator.abstraction.radii)
        self.finest, self.coarsest, self.around = (
            PlainGaussian(radius) for radius in (*kuwahara.FINE, kuwahara.SURROUND)
        )
        self.begins, self.full = kuwahara.TEXTURED
        self.loudest = kuwahara.LOUDEST * self.full

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1], float32, to the same."""
        if self.flattens:
            for step in self.steps:
                photo = self._flatter(photo, step)
        areas = photo
        for each in self.passes:
            areas = each(areas)
        if self.keep_detail:
            return torch.lerp(photo, areas, self._textured(photo))
        return areas

    def _flatter(self, areas: Tensor, step: int) -> Tensor:
        height, width = areas.shape[2], areas.shape[3]
        padded = F.pad(areas, [step, step, step, step], mode="replicate")
        total = self.middle * areas
        weights = torch.full_like(areas[:, :1], self.middle)
        for row, column, share in self.neighbors:
            top, left = step * (1 + row), step * (1 + column)
            beside = padded[:, :, top : top + height, left : left + width]
            apart = (beside - areas).square().sum(dim=1, keepdim=True)
            weight = (apart * self.sharpness).exp() * share
            total = torch.addcmul(total, weight, beside)
            weights = weights + weight
        return total / weights

    def _textured(self, photo: Tensor) -> Tensor:
        gray = _luma(photo)
        detail = (self.finest(gray) - self.coarsest(gray)).abs().clamp(max=self.loudest)
        share = (self.around(detail) - self.begins) / (self.full - self.begins)
        return share.clamp(0.0, 1.0)


class PlainKuwahara(nn.Module):
    """One pass of a Kuwahara filter with soft windows."""

    def __init__(self, radius: int) -> None:
        super().__init__()
        self.radius = radius
        self.gaussian = PlainGaussian(radius)
        self.centers = kuwahara.window_centers(radius)
        self.least_variance = kuwahara.LEAST_VARIANCE

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1], float32, to the same."""
        mean = self.gaussian(photo)
        variance = (self.gaussian(photo.square()) - mean.square()).clamp(min=0.0)
        weight = (1.0 + variance.sum(dim=1, keepdim=True) / self.least_variance).pow(-3)
        around = [self.radius, self.radius, self.radius, self.radius]
        mean = F.pad(mean, around, mode="replicate")
        weight = F.pad(weight, around, mode="replicate")
        height, width = photo.shape[2], photo.shape[3]
        total = torch.zeros_like(photo)
        weights = torch.zeros_like(photo[:, :1])
        for row, column in self.centers:
            part = weight[:, :, row : row + height, column : column + width]
            total = total + part * mean[:, :, row : row + height, column : column + width]
            weights = weights + part
        return total / weights


class PlainGaussian(nn.Module):
    """A Gaussian blur with the borders repeated, of every plane."""

    def __init__(self, radius: float) -> None:
        super().__init__()
        self.taps = kuwahara.gaussian_taps(radius)
        self.half_width = len(self.taps) // 2

    def forward(self, planes: Tensor) -> Tensor:
        """``(B, C, H, W)`` to the same shape."""
        half = self.half_width
        channels = planes.shape[1]
        across = self.taps.to(planes.device).view(1, 1, 1, -1).repeat(channels, 1, 1, 1)
        planes = F.pad(planes, [half, half, half, half], mode="replicate")
        planes = F.conv2d(planes, across, groups=channels)
        return F.conv2d(planes, across.transpose(2, 3), groups=channels)


class PlainColorStart(nn.Module):
    """`ganfx.models.color_start.ColorStart`, its table read corner by corner."""

    def __init__(self, start: color_start.ColorStart) -> None:
        super().__init__()
        self.curve, self.offset = start.curve.clone(), start.offset.clone()
        self.matrix = [[float(each) for each in row] for row in start.matrix]
        self.table = start.table.flatten(1).clone()
        self.knots, self.cells = color_start.KNOTS, color_start.CELLS
        self.reach = color_start.REACH

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1], float32, to the same shape."""
        gray = _luma(photo)
        moved = photo + (self._curved(gray) - gray)
        red, green, blue = moved[:, 0], moved[:, 1], moved[:, 2]
        offset = self.offset.to(photo.device)
        rows = []
        for channel in range(3):
            row = self.matrix[channel]
            rows.append(row[0] * red + row[1] * green + row[2] * blue + offset[channel])
        mapped = torch.stack(rows, dim=1)
        return mapped + self._tabled(mapped)

    def _curved(self, gray: Tensor) -> Tensor:
        curve = self.curve.to(gray.device)
        place = (gray + 1) * ((self.knots - 1) / 2)
        below = place.floor().clamp(0, self.knots - 2)
        index = below.long()
        start = curve[index]
        return start + (place - below) * (curve[index + 1] - start)

    def _tabled(self, colors: Tensor) -> Tensor:
        """What the table adds: of the eight points around a color, by nearness."""
        last = self.cells - 1
        place = ((colors / self.reach + 1) * (last / 2.0)).clamp(0.0, float(last))
        below = place.floor().clamp(0, last - 1)
        part, index = place - below, below.long()
        table = self.table.to(colors.device)
        added = torch.zeros_like(colors)
        for corner in range(8):
            red, green, blue = corner // 4, corner // 2 % 2, corner % 2
            at = (index[:, 0] + red) * self.cells + index[:, 1] + green
            found = table[:, at * self.cells + index[:, 2] + blue].transpose(0, 1)
            share = _near(part[:, 0], red) * _near(part[:, 1], green) * _near(part[:, 2], blue)
            added = added + found * share.unsqueeze(1)
        return added


def _near(part: Tensor, side: int) -> Tensor:
    """The share of a cell's lower side (0) or upper side (1)."""
    return part if side == 1 else 1 - part


def _conv(conv: nn.Conv2d) -> nn.Conv2d:
    """A copy, as torch has it."""
    size, padding = conv.kernel_size[0], conv.padding[0]
    assert isinstance(padding, int)
    plain = nn.Conv2d(conv.in_channels, conv.out_channels, size, padding=padding)
    plain.load_state_dict(conv.state_dict())
    return plain


def _activated(x: Tensor) -> Tensor:
    return F.leaky_relu(x, 0.2)


def _luma(image: Tensor) -> Tensor:
    red, green, blue = image[:, 0:1], image[:, 1:2], image[:, 2:3]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


assert SLOPE == 0.2
assert LUMA == (0.2126, 0.7152, 0.0722)  # scripts read no globals


def _sums(plane: Tensor) -> Tensor:
    """Sum of the 11x11 pixels around each; beyond the border there is nothing."""
    return _summed_down(_summed_across(plane))


def _summed_across(plane: Tensor) -> Tensor:
    one = F.pad(plane, [5, 5, 0, 0])
    two = one[:, :, :, :-1] + one[:, :, :, 1:]
    four = two[:, :, :, :-2] + two[:, :, :, 2:]
    eight = four[:, :, :, :-4] + four[:, :, :, 4:]
    return eight[:, :, :, :-3] + two[:, :, :, 8:-1] + one[:, :, :, 10:]


def _summed_down(plane: Tensor) -> Tensor:
    one = F.pad(plane, [0, 0, 5, 5])
    two = one[:, :, :-1] + one[:, :, 1:]
    four = two[:, :, :-2] + two[:, :, 2:]
    eight = four[:, :, :-4] + four[:, :, 4:]
    return eight[:, :, :-3] + two[:, :, 8:-1] + one[:, :, 10:]


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
        return made.clamp(0.0, 1.0).to(picture.dtype)

    def _surrounded(self, picture: Tensor, axis: int, size: int) -> Tensor:
        """Mirrored at both ends, to a multiple of the stride; the edge pixel is repeated."""
        rest = (self.stride - size % self.stride) % self.stride
        end = size + rest + self.border
        places = torch.arange(-self.border, end, device=picture.device, dtype=torch.long)
        period = torch.full_like(places, 2 * size)  # exporters know no modulus but a tensor's
        phase = torch.remainder(places, period)
        return picture.index_select(axis, torch.minimum(phase, period - 1 - phase))
