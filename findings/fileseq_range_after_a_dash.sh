#!/bin/sh
# Fileseq 3.4.0: where a name ends in a dash before the frame number, a range is read as negative.
#
# "render-1-6@@@@.png" means the frames 1 to 6 of render-0001.png to a person who saw the files. Parsed,
# the base name is "render" and the first frame is -1. And "frame (#).png", as Windows numbers copies,
# has no padding at all: brackets after a space defeat the grammar.
# Seen: base name and range of the first; padding of the second.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fileseq==3.4.0
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import fileseq

dash, brackets = fileseq.FileSequence("render-1-6@@@@.png"), fileseq.FileSequence("frame (#).png")
print(repr(dash.basename()), repr(str(dash.frameSet())), repr(brackets.padding()))
assert dash.basename() == "render", "the behaviour has changed"
assert str(dash.frameSet()).startswith("-"), "the behaviour has changed"
assert brackets.padding() == "", "the behaviour has changed"
PY
