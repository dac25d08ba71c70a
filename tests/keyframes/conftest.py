"""Small shots to paint over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from skimage import data

from ganfx.media.frames import read_picture, write_picture

HEIGHT, WIDTH = 72, 96


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANFX_HOME", str(tmp_path / "home"))
    return tmp_path


def scene(left: int, *, of: str = "astronaut") -> NDArray[np.uint8]:
    """A part of a photograph."""
    whole = getattr(data, of)()
    return np.ascontiguousarray(whole[20 : 20 + HEIGHT, left : left + WIDTH])


@pytest.fixture
def shot(place: Path) -> Path:
    """Frames 1001 to 1012: a pan by a pixel a frame."""
    for step in range(12):
        write_picture(place / "shot" / f"plate.{1001 + step}.png", scene(150 + step))
    return Path("shot")


def paint(frame: int, *, shift: tuple[int, int] = (0, 0), name: str = "") -> Path:
    """Frame as a negative, moved right and down."""
    picture = 255 - read_picture(Path(f"shot/plate.{frame}.png"))
    path = Path("keys") / (name or f"plate.{frame}.png")
    moved = np.roll(picture, shift[::-1], axis=(0, 1))
    write_picture(path, np.ascontiguousarray(moved))
    return path
