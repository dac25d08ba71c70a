"""Timelines: only what they use is done, and a timeline of the results comes out."""

import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ganfx.cli import app
from ganfx.console import FramesFailedError
from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.video.reading import count_frames
from ganfx.stylize import Options
from ganfx.stylize.conform import conform
from ganfx.stylize.conform.run import abutting, merged
from ganfx.stylize.events import FrameDone, FrameFailed, Notice, StylizeDone, StylizeStarted
from ganfx.stylize.redo import redo
from tests.media.framing_files import canvas, decision, write_fdl
from tests.media.video.test_video import film
from tests.stylize.conftest import of_kind, run

otio = pytest.importorskip("opentimelineio")
FPS = 24


def time(frame):
    return otio.opentime.RationalTime(frame, FPS)


def span(first, count):
    return otio.opentime.TimeRange(time(first), time(count))


def put(name, frames=range(1001, 1021)):
    folder = Path("media", name)
    for frame in frames:
        write_picture(
            folder / f"{name}.{frame:04d}.png", np.full((8, 12, 3), frame % 250, np.uint8)
        )
    return folder


def numbered(name, start=1001, count=20, at=100):
    return otio.schema.ImageSequenceReference(
        target_url_base=f"media/{name}",
        name_prefix=f"{name}.",
        name_suffix=".png",
        start_frame=start,
        frame_zero_padding=4,
        rate=FPS,
        available_range=span(at, count),
    )


def clip(name, reference, first, count, **more):
    return otio.schema.Clip(name, reference, span(first, count), **more)


def write(*tracks, path="cut.otio"):
    timeline = otio.schema.Timeline("cut")
    for children in tracks:
        track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
        track.extend(children)
        timeline.tracks.append(track)
    otio.adapters.write_to_file(timeline, path)
    return path


def done(path, look, **options):
    return list(conform(path, look, Options(out=Path("out"), device="cpu", **options)))


def numbers(name):
    return sorted(int(path.stem.split(".")[1]) for path in Path("out").rglob(f"{name}.*.png"))


def test_two_tracks_make_the_round_trip(inked):
    put("a"), put("b")
    # Time 100 is frame 1001.
    path = write(
        [clip("a1", numbered("a"), 102, 4), clip("a2", numbered("a"), 110, 3)],
        [otio.schema.Gap(source_range=span(0, 2)), clip("b1", numbered("b"), 100, 5)],
    )
    events = done(path, inked)
    assert numbers("a") == [1003, 1004, 1005, 1006, 1011, 1012, 1013]
    assert numbers("b") == [1001, 1002, 1003, 1004, 1005]
    (started,), (total,) = of_kind(events, StylizeStarted), of_kind(events, StylizeDone)
    assert (started.shots, started.frames, total.done, total.failed) == (2, 12, 12, 0)

    old = otio.adapters.read_from_file(path)
    new = otio.adapters.read_from_file("out/cut.otio")
    assert [len(track) for track in new.video_tracks()] == [2, 2]
    for before, after in zip(old.find_clips(), new.find_clips(), strict=True):
        assert after.source_range == before.source_range
        kept = after.media_references()["DEFAULT_MEDIA"]
        assert kept.is_equivalent_to(before.media_reference)
        assert after.active_media_reference_key == "ganfx"
        reference = after.media_reference
        assert reference.available_range.start_time <= after.source_range.start_time
        ends = [each.end_time_exclusive() for each in (after.source_range, after.available_range())]
        assert ends[0] <= ends[1]
        frame = reference.frame_for_time(after.source_range.start_time)
        url = reference.target_url_for_image_number(
            reference.frame_range_for_time_range(after.source_range)[0] - reference.start_frame
        )
        assert Path(url.removeprefix("file://")).is_file()
        assert f".{frame}.png" in url
    assert new.duration() == old.duration()


def test_a_timeline_of_results_can_be_done_again(inked):
    put("a")
    path = write([clip("a1", numbered("a"), 102, 4)])
    done(path, inked)
    assert not of_kind(done(path, inked), FrameDone)
    again = list(conform("out/cut.otio", inked, Options(out=Path("twice"), device="cpu")))
    assert len(of_kind(again, FrameDone)) == 4


def test_handles_go_as_far_as_the_media(inked):
    put("a")
    path = write([clip("a1", numbered("a"), 102, 4), clip("a2", numbered("a"), 117, 2)])
    done(path, inked, handles=4)
    assert numbers("a") == [*range(1001, 1011), *range(1014, 1021)]


