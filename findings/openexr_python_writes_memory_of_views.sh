#!/bin/sh
# OpenEXR 3.5.3 (Python): a transposed camera matrix is written untransposed, and a sliced picture as its memory.
#
# Tools that keep column vectors hand over `matrix.T` for worldToCamera and worldToNDC. OpenEXR.File
# reads the array's memory from its start and takes no notice of strides, so the file holds the matrix
# that was not meant. Pixels go the same way: the RGB of an RGBA array is written as if alpha was part
# of the next pixel. Nothing is raised; numpy.ascontiguousarray before writing is the remedy.
# Seen: `m.T` comes back as m; rgba[..., :3] comes back as other pixels; contiguous copies of both return.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import OpenEXR


def roundtrip(matrix, pixels):
    header = {"type": OpenEXR.scanlineimage, "worldToCamera": matrix}
    OpenEXR.File(header, {"RGB": pixels}).write("shot.exr")
    back = OpenEXR.File("shot.exr")
    return back.header()["worldToCamera"], back.channels()["RGB"].pixels


matrix = np.arange(16, dtype=np.float32).reshape(4, 4)
rgba = np.arange(6 * 8 * 4, dtype=np.float32).reshape(6, 8, 4)
rgb = rgba[..., :3]
got_matrix, got_rgb = roundtrip(matrix.T, rgb)
print("views: matrix kept", np.array_equal(got_matrix, matrix.T), "pixels kept", np.array_equal(got_rgb, rgb))
assert np.array_equal(got_matrix, matrix), "the behaviour has changed"
assert np.array_equal(got_rgb.ravel(), rgba.ravel()[: rgb.size]), "the behaviour has changed"
got_matrix, got_rgb = roundtrip(np.ascontiguousarray(matrix.T), np.ascontiguousarray(rgb))
print("copies: matrix kept", np.array_equal(got_matrix, matrix.T), "pixels kept", np.array_equal(got_rgb, rgb))
assert np.array_equal(got_matrix, matrix.T) and np.array_equal(got_rgb, rgb), "the behaviour has changed"
PY
