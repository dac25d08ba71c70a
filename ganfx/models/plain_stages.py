"""What a generator does in full precision around its network, said plainly: areas, guides, colors.

Fixed values (taps, curves, tables) are no buffers: hosts that halve a network halve its buffers,
too.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models import color_start, edge_avoiding, flat_tones, guides, kuwahara
from ganfx.models.filters import SIZE
from ganfx.models.generator import Generator
from ganfx.models.image import LUMA

assert LUMA == (0.2126, 0.7152, 0.0722)  # scripts read no globals


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
        self.last_tone = generator.tones.count - 1
        self.sharpness_of_tones = flat_tones.SHARPNESS
        self.highest_rise = math.tanh(flat_tones.SHARPNESS / 2)

    def forward(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` in [-1, 1], float32, to the same."""
        areas = self._areas(photo)
        if self.last_tone < 0:
            return areas
        gray = plain_luma(areas)
        return areas + (self._stepped(gray) - gray)

    def _areas(self, photo: Tensor) -> Tensor:
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

    def _stepped(self, gray: Tensor) -> Tensor:
        last = self.last_tone
        place = (gray + 1) * (last / 2)
        below = place.floor().clamp(0, last - 1)
        rise = torch.tanh(self.sharpness_of_tones * (place - below - 0.5)) / self.highest_rise
        return (below + 0.5 + 0.5 * rise) * (2 / last) - 1

    def _textured(self, photo: Tensor) -> Tensor:
        gray = plain_luma(photo)
        detail = (self.finest(gray) - self.coarsest(gray)).abs().clamp(max=self.loudest)
        share = (self.around(detail) - self.begins) / (self.full - self.begins)
        limited: Tensor = share.clamp(0.0, 1.0)
        return limited


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
        gray = plain_luma(photo)
        count = _sums(torch.ones_like(gray))
        difference = gray - _sums(gray) / count
        power = _sums(difference.square()) / count
        contrast = difference * (power + self.floor).rsqrt()
        edges = F.conv2d(F.pad(gray, self.margin, mode="replicate"), self.kernels.to(gray.device))
        return torch.cat([contrast, edges], dim=1)


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
        gray = plain_luma(photo)
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


def plain_luma(image: Tensor) -> Tensor:
    """``(B, 3, H, W)`` to ``(B, 1, H, W)``."""
    red, green, blue = image[:, 0:1], image[:, 1:2], image[:, 2:3]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


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
