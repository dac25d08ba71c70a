#!/bin/sh
# PyAV 18.1.0: the pixel aspect that a program sets on an output stream is lost in Matroska.
#
# `stream.sample_aspect_ratio = ...` on an output sets the codec context's value. MOV and MP4 take
# it from there; the Matroska writer takes the stream's own, which stays unset. With a codec whose
# bitstream does not bring it back (ProRes), an anamorphic plate comes back with square pixels.
# Seen: ProRes at 4:3 -> .mov 4/3, .mkv none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
from fractions import Fraction

import av
import numpy as np

found = {}
for name in ("a.mov", "a.mkv"):
    with av.open(name, "w") as output:
        stream = output.add_stream("prores_ks", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv422p10le"
        stream.sample_aspect_ratio = Fraction(4, 3)
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        for packet in [*stream.encode(frame.reformat(format="yuv422p10le")), *stream.encode()]:
            output.mux(packet)
    with av.open(name) as read:
        found[name] = read.streams.video[0].sample_aspect_ratio
    print(name, found[name])
assert found["a.mov"] == Fraction(4, 3), "the behaviour has changed"
assert found["a.mkv"] in (None, Fraction(0, 1), Fraction(1, 1)), "the behaviour has changed"
PY
