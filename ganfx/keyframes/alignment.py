"""Whether a painted frame lies on the frame that it was painted over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from ganfx.keyframes.key_shot import KeyShot
from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.portable import use_portable_opencv
from ganfx.quality.sampling import spread

LINES = 360
"""Of the pictures that are compared."""
SOFT = 2.0
"""Sigma in pixels of the blur before edges are taken: strokes are wider than edges."""
SHIFTED = 0.006
"""Of the height: a shift that shows, as fringes on every outline."""
CLEARER = 0.1
"""Correlation of edges by which another place, or another frame, has to be better."""
OTHERS = 12
"""Frames all over the shot that a key is compared with."""

Plane = NDArray[np.float32]


def alignment_notices(key_shot: KeyShot) -> Iterator[str]:
    """What is odd about keys: those that lie beside their frame, and those of another one.

    A painter may leave out and put in what he likes: nothing of this is an error.

    Raises:
        MediaError: A file cannot be read.
    """
    frames = sorted({*spread(key_shot.frames, OTHERS), *(key.frame for key in key_shot.keys)})
    plates = {n: _edges(key_shot.plate(n, lines=LINES)) for n in frames} if key_shot.keys else {}
    for key in key_shot.keys:
        painted = _edges(key_shot.painting(key, lines=LINES))
        name, own = key.picture.name, _likeness(plates[key.frame], painted)
        moved, shift = _moved_back(plates[key.frame], painted)
        if (other := _resembled(plates, key.frame, painted, max(own, moved))) is not None:
            yield f"{name} resembles frame {other} more than {key.frame}: is its number right?"
        elif moved > own + CLEARER and max(map(abs, shift)) > SHIFTED * len(painted):
            lines = len(key_shot.plate(key.frame))
            right, down = (round(side * lines / len(painted)) for side in shift)
            yield f"{name} lies {_words(right, down)} from its frame: move it back"


def _edges(picture: ImageU8) -> Plane:
    """Strength of edges, ``(h, w)``."""
    use_portable_opencv()
    luma = cv2.GaussianBlur(luma_of(picture).astype(np.float32), (0, 0), SOFT)
    across, down = (cv2.Sobel(luma, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    return np.asarray(np.sqrt(across * across + down * down), dtype=np.float32)


def _likeness(first: Plane, second: Plane) -> float:
    """Correlation, -1 to 1; 0 where one is flat."""
    a, b = first - first.mean(), second - second.mean()
    norm = float(np.sqrt(np.vdot(a, a) * np.vdot(b, b)))
    return float(np.vdot(a, b)) / norm if norm > 1e-6 else 0.0


def _resembled(plates: Mapping[int, Plane], own: int, painted: Plane, like: float) -> int | None:
    """Another frame that is clearly more like a painting."""
    likeness = {n: _likeness(plate, painted) for n, plate in plates.items() if n != own}
    best = max(likeness, key=lambda n: likeness[n], default=None)
    return best if best is not None and likeness[best] > like + CLEARER else None


def _moved_back(plate: Plane, painted: Plane) -> tuple[float, tuple[float, float]]:
    """Likeness once a painting is moved onto its plate, and by how much it lay right and down."""
    use_portable_opencv()
    size = plate.shape[1], plate.shape[0]
    window = cv2.createHanningWindow(size, cv2.CV_32F)
    (right, down), _ = cv2.phaseCorrelate(plate, painted, window)
    moved = cv2.warpAffine(
        painted,
        np.array([[1, 0, right], [0, 1, down]], np.float32),
        size,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return _likeness(plate, np.asarray(moved, np.float32)), (right, down)


def _words(right: int, down: int) -> str:
    """``9 pixels to the left and 5 pixels down``."""
    across = f"{abs(right)} pixels to the {'right' if right > 0 else 'left'}"
    along = f"{abs(down)} pixels {'down' if down > 0 else 'up'}"
    return " and ".join(part for part, pixels in ((across, right), (along, down)) if pixels)
