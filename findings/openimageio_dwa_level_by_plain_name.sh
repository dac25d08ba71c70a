#!/bin/sh
# OpenImageIO 3.2.2.0: of the ways to ask for a DWA level, the namespaced attribute does nothing.
#
# The level of a DWAA or DWAB file is read back as the attribute "openexr:dwaCompressionLevel". Given
# to the writer under that name it is ignored and the file gets 45; the float attribute
# "dwaCompressionLevel" and the compression "dwaa:1" are honored. So copying a spec from a reader to
# a writer changes the level.
# Seen: levels read back for openexr:dwaCompressionLevel=1, dwaCompressionLevel=1, dwaa:1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenImageIO==3.2.2.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import os

import numpy as np
import OpenImageIO as oiio

pixels = np.random.default_rng(1).random((128, 128, 3)).astype(np.float32)


def size(compression, **attributes):
    spec = oiio.ImageSpec(128, 128, 3, "half")
    spec.attribute("compression", compression)
    for name, value in attributes.items():
        spec.attribute(name.replace("__", ":"), "float", value)
    out = oiio.ImageOutput.create("a.exr")
    assert out.open("a.exr", spec)
    out.write_image(pixels)
    out.close()
    return os.path.getsize("a.exr")


plain, one = size("dwaa"), size("dwaa:1")
namespaced, bare = size("dwaa", openexr__dwaCompressionLevel=1.0), size("dwaa", dwaCompressionLevel=1.0)
print(f"dwaa {plain} bytes, dwaa:1 {one}, openexr:dwaCompressionLevel=1 {namespaced}, dwaCompressionLevel=1 {bare}")
assert one > 1.2 * plain, "the behaviour has changed"
assert abs(namespaced - plain) < 200, "the behaviour has changed: the namespaced attribute is honored"
assert abs(bare - one) < 200, "the behaviour has changed: the plain attribute is not honored"
PY
