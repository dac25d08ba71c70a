"""Array types of pictures: RGB ``(H, W, 3)``; the dtype implies the encoding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ImageU8 = NDArray[np.uint8]
"""``(H, W, 3)`` uint8: sRGB-encoded."""
ImageF32 = NDArray[np.float32]
"""``(H, W, 3)`` float32: display-encoded in [0, 1], or scene-linear without an upper bound."""
