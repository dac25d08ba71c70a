#!/bin/sh
# OpenImageIO 3.2.2.0: an EXR that says of itself what kind of environment map it is is written as 0 bytes.
#
# An EXR with the standard attribute `envmap` is read with `textureformat` "LatLong Environment" (or
# "CubeFace Environment"). A tool that copies attributes from input to output hands that back to the
# writer: open, write_image and close all return True, no error is set, and the file is empty.
# Seen: 0 bytes with these values, and with "Plain Texture"; an ordinary file without the attribute.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenImageIO==3.2.2.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from pathlib import Path

import numpy as np
import OpenImageIO as oiio


def written(kind):
    spec = oiio.ImageSpec(32, 16, 3, "half")
    if kind:
        spec.attribute("textureformat", kind)
    out = oiio.ImageOutput.create("map.exr")
    said = (
        out.open("map.exr", spec),
        out.write_image(np.full((16, 32, 3), 0.5, np.float32)),
        out.close(),
    )
    size = Path("map.exr").stat().st_size if Path("map.exr").exists() else 0
    print(f"textureformat {kind or 'not set'}: open, write, close say {said}, {size} bytes")
    return said, out.geterror(), size


for kind in ("LatLong Environment", "CubeFace Environment", "Plain Texture"):
    said, error, size = written(kind)
    assert all(said) and not error and size == 0, "the behaviour has changed"
assert written("")[2] > 100, "the behaviour has changed"
PY
