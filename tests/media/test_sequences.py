import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.media.sequences import find_shots, group_files, parse_frames


def put(folder, *names, size=(2, 3)):
    """Tiny pictures; other suffixes become text files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() in (".png", ".jpg", ".exr"):
            write_picture(path, np.zeros((*size, 3), np.uint8))
        else:
            path.write_text("text")


def plates(numbers, pattern="plate.{:04d}.png"):
    return [pattern.format(number) for number in numbers]


def told(shots):
    return [(shot.kind, shot.name) for shot in shots]


def test_a_tree_of_shots_comes_in_natural_order(tmp_path):
    put(tmp_path, *plates(range(1001, 1004), "sh10/plate.{}.png"))
    put(tmp_path, *plates(range(1001, 1004), "sh2/plate.{}.png"))
    put(tmp_path, "sh2/clip.mp4", "sh2/note.txt", "ref/b.jpg", "ref/a.png", "z.png")

    shots = find_shots(tmp_path)

    assert told(shots) == [
        ("stills", f"{tmp_path.name} (1 still)"),
        ("stills", "ref (2 stills)"),
        ("video", "sh2/clip.mp4"),
        ("sequence", "sh2/plate.1001-1003#.png"),
        ("sequence", "sh10/plate.1001-1003#.png"),
    ]
    assert [file.relative_to(tmp_path).as_posix() for file in shots[1].files] == [
        "ref/a.png",
        "ref/b.jpg",
    ]
    assert shots[-1].frames == (1001, 1002, 1003)
    assert shots[-1].files[2] == tmp_path / "sh10/plate.1003.png" == shots[-1].on_disk[1003]


def test_every_file_is_in_one_shot_and_has_its_own_output(tmp_path):
    put(
        tmp_path,
        *plates(range(1, 5)),
        *plates(range(1, 5), "plate.{}.png"),
        *plates(range(1, 5), "b_{:02d}.jpg"),
    )
    put(tmp_path, "still.png", "sub/still.png", "sub/clip.mov")
    shots = find_shots(tmp_path)
    outputs = [Path("out") / file.relative_to(shot.root) for shot in shots for file in shot.files]

    assert sorted(outputs) == sorted(
        Path("out") / file.relative_to(tmp_path) for file in tmp_path.rglob("*") if file.is_file()
    )
    assert len(set(outputs)) == len(outputs) == 15


@pytest.mark.parametrize(
    ("names", "kinds"),
    [
        (plates(range(1001, 1011)), ["plate.1001-1010#.png"]),
        (plates(range(1, 4), "a_{}.png"), ["a_1-3@.png"]),
        (plates(range(998, 1003), "a.{:03d}.png"), ["a.998-1002@.png"]),
        (plates(range(-1, 3), "a.{:04d}.png"), ["a.-001-0002#.png"]),
        (plates(range(1, 4), "a.v002.{:02d}.png"), ["a.v002.01-03@@.png"]),
        (
            plates(range(1, 4), "a.v002.{:02d}.png") + plates(range(1, 4), "b.{:02d}.png"),
            ["a.v002.01-03@@.png", "b.01-03@@.png"],
        ),
        (
            plates(range(1, 4)) + plates(range(1, 4), "plate.{}.png"),
            ["plate.1-3@.png", "plate.0001-0003#.png"],
        ),
        (plates(range(8, 12), "a.{}.png"), ["a.8-11@.png"]),
        (plates(range(1001, 1003)), ["2 stills"]),
        (plates(range(1, 9), "IMG{:04d}.png"), ["IMG0001-0008#.png"]),
        (plates(range(1, 9), "{:04d}.png"), ["0001-0008#.png"]),
        (plates(range(1, 9), "{:03d}.png"), ["001-008@@@.png"]),
        (plates(range(1, 9), "{:02d}.png"), ["8 stills"]),
        (plates(range(1, 7), "render-{:04d}.png"), ["render-0001-0006#.png"]),
        (plates(range(1, 13), "frame ({}).png"), ["frame (1-12@).png"]),
        (plates(range(1, 7), "ComfyUI_{:05d}_.png"), ["ComfyUI_00001-00006@@@@@_.png"]),
        (
            plates(range(1, 4), "a.{:04d}_L.png") + plates(range(1, 4), "a.{:04d}_R.png"),
            ["a.0001-0003#_L.png", "a.0001-0003#_R.png"],
        ),
        (["p.1001.PNG", *plates(range(1002, 1005), "p.{}.png")], ["p.1001-1004#.PNG"]),
        (
            plates(range(1, 4), "p.{}.PNG") + plates(range(1, 4), "p.{}.png"),
            ["p.1-3@.PNG", "p.1-3@.png"],
        ),
        (plates(range(1, 6), "shot_v{:03d}.png"), ["5 stills"]),  # versions
        (plates(range(1, 4), "s_v{0:03d}.000{0}.png"), ["3 stills"]),  # names that differ in two
        (
            [f"b.{n}.{part:02d}.png" for n in range(1, 5) for part in (0, 25, 50, 75)],
            [f"b.1-4@.{part:02d}.png" for part in (0, 25, 50, 75)],  # subframes
        ),
        (plates(range(1, 4), "take_{}.0001.png"), ["take_1-3@.0001.png"]),
        (plates(range(-2, 3), "frame{:04d}.png"), ["frame-002-0002#.png"]),
        (
            ["b-0002.png", "b-0001.png", *plates(range(3), "b{:04d}.png")],
            ["b-002-0002#.png"],
        ),
        (["b.-0002.png", "b.-0001.png", *plates(range(3), "b.{:04d}.png")], ["b.-002-0002#.png"]),
        (plates(range(1, 4), "wood_u{}_v1.png"), ["3 stills"]),  # tiles
        ([f"scan{n}.png" for n in (3, 900, 20240101)], ["3 stills"]),
        (plates(range(1001, 1020, 2)), ["10 stills"]),
        (plates([*range(1001, 1010), 1011]), ["plate.1001-1011#.png"]),  # 1 of 11 is missing
        (plates([*range(1001, 1009), 1010]), ["9 stills"]),  # 1 of 10 is
    ],
)
def test_what_is_a_sequence_and_what_are_stills(tmp_path, names, kinds):
    put(tmp_path, *names)
    found = [
        shot.name.removeprefix(f"{tmp_path.name} (").removesuffix(")")
        for shot in find_shots(tmp_path)
    ]
    assert sorted(found) == sorted(kinds)


def test_numbered_pictures_of_uneven_size_or_format_are_stills(tmp_path):
    put(tmp_path / "size", *plates(range(1, 12)))
    put(tmp_path / "size", "plate.0012.png", size=(2, 4))
    put(tmp_path / "format", *plates(range(1, 12)), "x.jpg")
    (tmp_path / "format/x.jpg").rename(tmp_path / "format/plate.0012.png")

    assert told(find_shots(tmp_path)) == [
        ("stills", "format (12 stills)"),
        ("stills", "size (12 stills)"),
    ]


def test_a_damaged_frame_stays_in_its_sequence(tmp_path):
    put(tmp_path, *plates(range(1, 12)))
    (tmp_path / "plate.0005.png").write_bytes(b"")
    (shot,) = find_shots(tmp_path)
    assert (shot.kind, len(shot.files), shot.missing) == ("sequence", 11, ())


def test_gaps_are_listed_and_numbers_kept(tmp_path):
    put(tmp_path, *plates(n for n in range(1001, 1041) if n not in (1007, 1020)))
    (shot,) = find_shots(tmp_path)
    assert shot.missing == (1007, 1020)
    assert len(shot.frames) == 38


def test_selecting_frames_keeps_the_others_as_neighbors_in_time(tmp_path):
    put(tmp_path, *plates(n for n in range(1001, 1041) if n != 1007), "still.png")
    (shot,) = find_shots(tmp_path, frames="1003-1009x2,1030")

    assert shot.frames == (1003, 1005, 1009, 1030)
    assert [file.name for file in shot.files] == plates(shot.frames)
    assert shot.missing == (1007,)
    assert shot.name == "plate.1003-1030#.png"
    assert len(shot.on_disk) == 39
    assert shot.on_disk[1004] == tmp_path / "plate.1004.png"


@pytest.mark.parametrize(
    ("text", "frames"),
    [
        ("1001", {1001}),
        ("1-4", {1, 2, 3, 4}),
        ("1-7x3", {1, 4, 7}),
        ("1-5y2", {2, 4}),
        ("1,3,5-6", {1, 3, 5, 6}),
        ("-2-1", {-2, -1, 0, 1}),
        ("4-1", {1, 2, 3, 4}),
    ],
)
def test_ranges_are_those_of_the_field(text, frames):
    assert parse_frames(text) == frames


@pytest.mark.parametrize("text", ["", "abc", "1001-", "1-10,", "1-10#", "1-10x0", "1..5", "1 - 5"])
def test_a_bad_range_is_named(text):
    with pytest.raises(UsageError, match="cannot understand the frame range") as caught:
        parse_frames(text)
    assert repr(text) in caught.value.message
    assert "1001-1100x2" in caught.value.hint


@given(st.sets(st.integers(-500, 5000), min_size=1, max_size=20))
def test_a_list_of_frames_is_understood_as_it_is(frames):
    assert parse_frames(",".join(str(frame) for frame in frames)) == frames


def test_selecting_nothing_says_what_there_is(tmp_path):
    put(tmp_path, *plates(range(1001, 1005)))
    with pytest.raises(UsageError, match="no frame on disk is in the range 2001-2010") as caught:
        find_shots(tmp_path, frames="2001-2010")
    assert "plate.1001-1004#.png" in caught.value.hint
    put(tmp_path / "photos", "a.png")
    with pytest.raises(UsageError) as caught:
        find_shots(tmp_path / "photos", frames="1")
    assert "only sequences and videos have frame numbers" in caught.value.hint


@pytest.mark.parametrize(
    "pattern",
    ["plate.#.png", "plate.####.png", "plate.@@@@.png", "plate.%04d.png", "plate.$F4.png"],
)
def test_a_notation_without_a_range_is_the_whole_sequence(tmp_path, pattern):
    put(tmp_path, *plates(range(1001, 1004)), *plates(range(5), "other.{:04d}.png"))
    (shot,) = find_shots(tmp_path / pattern)
    assert (shot.kind, shot.name, shot.root) == ("sequence", "plate.1001-1003#.png", tmp_path)


def test_a_notation_with_a_range_selects_and_lists_what_is_missing(tmp_path):
    put(tmp_path, *plates([1, 2, 3, 5, 9], "{:04d}.png"))  # gaps and no dot: still as one says
    (shot,) = find_shots(tmp_path / "2-6#.png")
    assert (shot.frames, shot.missing, shot.name) == ((2, 3, 5), (4, 6), "0002-0005#.png")


def test_a_notation_that_means_nothing_here_says_what_would(tmp_path):
    put(tmp_path, *plates(range(1001, 1005)))
    with pytest.raises(UsageError, match="no frame of") as caught:
        find_shots(tmp_path / "plate.1-10#.png")
    assert caught.value.hint == "there is plate.1001-1004#.png"
    with pytest.raises(UsageError, match="cannot find") as caught:
        find_shots(tmp_path / "plat.#.png")
    assert "plate.1001-1004#.png" in caught.value.hint


def test_a_notation_for_frames_of_two_sizes_is_refused(tmp_path):
    put(tmp_path, *plates(range(1, 4)))
    put(tmp_path, "plate.0004.png", size=(4, 4))
    with pytest.raises(UsageError, match=r"frames 1 and 4 .* 3x2 png and 4x4 png"):
        find_shots(tmp_path / "plate.#.png")


def test_one_picture_and_one_video_are_shots_by_themselves(tmp_path):
    put(tmp_path, "a.PNG", "b.MP4", "plate.1001.png")
    for name, kind in (("a.PNG", "stills"), ("b.MP4", "video"), ("plate.1001.png", "stills")):
        (shot,) = find_shots(tmp_path / name)
        assert (shot.kind, shot.files, shot.root) == (kind, (tmp_path / name,), tmp_path)


def test_hidden_files_and_folders_are_ignored(tmp_path):
    put(tmp_path, "a.png", ".b.png", "._a.png", ".cache/c.png")
    (shot,) = find_shots(tmp_path)
    assert shot.files == (tmp_path / "a.png",)


def test_links_that_go_round_in_circles_end(tmp_path):
    put(tmp_path, "sub/a.png")
    (tmp_path / "sub/up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "sub")
    (tmp_path / "self.png").symlink_to("self.png")

    files = [
        file.relative_to(tmp_path).as_posix()
        for shot in find_shots(tmp_path)
        for file in shot.files
    ]
    assert files == ["self.png", "sub/a.png"]  # the first fails when it is read, and is reported


@pytest.mark.parametrize(
    ("names", "message", "hint"),
    [
        ([], "is empty", "give a folder"),
        (["a.txt", "b.txt", "c.psd"], "holds no picture or video", "it holds 2 .txt, 1 .psd"),
        ([".hidden.png"], "is empty", ""),
    ],
)
def test_a_folder_without_pictures_says_what_it_holds(tmp_path, names, message, hint):
    put(tmp_path, *names)
    with pytest.raises(UsageError, match=message) as caught:
        find_shots(tmp_path)
    assert hint in caught.value.hint


def test_a_missing_source_names_the_nearest(tmp_path):
    put(tmp_path, "shots/plate.png")
    with pytest.raises(UsageError, match="cannot find") as caught:
        find_shots(tmp_path / "shot")
    assert caught.value.hint == f"did you mean {tmp_path / 'shots'}?"
    with pytest.raises(UsageError) as caught:
        find_shots(tmp_path / "shoots" / "deeper" / "plate.png")
    assert str(tmp_path / "shots") in caught.value.hint


def test_a_file_of_another_kind_says_which_are_known(tmp_path):
    put(tmp_path, "a.psd")
    with pytest.raises(UsageError, match="neither a picture nor a video") as caught:
        find_shots(tmp_path / "a.psd")
    assert ".exr" in caught.value.hint


def test_a_folder_that_cannot_be_listed_is_named(tmp_path):
    put(tmp_path, "a.png", "locked/b.png")
    (tmp_path / "locked").chmod(0)
    if os.access(tmp_path / "locked", os.R_OK):
        pytest.skip("root may read everywhere")
    with pytest.raises(UsageError, match=r"cannot list .*locked"):
        find_shots(tmp_path)
    (tmp_path / "locked").chmod(0o700)


def test_what_is_nearly_a_sequence_says_why_it_is_none(tmp_path):
    put(tmp_path / "hole", *plates([*range(1001, 1005), *range(1006, 1011)]))
    put(tmp_path / "size", *plates(range(1, 4)))
    put(tmp_path / "size", "plate.0004.png", size=(4, 4))
    put(tmp_path / "short", *plates(range(1, 5), "{:02d}.png"))
    put(tmp_path / "versions", *plates(range(1, 5), "a_v{:03d}.png"))
    put(tmp_path / "photos", *plates([3, 40, 900], "IMG_{:04d}.png"), "a.png")
    found = {shot.files[0].parent.name: (shot.holes, shot.doubts) for shot in find_shots(tmp_path)}
    assert found == {
        "hole": (("hole/plate.1001-1010#.png lacks 1 of 10 frames",), ()),
        "size": ((), ("size/plate.0001-0004#.png has pictures of different size or format",)),
        "photos": ((), ()),
        "short": (
            (),
            ("short/01-04@@.png is called by short numbers alone (as a sequence: @@.png)",),
        ),
        "versions": ((), ()),
    }


@pytest.mark.parametrize(
    "pattern",
    [
        "frame{:04d}.png",
        "render-{:04d}.png",
        "frame ({}).png",
        "[{:03d}].png",
        "ComfyUI_{:05d}_.png",
        "a.{:04d}_L.png",
        "shot_v002.{:04d}.exr.png",
        "b.{:04d}.25.png",
        "v002_{:04d}.png",
        "2-{:04d}.png",
        "{:04d}.png",
    ],
)
def test_names_that_are_told_are_understood(tmp_path, pattern):
    names = plates([*range(1, 13)], pattern)
    put(tmp_path, *names)
    (shot,) = find_shots(tmp_path)
    for notation in (shot.name, shot.pattern):
        (again,) = find_shots(tmp_path / notation)
        assert (again.name, again.files) == (shot.name, shot.files)
    assert [file.name for file in shot.files] == names
    (part,) = find_shots(tmp_path / shot.pattern, frames="3-5")
    assert [file.name for file in part.files] == names[2:5]
    (again,) = find_shots(tmp_path / part.name)
    assert again.frames == (3, 4, 5)
    assert again.path_of(4).name == names[3]
    (tmp_path / names[3]).unlink()
    (lacking,) = find_shots(tmp_path / shot.pattern)
    assert (lacking.missing, lacking.path_of(4).name) == ((4,), names[3])


def test_numbers_too_far_apart_are_no_footage(tmp_path):
    put(tmp_path, "a.1.png", "a.2.png", "a.20240131.png")
    with pytest.raises(UsageError, match=r"frames 1 and 20240131 of .* too far apart"):
        find_shots(tmp_path / "a.@.png")
    with pytest.raises(UsageError, match="1-99999999999 is too long"):
        parse_frames("1-99999999999")


def test_a_selection_may_be_missing_altogether_where_gaps_are_filled(tmp_path):
    put(tmp_path, *plates(n for n in range(1001, 1041) if n != 1007))
    (shot,) = find_shots(tmp_path, frames="1007", gaps_too=True)
    assert (shot.files, shot.missing, len(shot.on_disk)) == ((), (1007,), 39)
    for source in (tmp_path, tmp_path / "plate.#.png"):
        with pytest.raises(UsageError, match="no frame on disk is in the range 1007"):
            find_shots(source, frames="1007")
        with pytest.raises(UsageError, match="no frame on disk is in the range 1050"):
            find_shots(source, frames="1050", gaps_too=True)


def test_listed_files_are_the_sequences_and_stills_that_they_are(tmp_path):
    put(tmp_path / "a", *plates(range(1001, 1005)), "still.png")
    put(tmp_path / "b", *plates(range(1, 4)))
    listed = [tmp_path / "b/plate.0002.png", *sorted((tmp_path / "a").iterdir())]
    shots = group_files([*listed, listed[0]])
    assert told(shots) == [
        ("stills", "b (1 still)"),
        ("sequence", "plate.1001-1004#.png"),
        ("stills", "a (1 still)"),
    ]
    assert shots[0].on_disk == {}  # what was not listed is no neighbour
    assert list(shots[1].on_disk) == [1001, 1002, 1003, 1004]
