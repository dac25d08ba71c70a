#!/bin/sh
# OpenTimelineIO 0.18.1: of an image sequence on twos, frame_for_time and end_frame name frames that it does not have.
#
# ImageSequenceReference has a frame_step for pictures drawn on twos: 1001, 1003 and so on. The list of
# its images heeds the step; frame_for_time and end_frame count every frame, so a renderer that asks for
# the frame of a time is sent to a file that was never drawn, where a person expects the one held.
# Seen: 10 frames from 1001 by 2 -> images 1001, 1003, ... 1009, end_frame 1010, second time -> 1002.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet OpenTimelineIO==0.18.1
"$folder/venv/bin/python" - <<'PY'
import opentimelineio as otio


def time(frames):
    return otio.opentime.RationalTime(frames, 24)


sequence = otio.schema.ImageSequenceReference(
    target_url_base="drawn/", name_prefix="a.", name_suffix=".png", start_frame=1001, frame_step=2, rate=24,
    frame_zero_padding=4, available_range=otio.opentime.TimeRange(time(0), time(10)),
)
count = sequence.number_of_images_in_sequence()
images = [int(sequence.target_url_for_image_number(index)[-8:-4]) for index in range(count)]
asked = [sequence.frame_for_time(time(index)) for index in range(10)]
print("images", images, "end_frame", sequence.end_frame(), "frame_for_time", asked)
assert images == [1001, 1003, 1005, 1007, 1009], "the behaviour has changed"
assert asked == list(range(1001, 1011)) and sequence.end_frame() == 1010, "the behaviour has changed"
PY
