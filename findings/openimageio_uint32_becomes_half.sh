#!/bin/sh
# OpenImageIO 3.2.2.0: an EXR asked for with the type "uint32" is written as half, without an error.
#
# A pipeline that writes 32-bit ids by numpy's name loses most of them to rounding. The name that works
# is "uint"; ImageSpec takes the unknown one in silence, and the writer falls back to half.
# Seen: uint32 -> half, the id 100001 comes back as another number; uint -> uint, it comes back.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenImageIO==3.2.2.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import OpenImageIO as oiio

found = {}
for name in ("uint32", "uint"):
    spec = oiio.ImageSpec(4, 4, 1, name)
    spec.channelnames = ("id",)
    out = oiio.ImageOutput.create("ids.exr")
    assert out.open("ids.exr", spec)
    assert out.write_image(np.full((4, 4, 1), 100_001, np.uint32))
    out.close()
    image = oiio.ImageInput.open("ids.exr")
    value = int(image.read_image("uint").flat[0])
    found[name] = (str(image.spec().format), value)
    image.close()
    print(f"{name}: written as {found[name][0]}, 100001 comes back as {value}")
assert found["uint32"][0] == "half" and found["uint32"][1] != 100_001, "the behaviour has changed"
assert found["uint"] == ("uint", 100_001), "the behaviour has changed"
PY
