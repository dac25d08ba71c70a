"""How near a painting comes to the teacher's own: the scores of the hidden-teacher benchmark."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from skimage.transform import downscale_local_mean

from ganfx.media.arrays import ImageU8

FAR = 4
"""Reduction at which hatching and grain become tone."""


@dataclass(frozen=True)
class Scores:
    """Means over pictures."""

    psnr: float  # dB, over RGB as encoded
    ssim: float  # Wang et al. 2004, with their Gaussian window; mean over RGB
    color: float  # mean CIEDE2000 difference: 1 is just visible; lower is better
    far: float  # PSNR of both pictures reduced by `FAR`: tone and colour without their texture

    def __str__(self) -> str:
        """``PSNR 17.31, SSIM 0.642, dE 11.20, far 21.05``."""
        return (
            f"PSNR {self.psnr:.2f}, SSIM {self.ssim:.3f}, dE {self.color:.2f}, far {self.far:.2f}"
        )


def score(painting: ImageU8, truth: ImageU8) -> Scores:
    """Compare two ``(H, W, 3)`` uint8 sRGB pictures."""
    similarity = structural_similarity(
        truth,
        painting,
        channel_axis=2,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
    )
    difference = deltaE_ciede2000(rgb2lab(truth), rgb2lab(painting)).mean()
    return Scores(
        psnr=float(peak_signal_noise_ratio(truth, painting, data_range=255)),
        ssim=float(similarity),
        color=float(difference),
        far=float(peak_signal_noise_ratio(_reduced(truth), _reduced(painting), data_range=255)),
    )


def mean_scores(scores: Iterable[Scores]) -> Scores:
    """The mean of each."""
    return Scores(*(float(v) for v in np.mean([astuple(s) for s in scores], axis=0)))


def _reduced(picture: ImageU8) -> NDArray[np.float64]:
    height, width = (side - side % FAR for side in picture.shape[:2])
    reduced: NDArray[np.float64] = downscale_local_mean(
        picture[:height, :width].astype(np.float64), (FAR, FAR, 1)
    )
    return reduced
