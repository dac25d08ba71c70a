#!/bin/sh
# OpenEXR 3.5.3 (Python): a list of integers in a header is left out of the file, and a large integer becomes 0.
#
# Writers put frame ranges, seeds and ids into EXR headers. Lists of floats and of strings are kept, and
# types the package does not know (None, bytes, numpy integers) raise; a list of integers is neither
# kept nor refused, and an integer past 32 bits keeps its low 32 bits alone.
# Seen: [1001, 1096] has no attribute in the file; 2**40 comes back as 0; [1001.0, 1096.0] comes back.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import OpenEXR

given = {"frames": [1001, 1096], "seed": 2**40, "floats": [1001.0, 1096.0], "small": 7}
header = {"type": OpenEXR.scanlineimage, **given}
OpenEXR.File(header, {"RGB": np.zeros((4, 4, 3), np.float16)}).write("shot.exr")
back = OpenEXR.File("shot.exr").header()
for name, value in given.items():
    print(name, value, "->", back.get(name, "not in the file"))
assert "frames" not in back and back["seed"] == 0, "the behaviour has changed"
assert list(back["floats"]) == [1001.0, 1096.0] and back["small"] == 7, "the behaviour has changed"
PY
