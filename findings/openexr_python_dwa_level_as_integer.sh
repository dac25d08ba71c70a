#!/bin/sh
# OpenEXR 3.5.3 (Python): a DWA level given as an integer is recorded in the file and not used.
#
# "dwaCompressionLevel": 200 is what a person types. The package makes an attribute of type int of it, and
# the compressor looks for one of type float: the file says 200, is read back as 200 (by OpenImageIO too)
# and was compressed at the default of 45. 200.0 is what works.
# Seen: one size for the integers 1, 45 and 200; falling sizes for the floats; both read back as given.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 OpenImageIO==3.2.2.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from pathlib import Path

import numpy as np
import OpenEXR
import OpenImageIO as oiio

grain = np.random.default_rng(0).random((64, 64, 3)).astype(np.float16)


def size(level):
    header = {"type": OpenEXR.scanlineimage, "compression": OpenEXR.DWAA_COMPRESSION, "dwaCompressionLevel": level}
    OpenEXR.File(header, {"RGB": grain}).write("grain.exr")
    said = OpenEXR.File("grain.exr").header()["dwaCompressionLevel"]
    also = oiio.ImageInput.open("grain.exr").spec().getattribute("openexr:dwaCompressionLevel")
    assert said == also == level, "the behaviour has changed"
    found = Path("grain.exr").stat().st_size
    print(f"level {level!r}: {found} bytes, read back as {said!r} and {also!r}")
    return found


floats, integers = ([size(kind(level)) for level in (1, 45, 200)] for kind in (float, int))
assert floats[0] > floats[1] > floats[2], "the behaviour has changed"
assert len(set(integers)) == 1 and abs(integers[0] - floats[1]) < 16, "the behaviour has changed"
PY
