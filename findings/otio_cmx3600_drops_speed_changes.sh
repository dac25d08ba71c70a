#!/bin/sh
# otio-cmx3600-adapter 1.0.0 (OpenTimelineIO 0.18.1): an M2 speed change is dropped where source and
# record are of one length.
#
# In a CMX 3600 list, M2 gives the speed at which a source plays. Editors often write source times of the
# record's length beside it, as the speed says the rest. The adapter makes a time effect of M2 only where
# both lengths differ, and says nothing where it drops one: a conform of such a list takes the wrong
# frames at the wrong speed.
# Seen: M2 at 48 frames/s in a list of 24, source and record of 2 seconds each: the clip has no effect.
# With a source of 4 seconds it has a LinearTimeWarp of 2.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenTimelineIO==0.18.1 otio-cmx3600-adapter==1.0.0
"$folder/venv/bin/python" - <<'PY'
import opentimelineio as otio

LIST = """TITLE: SPEED

001  REEL1    V     C        01:00:00:00 01:00:{ends}:00 00:00:00:00 00:00:02:00
M2   REEL1       048.0                01:00:00:00
* FROM CLIP NAME: SHOT
"""


def effects(ends):
    timeline = otio.adapters.read_from_string(LIST.format(ends=ends), "cmx_3600", rate=24)
    (clip,) = timeline.find_clips()
    found = [getattr(each, "time_scalar", each.schema_name()) for each in clip.effects]
    print(f"source of {int(ends)} seconds for 2 of record: effects {found}")
    return found


assert effects("04") == [2.0], "the behaviour has changed"
assert effects("02") == [], "the behaviour has changed"
PY
