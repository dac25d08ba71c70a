#!/bin/sh
# opencv-python 5.0.0.93: remap takes float positions exactly for 1, 3 and 4 channels, and rounds them for 2.
#
# OpenCV 5 interpolates float pictures at the exact position, where 4.x rounded it to 1/32 of a pixel. For
# pictures of two channels, which is what optical flows are, it still rounds: composing flows, or
# checking one there and back again, is off by up to half of 1/32 times the slope.
# Seen (linear interpolation of a ramp whose slope is 1 a pixel): largest error about 0.016 with two
# channels, below 1e-4 with one, three and four.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencv-python==5.0.0.93 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import cv2
import numpy as np

ramp = np.tile(np.arange(64, dtype=np.float32), (64, 1))
across = np.tile(np.linspace(4, 59, 641, dtype=np.float32), (16, 1))
down = np.full_like(across, 20.0)
errors = {}
for channels in (1, 2, 3, 4):
    picture = ramp if channels == 1 else np.dstack([ramp] * channels)
    found = cv2.remap(picture, across, down, cv2.INTER_LINEAR)
    found = found if channels == 1 else found[..., 0]
    errors[channels] = float(np.abs(found - across).max())
    print(f"{channels} channels: off by {errors[channels]:.6f} at most")
assert 0.005 < errors[2] < 0.02, "the behaviour has changed"
assert max(errors[1], errors[3], errors[4]) < 1e-4, "the behaviour has changed"
PY
