#!/bin/sh
# OpenImageIO 3.2.2.0 (Python): an attribute of type double or int64 is never set, and a uint turns negative in EXR.
#
# ImageSpec.attribute takes a type. Those that the binding does not fill, though TypeDesc knows them well,
# are passed over without an error: ids as int64 and sums as double never reach
# the spec. An unsigned int does, and the EXR writer stores it as a signed one.
# Seen: after the call the spec has no double, int64 or uint64; 4000000000 as uint is in the spec and
# comes back from the EXR as -294967296; float and int are kept.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenImageIO==3.2.2.0 OpenEXR==3.5.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import OpenEXR
import OpenImageIO as oiio

given = {"double": 0.1, "int64": 2**40, "uint64": 5, "uint": 4000000000, "float": 0.5, "int": 5}
spec = oiio.ImageSpec(8, 8, 3, "half")
for kind, value in given.items():
    spec.attribute(f"my_{kind}", oiio.TypeDesc(kind), value)
held = {each.name: each.value for each in spec.extra_attribs}
out = oiio.ImageOutput.create("a.exr")
said = out.open("a.exr", spec), out.write_image(np.zeros((8, 8, 3), np.float32)), out.close()
header = OpenEXR.File("a.exr").header()
found = {name: header[name] for name in header if name.startswith("my_")}
print("in the spec:", held, "- in the file:", found)
assert held == {"my_uint": 4000000000, "my_float": 0.5, "my_int": 5}, "the behaviour has changed"
assert all(said) and not out.geterror(), "the behaviour has changed"
assert found == {**held, "my_uint": 4000000000 - 2**32}, "the behaviour has changed"
PY