def test_transitions_show_more_of_a_clip(inked):
    put("a"), put("b")
    wipe = otio.schema.Transition(in_offset=time(2), out_offset=time(3))
    write([clip("a1", numbered("a"), 102, 4), wipe, clip("b1", numbered("b"), 110, 4)])
    done("cut.otio", inked)
    assert numbers("a") == list(range(1003, 1010))
    assert numbers("b") == list(range(1009, 1015))


def pictures(folder: str) -> dict[str, np.ndarray]:
    return {path.name: read_picture(path) for path in Path(folder).glob("*.png")}


def test_cuts_come_from_the_timeline(inked):
    """Frames of a reel that was cut before: none is averaged with the next clip's."""
    put("a")
    reel = [clip("one", numbered("a"), 100, 10), clip("two", numbered("a"), 110, 10)]
    done(write(reel), inked, consistency=1.0)
    cut = pictures("out")
    Path("cuts.txt").write_text("1011\n")
    told = Options(out=Path("told"), device="cpu", consistency=1.0, cuts="cuts.txt")
    run("media/a", inked, **{f: getattr(told, f) for f in ("out", "device", "consistency", "cuts")})
    told_so = pictures("told")
    assert told_so.keys() == cut.keys()
    assert all(np.array_equal(told_so[name], cut[name]) for name in cut)


def test_what_cannot_be_done_is_said_and_the_rest_goes_on(inked):
    put("a")
    warp = otio.schema.LinearTimeWarp(time_scalar=2.0)
    nested = otio.schema.Stack(name="inner", children=[clip("x", numbered("a"), 100, 2)])
    path = write(
        [
            clip("good", numbered("a"), 100, 3),
            clip("gone", otio.schema.ExternalReference("media/gone/gone.####.png"), 0, 5),
            clip("none", otio.schema.MissingReference(), 0, 5),
            clip("fast", numbered("a"), 100, 4, effects=[warp]),
            clip("long", numbered("a"), 110, 40),
            nested,
        ]
    )
    events = done(path, inked)
    said = {e.reason.split(":")[0]: e.reason for e in of_kind(events, FrameFailed)}
    assert list(said) == [f"clip {name}" for name in ("gone", "none", "fast", "long", "inner")]
    assert "missing: " in said["clip gone"]
    assert "has no media" in said["clip none"]
    assert "changes speed (LinearTimeWarp)" in said["clip fast"]
    assert "uses frames 1011-1050" in said["clip long"]
    assert "nested sequence" in said["clip inner"]
    assert of_kind(events, StylizeDone)[0].failed == 5
    new = otio.adapters.read_from_file("out/cut.otio")
    keys = [each.active_media_reference_key for each in new.video_tracks()[0].find_clips()]
    assert keys == ["ganfx", *["DEFAULT_MEDIA"] * 5]


def test_nothing_to_be_done_is_an_error(inked):
    path = write([clip("none", otio.schema.MissingReference(), 0, 5)])
    with pytest.raises(UsageError, match=r"nothing of cut.otio can be done: none: it has no media"):
        done(path, inked)
    assert not Path("out").exists()
    Path("bad.otio").write_text("{")
    with pytest.raises(UsageError, match=r"cannot read the timeline bad\.otio"):
        done("bad.otio", inked)
    with pytest.raises(UsageError, match="no timeline nothere"):
        done("nothere.edl", inked)


def test_a_timeline_of_somebody_is_not_replaced(inked):
    put("a")
    path = write([clip("a1", numbered("a"), 102, 1)])
    Path("out").mkdir()
    Path("out/cut.otio").write_text("{}")
    with pytest.raises(UsageError, match="ganfx did not write it"):
        done(path, inked)


EDL = """TITLE: CUT
FCM: NON-DROP FRAME

001  A001     V     C        00:00:00:02 00:00:00:05 01:00:00:00 01:00:00:03
* FROM CLIP NAME: a
* FROM FILE: media/a/a.####.png
002  B001     V     C        00:00:00:01 00:00:00:03 01:00:00:03 01:00:00:05
* FROM CLIP NAME: b
* FROM FILE: media/b/b.####.png
M2   B001       048.0                    00:00:00:01
"""


def test_an_edl_is_read(inked):
    put("a", range(20)), put("b", range(20))
    Path("cut.edl").write_text(EDL)
    events = done("cut.edl", inked)
    assert numbers("a") == [2, 3, 4]
    (failed,) = of_kind(events, FrameFailed)
    assert "clip b: it changes speed (M2)" in failed.reason
    assert any("out/cut.otio" in event.message for event in of_kind(events, Notice))


def test_ranges():
    assert merged([(5, 9), (1, 4), (12, 14), (13, 20)]) == [(1, 9), (12, 20)]
    assert abutting([(1, 4), (5, 9), (12, 14)]) == (5,)


