#!/bin/sh
# PyAV 18.1.0: ProRes takes its color description from each frame and DNxHR from the stream, so either alone is lost.
#
# With the BT.709 tags set on the output's codec context, as most codecs want it, a ProRes .mov says
# BT.709 in its container and "unspecified" in the header of every frame, and a decoder's frames carry the
# latter: two readers of one file disagree. With the tags on the frames alone ProRes is right in both
# places, and DNxHR loses primaries and transfer. Writers have to set both.
# Seen: (matrix, primaries, transfer), 1 for BT.709 and 2 for unspecified, of the container and of a frame.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet av==18.1.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import av
import numpy as np


def tag(target):
    target.colorspace = target.color_primaries = target.color_trc = 1


def tags(source):
    return tuple(int(each) for each in (source.colorspace, source.color_primaries, source.color_trc))


def found(codec, pixels, options, on):
    with av.open("a.mov", "w") as output:
        stream = output.add_stream(codec, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 256, 144, pixels
        grey = np.full((144, 256, 3), 90, np.uint8)
        frame = av.VideoFrame.from_ndarray(grey, format="rgb24").reformat(format=pixels)
        for each in {"stream": [stream.codec_context], "frame": [frame]}.get(on, [stream.codec_context, frame]):
            tag(each)
        for packet in [*stream.encode(frame), *stream.encode()]:
            output.mux(packet)
    with av.open("a.mov") as read:
        stream = read.streams.video[0]
        container = tags(stream.codec_context)
        result = container, tags(next(read.decode(stream)))
    print(codec, "tags on", on, "-> container", result[0], "frame", result[1])
    return result


prores = ("prores_ks", "yuv422p10le", {})
dnxhr = ("dnxhd", "yuv422p", {"profile": "dnxhr_hq"})
known, unknown = (1, 1, 1), (2, 2, 2)
assert found(*prores, "stream") == (known, unknown), "the behaviour has changed"
assert found(*prores, "frame") == (known, known), "the behaviour has changed"
assert found(*dnxhr, "stream") == (known, known), "the behaviour has changed"
assert found(*dnxhr, "frame")[1] == (1, 2, 2), "the behaviour has changed"
assert found(*prores, "both") == found(*dnxhr, "both") == (known, known), "the behaviour has changed"
PY
