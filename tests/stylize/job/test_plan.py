"""Where results go, and what is refused before anything is written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.stylize.job.data_textures import is_data
from ganfx.stylize.job.jobs import Plan
from ganfx.stylize.job.plan import make_plan
from ganfx.stylize.job.resolved import resolve
from ganfx.stylize.options import Options
from tests.stylize.conftest import make_shot, photo, write_float


def plan(*sources: str, **options: Any) -> Plan:
    return make_plan([Path(source) for source in sources], "noir", resolve(Options(**options)))


def outputs(result: Plan) -> list[str]:
    return [str(job.output) for planned in result.shots for job in planned.jobs]


@pytest.fixture
def tree(places: Path) -> Path:
    """``shots`` with a sequence and two stills, ``a.png`` beside it."""
    make_shot(Path("shots/sh010"), range(1001, 1004))
    write_picture(Path("shots/stills/day/tree.PNG"), photo())
    write_picture(Path("shots/sky.jpg"), photo())
    write_picture(Path("a.png"), photo())
    return places


def test_the_output_mirrors_the_tree_beside_the_input(tree):
    result = plan("shots")

    assert result.output == Path("shots-noir")
    assert sorted(outputs(result)) == [
        "shots-noir/sh010/plate.1001.png",
        "shots-noir/sh010/plate.1002.png",
        "shots-noir/sh010/plate.1003.png",
        "shots-noir/sky.jpg",
        "shots-noir/stills/day/tree.PNG",
    ]


def test_the_default_output_is_beside_whatever_was_named(tree, monkeypatch):
    assert outputs(plan("a.png")) == ["a-noir.png"]
    assert outputs(plan("a.png", format="jpg")) == ["a-noir.jpg"]
    assert outputs(plan("shots/sh010/plate.1002#.png")) == ["shots/sh010-noir/plate.1002.png"]
    monkeypatch.chdir(tree / "shots" / "sh010")
    assert plan(".").output == tree / "shots" / "sh010-noir"
    assert plan("plate.####.png").output == tree / "shots" / "sh010-noir"


def test_out_is_a_folder_or_for_one_file_a_file(tree):
    assert outputs(plan("a.png", out=Path("x"))) == ["x/a.png"]
    assert outputs(plan("a.png", out=Path("x/b.jpg"))) == ["x/b.jpg"]
    assert outputs(plan("a.png", out=Path("x"), format="exr")) == ["x/a.exr"]
    assert outputs(plan("shots/sh010", out=Path("x")))[0] == "x/plate.1001.png"
    (tree / "folder.png").mkdir()
    assert outputs(plan("a.png", out=Path("folder.png"))) == ["folder.png/a.png"]


def test_several_sources_keep_apart(tree):
    assert outputs(plan("a.png", "shots/sh010", out=Path("x")))[:2] == [
        "x/a.png",
        "x/sh010/plate.1001.png",
    ]
    result = plan("a.png", "shots/sh010")
    assert outputs(result)[:2] == ["a-noir.png", "shots/sh010-noir/plate.1001.png"]
    assert result.output == Path()


def test_format_changes_the_suffix_and_nothing_else(tree):
    result = plan("shots/sh010", format=".EXR")
    assert outputs(result)[0] == "shots/sh010-noir/plate.1001.exr"


def test_frames_choose_from_sequences_and_keep_their_numbers(tree):
    result = plan("shots", frames="1001-1003x2")
    assert [Path(o).name for o in outputs(result)] == ["plate.1001.png", "plate.1003.png"]
    assert [job.frame for job in result.shots[0].jobs] == [1001, 1003]


@pytest.mark.parametrize("out", ["shots", "shots/noir", "shots/../shots/x/y"])
def test_an_output_inside_the_input_is_refused(tree, out):
    with pytest.raises(UsageError, match="is inside the input shots"):
        plan("shots", out=Path(out))


def test_a_link_does_not_hide_that_the_output_is_inside(tree):
    Path("link").symlink_to("shots")
    with pytest.raises(UsageError, match="is inside the input"):
        plan("shots", out=Path("link/noir"))


def test_an_input_is_never_overwritten(tree):
    with pytest.raises(UsageError, match=r"a\.png would be overwritten"):
        plan("a.png", out=Path())
    with pytest.raises(UsageError, match=r"a\.png would be overwritten"):
        plan("a.png", out=Path("a.png"))
    with pytest.raises(UsageError, match=r"plate\.1001\.png, .* would be overwritten"):
        plan("shots/sh010/plate.####.png", out=Path("shots/sh010"))


def test_two_pictures_that_would_become_one_file_are_listed(tree):
    write_picture(Path("shots/sky.png"), photo())
    with pytest.raises(UsageError, match=r"shots/sky\.jpg, shots/sky\.png would become the same"):
        plan("shots", format="png")
    assert len(outputs(plan("shots"))) == 6


def test_a_picture_does_not_become_a_video(tree):
    with pytest.raises(UsageError, match=r"is a picture, and --out clip\.mp4 is not"):
        plan("a.png", out=Path("clip.mp4"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("wood_normal.png", True),
        ("wood_NORMAL.1001.exr", True),
        ("wood_orm.tga", True),
        ("wood_height_1001.tif", True),
        ("normal.png", False),
        ("wood_albedo.png", False),
        ("wood_normals_lit.png", False),
    ],
)
def test_data_textures_are_known_by_their_names(name, data):
    assert is_data(Path(name)) is data


def copied(result: Plan) -> list[str]:
    return [str(job.output) for each in result.shots for job in each.jobs if job.copied]


def test_data_textures_are_copied_with_a_notice_unless_forced(tree):
    for name in ("wood", "wood_normal", "wood_ao"):
        write_picture(Path(f"textures/{name}.png"), photo())
    result = plan("textures", format="jpg")

    assert sorted(outputs(result)) == [
        "textures-noir/wood.jpg",
        "textures-noir/wood_ao.png",
        "textures-noir/wood_normal.png",
    ]
    assert copied(result) == ["textures-noir/wood_ao.png", "textures-noir/wood_normal.png"]
    assert result.notices == (
        "copied as they are, as data and not colour by their names: textures/wood_ao.png,"
        " textures/wood_normal.png (--force stylises them too, --exclude leaves them out)",
    )
    assert copied(plan("textures", force=True)) == []
    assert outputs(plan("textures", exclude=("*_ao*", "*_normal*"))) == ["textures-noir/wood.png"]


def test_a_data_texture_by_itself_is_copied_and_keeps_its_format(tree):
    write_picture(Path("wood_normal.png"), photo())
    assert copied(plan("wood_normal.png")) == ["wood_normal-noir.png"]
    assert copied(plan("wood_normal.png", format="jpg")) == ["wood_normal-noir.png"]
    with pytest.raises(UsageError, match=r"--out x\.jpg is of another format"):
        plan("wood_normal.png", out=Path("x.jpg"))


def test_frames_of_data_have_no_neighbors_and_are_not_made_up(places):
    make_shot(Path("shots"), [n for n in range(1, 41) if n != 7], name="wall_normal")
    result = plan("shots", missing="hold")
    assert len(copied(result)) == 39
    assert not any(job.neighbors for each in result.shots for job in each.jobs)
    with pytest.raises(UsageError, match="nothing to stylise"):
        plan("shots", missing="hold", frames="7")


def test_what_is_excluded_is_no_frame_and_no_neighbor(tree):
    make_shot(Path("shots/sh020"), range(1, 41))
    result = plan("shots/sh020", exclude=("*.40.*",))
    assert len(outputs(result)) == 39
    assert "shots/sh020/plate.40.png" not in map(str, result.shots[0].jobs[-1].neighbors)
    names = [Path(each).name for each in outputs(plan("shots", exclude=("SH0?0", "stills/day/*")))]
    assert names == ["sky.jpg"]
    with pytest.raises(UsageError, match="nothing is left of shots: --exclude"):
        plan("shots", exclude=("*",))
    with pytest.raises(UsageError, match=r"nothing is left of a\.png"):
        plan("a.png", exclude=("a.*",))
    assert len(outputs(plan("shots/sh020/plate.##.png", exclude=("sh020/plate.1?.png",)))) == 30


def test_results_of_earlier_runs_among_the_sources_are_left_out_and_told(tree):
    shutil.copytree("shots/stills", "shots/stills-noir")
    Path("shots/stills-noir/day/.ganfx.jsonl").write_text('{"file": "tree.PNG"}\n')
    result = plan("shots")
    assert "shots-noir/stills-noir/day/tree.PNG" not in outputs(result)
    assert len(outputs(result)) == 5
    told = "left out, as ganfx wrote them: shots/stills-noir/day/tree.PNG (--force takes them too)"
    assert told in result.notices
    assert len(outputs(plan("shots", force=True))) == 6
    assert len(outputs(plan("shots/stills-noir"))) == 1  # that is what was asked for
    write_picture(Path("shots/stills-noir/contact-sheet.jpg"), photo())
    assert len(outputs(plan("shots/stills-noir"))) == 2


def test_gaps_are_said(places):
    make_shot(Path("shots"), [n for n in range(1001, 1041) if n not in (1007, 1010, 1011)])
    result = plan("shots")

    assert result.notices == (
        "plate.1001-1040#.png: missing frames 1007,1010-1011; numbers are kept",
    )
    assert len(outputs(result)) == 37


def test_stills_need_no_word_about_time(tree):
    assert plan("a.png").notices == ()


def test_an_empty_folder_a_missing_one_and_nothing_at_all(places):
    Path("empty").mkdir()
    for sources, says in ((["empty"], "empty"), (["emty"], "emty"), ([], "nothing to stylise")):
        with pytest.raises(UsageError, match=says):
            plan(*sources)


def test_missing_frames_may_be_held_blackened_or_refused(places):
    make_shot(Path("shots"), [n for n in range(1001, 1041) if n not in (1007, 1010, 1011)])

    stylized_frame = plan("shots", missing="hold").shots[0].jobs
    assert [job.frame for job in stylized_frame] == list(range(1001, 1041))
    sources = {job.frame: job.source.name for job in stylized_frame}
    assert sources[1007] == "plate.1006.png"
    assert sources[1010] == sources[1011] == "plate.1009.png"
    assert stylized_frame[6].output == Path("shots-noir/plate.1007.png")

    black = plan("shots", missing="black").shots[0].jobs
    assert [job.frame for job in black if job.black] == [1007, 1010, 1011]
    assert "black in their places" in plan("shots", missing="black").notices[0]

    with pytest.raises(UsageError, match="missing frames 1007,1010-1011") as caught:
        plan("shots", missing="error")
    assert "--missing skip" in str(caught.value.hint)
    assert len(outputs(plan("shots", missing="error", frames="1001-1006"))) == 6


def test_a_range_that_begins_in_a_gap_holds_the_frame_before_it(places):
    make_shot(Path("shots"), [n for n in range(1001, 1041) if n != 1007])
    jobs = plan("shots", missing="hold", frames="1007-1009").shots[0].jobs
    assert [(job.frame, job.source.name) for job in jobs] == [
        (1007, "plate.1006.png"),
        (1008, "plate.1008.png"),
        (1009, "plate.1009.png"),
    ]


def test_a_depth_that_the_format_cannot_hold_is_refused_before_anything_is_written(places):
    make_shot(Path("shots"))
    with pytest.raises(UsageError, match="png files cannot hold half"):
        plan("shots", depth="half")
    assert not [n for n in plan("shots", depth="uint16").notices if "tones" in n]
    write_float(Path("light/a.exr"), np.ones((20, 20, 3), np.float32))
    notices = plan("light", depth="uint16", format="png").notices
    assert "--depth uint16 holds fewer tones than light/a.exr" in notices


def test_stills_have_no_gaps_to_fill(tree):
    for missing in ("hold", "black", "error"):
        assert len(outputs(plan("shots", missing=missing))) == 5


def test_nearly_a_sequence_is_told_and_not_filled_as_if_it_were_one(places):
    make_shot(Path("hole"), [*range(1001, 1005), *range(1006, 1011)])
    (notice,) = plan("hole").notices
    assert notice.startswith("plate.1001-1010#.png lacks 1 of 10 frames: its pictures are stills")
    for missing in ("hold", "black", "error"):
        with pytest.raises(UsageError, match="lacks 1 of 10 frames") as caught:
            plan("hole", missing=missing)
        assert "plate.####.exr" in str(caught.value.hint)
    assert len(outputs(plan("hole/plate.####.png", missing="hold"))) == 10


def test_a_selection_of_nothing_but_gaps_is_filled(places):
    make_shot(Path("shots"), [n for n in range(1001, 1041) if n != 1007])
    (job,) = plan("shots", missing="black", frames="1007").shots[0].jobs
    assert (job.frame, job.black, job.output) == (1007, True, Path("shots-noir/plate.1007.png"))
    (job,) = plan("shots", missing="hold", frames="1007").shots[0].jobs
    assert job.source == Path("shots/plate.1006.png")
    with pytest.raises(UsageError, match="no frame on disk is in the range 1007"):
        plan("shots", frames="1007")


def test_listed_pictures_are_sequences_and_stills_again(tree):
    listed = sorted(str(path) for path in Path("shots/sh010").iterdir())
    result = plan("a.png", *listed, "shots/stills", out=Path("x"))
    assert outputs(result) == [
        *("x/a.png", "x/plate.1001.png", "x/plate.1002.png", "x/plate.1003.png"),
        "x/stills/day/tree.PNG",
    ]
    sequence = result.shots[1]
    assert [job.frame for job in sequence.jobs] == [1001, 1002, 1003]
    assert len(sequence.jobs[0].neighbors) == 3
    assert outputs(plan(*listed))[0] == "shots/sh010-noir/plate.1001.png"
    assert outputs(plan(*listed, "a.png", frames="1002", out=Path("x"))) == ["x/plate.1002.png"]
    assert outputs(plan(*listed, "a.png", format="exr", out=Path("x")))[0] == "x/plate.1001.exr"


def test_a_file_that_is_listed_twice_counts_once(tree):
    once = outputs(plan("a.png", "shots/sky.jpg", out=Path("x")))
    assert outputs(plan("a.png", "./a.png", "shots/sky.jpg", "a.png", out=Path("x"))) == once


def test_a_format_and_a_name_of_another_are_refused(tree):
    with pytest.raises(UsageError, match=r"--format png, and --out x\.jpg is another"):
        plan("a.png", format="png", out=Path("x.jpg"))
    assert outputs(plan("a.png", format="jpeg", out=Path("x.jpg"))) == ["x.jpg"]
    with pytest.raises(UsageError, match=r"\.gif is not written"):
        plan("a.png", out=Path("x.gif"))


def test_a_link_to_itself_is_one_bad_picture(tree):
    Path("shots/loop.png").symlink_to("loop.png")
    assert "shots-noir/loop.png" in outputs(plan("shots"))
