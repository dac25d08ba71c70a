"""OpenCV's portable mode: the same sums on any number of threads, in any thread."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import hashlib
from concurrent.futures import ThreadPoolExecutor
import numpy as np
from ganfx.media.portable import use_portable_opencv
use_portable_opencv()
import cv2

plane = np.random.default_rng(1).random((1080, 1920), np.float32)

def blurred(_):
    use_portable_opencv()
    blurs = [cv2.GaussianBlur(plane, (0, 0), sigma) for sigma in (1.2, 2.0, 6.0)]
    return hashlib.sha256(b"".join(blur.tobytes() for blur in blurs)).hexdigest()

found = set()
for threads in (1, 2, 3):
    cv2.setNumThreads(threads)
    found.add(blurred(0))
    with ThreadPoolExecutor(2) as pool:
        found.update(pool.map(blurred, range(2)))
print(len(found))
"""


def test_blurs_are_the_same_on_any_number_of_threads_and_in_any_of_them():
    ran = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.strip() == "1"
