"""Versions of the libraries that compute pixels, as fingerprints hold them."""

from __future__ import annotations

from functools import cache

import cv2
import PyOpenColorIO as ocio  # noqa: N813
import torch

from ganfx.styles.export.extra import version_of

UNSAID = {"opencv": "5.0", "torch": "2.14", "opencolorio": "2.6"}
"""Versions of which fingerprints say nothing: records of before they were held go on counting."""


@cache
def other_versions() -> dict[str, str]:
    """Major and minor versions of libraries that are not those of `UNSAID`, by name.

    OpenCV 5 follows motion and resamples otherwise than 4 (up to 75 code values of 8 bits in a
    held frame); torch and OpenColorIO may change the last bits of a sum.
    """
    versions = {"opencv": cv2, "torch": torch, "opencolorio": ocio}
    found = {name: _minor(str(module.__version__)) for name, module in versions.items()}
    return {name: version for name, version in found.items() if version != UNSAID[name]}


def runtime_version(backend: str) -> dict[str, str]:
    """The whole version of what computes networks, by name; nothing for torch, which is above."""
    return {} if backend == "torch" else {backend: version_of(backend)}


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])
