#!/bin/sh
# OpenEXR 3.5.3 (Python): the header given is written into, and the header got is emptied when its file closes.
#
# OpenEXR.File and OpenEXR.Part keep the caller's dictionary and add the windows and the part's name to
# it. One dictionary of common settings for two pictures of different sizes, or for two parts, therefore
# fails, with a message about windows or names that the caller never set. And the other way round, a
# header kept from a "with" block, to be logged or copied to an output, has no entries after the block.
# Seen: the second size is refused; parts "a" and "b" "should have a unique name"; the kept header is {}.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenEXR==3.5.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import numpy as np
import OpenEXR


def settings():
    return {"type": OpenEXR.scanlineimage, "owner": "studio"}


def depth(rows):
    return {"Z": np.zeros((rows, 8), np.float32)}


def refusal(work):
    try:
        work()
    except (RuntimeError, ValueError) as error:
        print(type(error).__name__, error)
        return str(error)
    return ""


common = settings()
OpenEXR.File(common, depth(8)).write("a.exr")
assert "dataWindow" in refusal(lambda: OpenEXR.File(common, depth(4)).write("b.exr")), "the behaviour has changed"
common = settings()
parts = [OpenEXR.Part(common, depth(8), name) for name in ("a", "b")]
assert "unique name" in refusal(lambda: OpenEXR.File(parts).write("parts.exr")), "the behaviour has changed"
parts = [OpenEXR.Part(settings(), depth(8), name) for name in ("a", "b")]
assert not refusal(lambda: OpenEXR.File(parts).write("parts.exr")), "the behaviour has changed"
with OpenEXR.File("a.exr") as file:
    kept = file.header()
    inside = kept["owner"]
print("owner in the block:", inside, "- header after it:", kept)
assert inside == "studio" and not kept, "the behaviour has changed"
PY
