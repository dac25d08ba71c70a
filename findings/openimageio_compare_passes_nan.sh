#!/bin/sh
# OpenImageIO 3.2.2.0: comparing a picture with one that has a NaN in it, or fewer rows, finds no difference.
#
# ImageBufAlgo.compare, which idiff is made of, is how pipelines hold renders to goldens. A pixel that is
# not a number differs from nothing: the mean error becomes NaN, the largest stays 0, and the number of
# failing pixels 0 at any threshold. A picture of half the height is compared as if the rest was equal
# black: 8x8 and 8x4 of black do not differ.
# Seen: nfail 0 and maxerror 0 in both cases; a pixel of 1 in place of the NaN fails, as it should.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenImageIO==3.2.2.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import OpenImageIO as oiio


def picture(rows, value=0.0):
    pixels = np.zeros((rows, 8, 3), np.float32)
    pixels[2, 3] = value
    buffer = oiio.ImageBuf(oiio.ImageSpec(8, rows, 3, "float"))
    buffer.set_pixels(oiio.ROI(), pixels)
    return buffer


def failing(first, second):
    found = oiio.ImageBufAlgo.compare(first, second, 0.001, 0.001)
    print(f"  failing {found.nfail}, largest error {found.maxerror}, mean {found.meanerror}")
    return found.nfail, found.maxerror


golden = picture(8)
print("a pixel of 1 beside 0:")
assert failing(golden, picture(8, 1.0))[0] > 0, "the behaviour has changed"
print("a pixel that is not a number, either way round:")
for pair in ((golden, picture(8, np.nan)), (picture(8, np.nan), golden)):
    assert failing(*pair) == (0, 0.0), "the behaviour has changed"
print("half of the rows missing:")
assert failing(golden, picture(4)) == (0, 0.0), "the behaviour has changed"
PY
