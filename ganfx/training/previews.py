"""Preview sheets: the same few photos through the averaged generator, every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import write_picture
from ganfx.models.generator import Generator
from ganfx.quality.sampling import spread
from ganfx.quality.sheets import GAP, contact_sheet
from ganfx.training.checkpoints import PREVIEWS
from ganfx.training.data import TrainingSet, crop, to_network
from ganfx.training.state import State

COUNT = 6
SIDE = 320  # pixels, a multiple of any generator's stride
SURROUND = 96  # of its own mirror image, so that the border shows what a frame's inside would


def save_preview(state: State, pictures: TrainingSet, run: Path) -> Path:
    """Write ``previews/000500.png``: photos above, their look (and truth) below."""
    path = run / PREVIEWS / f"{state.step:06d}.png"
    photos = _fixed_crops(pictures.photos.pictures)
    rows = [photos, [stylize_square(state.averaged, p, state.device) for p in photos]]
    if pictures.painted:
        rows.append(_fixed_crops(pictures.painted.pictures))
    elif pictures.art:
        rows.append(_fixed_crops(pictures.art.pictures))
    write_picture(path, contact_sheet(rows))
    return path


def preview_photos(state: State, pictures: TrainingSet) -> Tensor:
    """The photos of every sheet, as a network sees them: ``(B, 3, SIDE, SIDE)`` in [-1, 1]."""
    photos = torch.from_numpy(np.stack(_fixed_crops(pictures.photos.pictures)))
    return to_network(photos.permute(0, 3, 1, 2), state.device)


def preview_rows(sheet: ImageU8) -> list[ImageU8]:
    """A preview sheet cut into its rows: photos, their look, and the truth or art."""
    tops = range(GAP, sheet.shape[0] - SIDE + 1, SIDE + GAP)
    return [sheet[top : top + SIDE] for top in tops]


def preview_squares(sheet: ImageU8) -> list[list[ImageU8]]:
    """The pictures of each row of a preview sheet."""
    lefts = range(GAP, sheet.shape[1] - SIDE + 1, SIDE + GAP)
    return [[row[:, left : left + SIDE] for left in lefts] for row in preview_rows(sheet)]


@torch.no_grad()
def stylize_square(generator: Generator, photo: ImageU8, device: torch.device) -> ImageU8:
    """``(S, S, 3)`` uint8 through the generator; S + 2 * SURROUND a multiple of its stride."""
    tensor = torch.from_numpy(np.ascontiguousarray(photo)).permute(2, 0, 1).unsqueeze(0)
    around = F.pad(to_network(tensor, device), [SURROUND] * 4, mode="reflect")
    fake = generator(around)[..., SURROUND:-SURROUND, SURROUND:-SURROUND]
    code = fake.add(1).mul(127.5).round().clamp(0, 255).byte()
    picture: ImageU8 = code.squeeze(0).permute(1, 2, 0).cpu().numpy()
    return picture


def _fixed_crops(pictures: tuple[ImageU8, ...]) -> list[ImageU8]:
    """The central square of pictures spread evenly over the set."""
    return [_central_square(picture) for picture in spread(pictures, COUNT)]


def _central_square(picture: ImageU8) -> ImageU8:
    height, width = picture.shape[:2]
    side = min(height, width)
    window = ((height - side) // 2, (width - side) // 2, side)
    return crop(picture, window, SIDE).permute(1, 2, 0).numpy()
