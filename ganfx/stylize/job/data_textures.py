"""Textures that hold data (normals, roughness...), not color, by their names."""

from __future__ import annotations

import re
from pathlib import Path

DATA_ENDINGS = (
    *("_normal", "_normals", "_nrm", "_normal_dx", "_normal_gl"),
    *("_normal_directx", "_normal_opengl", "_bump", "_height", "_displacement", "_disp"),
    *("_rough", "_roughness", "_gloss", "_glossiness", "_metal", "_metallic", "_metalness"),
    *("_ao", "_occlusion", "_ambientocclusion", "_orm", "_rma", "_mrao", "_opacity"),
)
"""Names of textures that hold data, not colour, before the frame number and suffix."""

_NUMBER = re.compile(r"[._](-?\d+)$")


def is_data(path: Path) -> bool:
    """Whether the name says that a texture holds data: ``wood_normal.png``."""
    stem = _NUMBER.sub("", path.stem).lower()
    return stem.endswith(DATA_ENDINGS)
