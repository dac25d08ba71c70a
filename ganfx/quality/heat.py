"""Heat: how large values are, as colours: black, red, yellow, white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.media.arrays import ImageU8
from ganfx.media.portable import use_portable_opencv


def heat_colors(values: NDArray[np.float32], most: float = 1.0) -> ImageU8:
    """Values ``(H, W)`` as a picture; those of ``most`` and above are white-hot."""
    use_portable_opencv()
    code = (np.clip(values / most, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    colors = cv2.cvtColor(cv2.applyColorMap(code, cv2.COLORMAP_HOT), cv2.COLOR_BGR2RGB)
    return np.asarray(colors, dtype=np.uint8)
