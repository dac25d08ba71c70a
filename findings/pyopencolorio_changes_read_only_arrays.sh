#!/bin/sh
# opencolorio 2.6.0 (Python): applyRGB changes the pixels of a numpy array that is marked read-only.
#
# CPUProcessor.applyRGB works in place and is particular about its input: other types than float32 and
# arrays that are not contiguous raise. The flag that makes an array read-only, which programs set
# on pictures they share or cache, is not looked at: the cached picture is converted again with every use.
# Seen: ACEScg to ACES2065-1 on a read-only array: no error, other values, twice other values the second time.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet opencolorio==2.6.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import PyOpenColorIO as ocio

config = ocio.Config.CreateFromBuiltinConfig("cg-config-v2.2.0_aces-v1.3_ocio-v2.4")
processor = config.getProcessor("ACEScg", "ACES2065-1").getDefaultCPUProcessor()
cached = np.tile(np.float32([0.1, 0.5, 0.9]), (4, 4, 1))
cached.flags.writeable = False
seen = [cached[0, 0].tolist()]
for _ in range(2):
    processor.applyRGB(cached)
    seen.append(cached[0, 0].tolist())
print("read-only still:", not cached.flags.writeable, "- first pixel at start and after each call:", seen)
assert not cached.flags.writeable, "the behaviour has changed"
assert abs(seen[0][0] - seen[1][0]) > 0.05 and abs(seen[1][0] - seen[2][0]) > 0.05, "the behaviour has changed"
PY