def test_ranges_of_a_video_are_cut_out_by_their_timecode(inked):
    metadata = {"timecode": "01:00:00:00"}
    Path("media").mkdir()
    film(Path("media/reel.mov"), frames=24, metadata=metadata)
    hour = 24 * 3600
    reference = otio.schema.ExternalReference("media/reel.mov")
    path = write(
        [clip("one", reference, hour + 2, 3), clip("two", reference.clone(), hour + 10, 4)]
    )
    done(path, inked)
    made = sorted(file.name for file in Path("out").glob("*.mov"))
    assert made == ["reel.000002-000004.mov", "reel.000010-000013.mov"]
    assert [count_frames(Path("out", name)) for name in made] == [3, 4]
    new = otio.adapters.read_from_file("out/cut.otio")
    for each, name in zip(new.find_clips(), made, strict=True):
        assert each.media_reference.target_url.endswith(name)
        assert each.available_range().start_time == each.source_range.start_time
    with pytest.raises(UsageError, match="makes pictures of videos"):
        done(path, inked, format="png")


def test_the_command_line(inked):
    put("a")
    path = write(
        [clip("a1", numbered("a"), 102, 4), clip("none", otio.schema.Clip().media_reference, 0, 1)]
    )
    command = ["stylize", path, "--style", str(inked), "--out", "out", "--device", "cpu"]
    said = CliRunner().invoke(app, [*command, "--dry-run"])
    assert len(said.stdout.splitlines()) == 4
    assert not Path("out").exists()
    shown = CliRunner().invoke(app, [*command, "--handles", "1"], standalone_mode=False)
    assert isinstance(shown.exception, FramesFailedError)
    assert shown.exception.exit_code == 3
    assert "clip none: it has no media" in shown.exception.message
    assert numbers("a") == list(range(1002, 1008))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["media/a", "--handles", "2"], "--handles is for timelines"),
        (["cut.otio", "media/a"], "give one timeline"),
        (["cut.otio", "--frames", "1-5"], "--frames does not go with a timeline"),
    ],
)
def test_options_that_do_not_go_together(inked, words, said):
    put("a")
    write([clip("a1", numbered("a"), 102, 4)])
    shown = CliRunner().invoke(
        app, ["stylize", *words, "--style", str(inked)], standalone_mode=False
    )
    assert isinstance(shown.exception, UsageError)
    assert said in shown.exception.message


def test_the_extra_is_named_where_it_is_lacking(inked, monkeypatch):
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    with pytest.raises(UsageError, match="OpenTimelineIO, which is not installed") as caught:
        done("cut.otio", inked)
    assert "ganfx[conform]" in caught.value.hint


def test_clips_that_a_framing_list_does_not_frame_keep_their_media(inked):
    pytest.importorskip("fdl")
    put("a")
    Path("media/b").mkdir()
    for frame in range(1001, 1021):
        write_picture(Path(f"media/b/b.{frame:04d}.png"), np.zeros((6, 12, 3), np.uint8))
    show = write_fdl(Path("show.fdl"), canvas("C1", 12, 8, decision("C1", (2, 2, 8, 4))))
    path = write([clip("a1", numbered("a"), 102, 4), clip("b1", numbered("b"), 100, 5)])
    events = done(path, inked, fdl=show)
    assert (numbers("a"), numbers("b")) == ([1003, 1004, 1005, 1006], [])
    (failed,) = of_kind(events, FrameFailed)
    assert failed.reason.startswith("clip b1: show.fdl has no canvas of 12x6")
    before, after = (read_picture(next(Path(f).rglob("a.1003.png"))) for f in ("media", "out"))
    assert (before[2:6, 2:10] != after[2:6, 2:10]).any()
    after[2:6, 2:10] = before[2:6, 2:10]
    np.testing.assert_array_equal(after, before)


def test_cuts_of_a_video_are_made_again_by_their_record(inked):
    Path("media").mkdir()
    film(Path("media/reel.mp4"), frames=12)
    reference = otio.schema.ExternalReference("media/reel.mp4", span(0, 12))
    path = write([clip("one", reference, 2, 3), clip("two", reference.clone(), 5, 4)])
    done(path, inked)
    (made,) = Path("out").rglob("*.mp4")
    assert "000002-000008" in made.name
    assert redo(made).is_there


def test_frames_of_a_cut_are_made_again_by_their_record(inked):
    put("a")
    # One begins right after the other: a cut, which the timeline alone says.
    path = write([clip("a1", numbered("a"), 102, 4), clip("a2", numbered("a"), 106, 3)])
    done(path, inked)
    for frame in (1006, 1007):
        assert redo(next(Path("out").rglob(f"a.{frame}.png"))).is_there
