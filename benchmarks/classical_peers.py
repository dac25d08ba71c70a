"""The classical filters that looks are compared with, on the same pictures.

    python benchmarks/classical_peers.py PICTURES OUT

OpenCV's stylization and pencilSketch, and Kuwahara's filter; its oilPainting where the contrib
build of OpenCV is installed (which takes the place of opencv-python: use a virtual environment of
its own; this script imports nothing of ganfx). Each with what its documentation gives, or what
looked best.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ImageU8 = NDArray[np.uint8]
REACH = 5
"""Pixels on a side of Kuwahara's squares, less one half."""


def main() -> None:
    """Write a folder of pictures for each filter that this OpenCV has."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    filters = available()
    for path in sorted(options.pictures.iterdir()):
        picture = cv2.imread(str(path))
        if picture is None:
            continue
        for name, apply in filters.items():
            (options.out / name).mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(options.out / name / f"{path.stem}.png"), apply(picture))


def available() -> dict[str, Callable[[ImageU8], ImageU8]]:
    """Filters by name."""
    filters: dict[str, Callable[[ImageU8], ImageU8]] = {"kuwahara": kuwahara}
    if hasattr(cv2, "stylization"):
        filters["stylization"] = lambda picture: cv2.stylization(picture, sigma_s=60, sigma_r=0.45)
        filters["pencil_sketch"] = lambda picture: np.repeat(
            cv2.pencilSketch(picture, sigma_s=60, sigma_r=0.07, shade_factor=0.05)[0][..., None],
            3,
            2,
        )
    if hasattr(cv2, "xphoto"):
        filters["oil_painting"] = lambda picture: cv2.xphoto.oilPainting(picture, 7, 1)
    return filters


def kuwahara(picture: ImageU8) -> ImageU8:
    """Each pixel becomes the mean of that of four squares at it whose luma varies least."""
    side = REACH + 1
    luma = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    mean = cv2.blur(picture.astype(np.float32), (side, side))
    variance = cv2.sqrBoxFilter(luma, cv2.CV_32F, (side, side)) - cv2.blur(luma, (side, side)) ** 2
    best = np.full(luma.shape, np.inf, np.float32)
    result = mean.copy()
    for down in (-REACH // 2, REACH // 2):
        for right in (-REACH // 2, REACH // 2):
            moved = np.roll(variance, (down, right), (0, 1))
            better = moved < best
            best[better] = moved[better]
            result[better] = np.roll(mean, (down, right), (0, 1))[better]
    return np.clip(result + 0.5, 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
