"""Why a frame is as it is, and the same frame once more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from ganfx.errors import GanfxError, StyleError, UsageError
from ganfx.media.flow_files import write_flow
from ganfx.media.frame_fingerprint import read_origin
from ganfx.media.frames import write_picture
from ganfx.stylize.job.history import facts_of, history_of, inputs_of
from ganfx.stylize.job.manifest import MANIFEST
from ganfx.stylize.redo import DifferentError, redo
from tests.stylize.conftest import make_shot, photo, random_generator, run, save_look, write_float
from tests.stylize.render.test_videos import noise_clip


def states(file: Path) -> dict[str, str]:
    return {Path(each.path).name: each.state for each in inputs_of(history_of(file))}


@pytest.fixture
def still(inked: Path) -> Path:
    Path("in").mkdir()
    write_picture(Path("in/a.png"), photo())
    run("in/a.png", inked, out=Path("out/a.png"), grain=0.1, strength=0.5)
    return Path("out/a.png")


def test_a_still_says_what_it_was_made_from(still, inked):
    facts = dict(facts_of(history_of(still)))
    assert facts["file"] == "out/a.png, as it was written"
    assert facts["look"] == "inked"
    assert facts["options"] == "--strength 0.5 --grain 0.1"
    assert facts["source"].startswith(f"{Path('in/a.png').absolute()}, as it was (")
    assert "float32" in facts["computed"] or "bfloat16" in facts["computed"]
    assert facts["by"] == "the folder's record"


def test_a_file_without_its_record_says_what_it_can(still):
    Path(f"out/{MANIFEST}").unlink()
    facts = dict(facts_of(history_of(still)))
    assert facts["by"] == "the file itself"
    assert facts["source"].startswith("a.png (")
    assert facts["options"] == "--strength 0.5 --grain 0.1"
    with pytest.raises(UsageError, match="not where that lies"):
        redo(still)


def test_a_file_says_nothing_of_the_machine_or_the_place(inked):
    for folder in ("here", "there/below"):
        Path(folder).mkdir(parents=True)
        write_picture(Path(folder) / "a.png", photo(24, 24))
        run(Path(folder) / "a.png", inked, out=Path(folder) / "out.png")
    assert Path("here/out.png").read_bytes() == Path("there/below/out.png").read_bytes()
    note = json.loads(read_origin(Path("here/out.png")))
    assert sorted(note) == ["ganfx", "options", "source", "styles"]


def test_a_still_is_made_again_beside_itself(still):
    redone = redo(still, Path("again.png"))
    assert redone.is_there
    assert Path("again.png").read_bytes() == still.read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        redo(still, Path("again.png"))


def test_a_file_that_was_changed_is_still_made_again(still):
    whole = still.read_bytes()
    shutil.copyfile("in/a.png", still)
    assert dict(facts_of(history_of(still)))["file"].endswith("changed since")
    redone = redo(still, Path("again.png"))
    assert not redone.is_there
    assert Path("again.png").read_bytes() == whole


def test_what_was_changed_or_is_gone_is_named(still):
    write_picture(Path("in/a.png"), photo(24, 24))
    with pytest.raises(GanfxError, match=r"source .*a\.png has changed") as caught:
        redo(still)
    assert caught.value.exit_code == 1
    Path("in/a.png").unlink()
    with pytest.raises(GanfxError, match=r"source .*a\.png is gone"):
        redo(still)


def test_another_style_or_version_is_a_mismatch(still, inked, monkeypatch):
    save_look(inked.parent, "inked", random_generator(seed=8))
    with pytest.raises(StyleError, match=r"style .* has changed") as caught:
        redo(still)
    assert caught.value.exit_code == 5
    monkeypatch.setattr("ganfx.stylize.redo.__version__", "9.0")
    with pytest.raises(StyleError, match=r"this is 9\.0"):
        redo(still)


def test_other_bytes_are_a_failed_gate(still):
    lines = Path(f"out/{MANIFEST}").read_text().splitlines()
    last = json.loads(lines[-1])
    last["sha256"] = "0" * 64
    last["origin"]["arithmetic"]["torch"] = "1.0"
    Path(f"out/{MANIFEST}").write_text("\n".join([*lines[:-1], json.dumps(last)]) + "\n")
    with pytest.raises(DifferentError, match=r"torch 1\.0, here") as caught:
        redo(still)
    assert caught.value.exit_code == 4


def test_a_frame_that_is_held_still_needs_its_neighbors(inked):
    files = make_shot(Path("in"), range(1001, 1006))
    run("in", inked, out=Path("out"))
    middle = Path("out/plate.1003.png")
    assert redo(middle).is_there
    assert states(middle)["plate.1005.png"] == "as it was"
    write_picture(files[-1], photo())
    assert states(middle)["plate.1005.png"] == "changed"
    with pytest.raises(GanfxError, match=r"neighbor .*plate\.1005\.png has changed"):
        redo(middle)
    files[-1].unlink()
    assert "plate.1005.png gone" in dict(facts_of(history_of(middle)))["around"]


def test_a_project_may_move(still):
    Path("moved").mkdir()
    shutil.move("in", "moved/in")
    shutil.move("out", "moved/out")
    assert redo(Path("moved/out/a.png")).is_there


def test_the_configuration_is_on_record(inked, monkeypatch, tmp_path):
    config = ocio.Config.CreateFromBuiltinConfig("cg-config-v2.2.0_aces-v1.3_ocio-v2.4")
    path = tmp_path / "show.ocio"
    path.write_text(config.serialize())
    monkeypatch.setenv("OCIO", str(path))
    write_float(Path("a.exr"), photo(24, 24).astype(np.float32) / 255)
    run("a.exr", inked, out=Path("out/a.exr"), colorspace="ACEScg", depth="float")
    monkeypatch.delenv("OCIO")
    assert "cg-config" in dict(facts_of(history_of(Path("out/a.exr"))))["color"]
    assert redo(Path("out/a.exr")).is_there
    monkeypatch.setenv("OCIO", "nowhere.ocio")  # what is set now does not count
    assert redo(Path("out/a.exr")).is_there
    path.write_text(path.read_text() + "\n# changed\n")
    from ganfx.media.ocio_configs import config_hash

    config_hash.cache_clear()
    with pytest.raises(GanfxError, match=r"configuration .*show\.ocio has changed"):
        redo(Path("out/a.exr"))


def test_a_filled_gap_and_a_mix_are_made_again(inked, plain):
    make_shot(Path("in"), [*range(1, 13), *range(14, 21)])
    mix = {str(inked): 0.75, str(plain): 0.25}
    run("in", mix, out=Path("out"), missing="hold", frames="12-14")
    assert redo(Path("out/plate.13.png")).is_there
    assert dict(facts_of(history_of(Path("out/plate.13.png"))))["look"] == "inked:0.75,plain:0.25"


@pytest.mark.parametrize("consistency", [0.0, 0.6])
def test_painted_frames_are_inputs(inked, consistency):
    make_shot(Path("in"), range(1, 7))
    write_picture(Path("keys/plate.3.png"), 255 - photo())
    run("in", inked, out=Path("out"), painted="keys", frames="3-5", consistency=consistency)
    assert redo(Path("out/plate.4.png")).is_there
    assert redo(Path("out/plate.3.png")).is_there
    write_picture(Path("keys/plate.3.png"), photo())
    with pytest.raises(GanfxError, match=r"painting .*plate\.3\.png has changed"):
        redo(Path("out/plate.4.png"))


def test_a_matte_is_an_input(inked):
    make_shot(Path("in"), range(1, 5))
    for frame in range(1, 5):
        write_picture(Path(f"roto/roto.{frame}.png"), photo())
    run("in", inked, out=Path("out"), matte="roto", frames="2")
    assert redo(Path("out/plate.2.png")).is_there
    assert states(Path("out/plate.2.png"))["roto.2.png"] == "as it was"
    write_picture(Path("roto/roto.2.png"), 255 - photo())
    with pytest.raises(GanfxError, match=r"file .*roto\.2\.png has changed"):
        redo(Path("out/plate.2.png"))


def test_motion_vectors_are_inputs(inked):
    make_shot(Path("in"), range(1, 5))
    for frame in range(1, 5):
        write_flow(Path(f"flow/v.{frame}.flo"), np.zeros((48, 64, 2), np.float32))
    run("in", inked, out=Path("out"), flow="flow", frames="2")
    assert redo(Path("out/plate.2.png")).is_there
    write_flow(Path("flow/v.2.flo"), np.ones((48, 64, 2), np.float32))
    with pytest.raises(GanfxError, match=r"v\.2\.flo has changed"):
        redo(Path("out/plate.2.png"))


def test_videos_and_their_frames_are_made_again(inked):
    noise_clip(Path("clip.mkv"), "yuv444p", count=4)
    run("clip.mkv", inked, out=Path("out.mkv"), frames="1-3")
    assert redo(Path("out.mkv"), Path("again.mkv")).is_there
    assert Path("again.mkv").read_bytes() == Path("out.mkv").read_bytes()
    run("clip.mkv", inked, out=Path("frames"), format="png")
    assert redo(Path("frames/clip.0002.png")).is_there
    facts = dict(facts_of(history_of(Path("frames/clip.0002.png"))))
    assert facts["options"].startswith("--format png")


def test_data_is_a_copy_of_its_source(inked):
    write_picture(Path("in/wood_normal.png"), photo(24, 24))
    write_picture(Path("in/wood.png"), photo(24, 24))
    run("in", inked, out=Path("out"))
    assert "a copy" in dict(facts_of(history_of(Path("out/wood_normal.png"))))["made"]
    assert redo(Path("out/wood_normal.png")).is_there


@pytest.mark.parametrize("name", ["nothing.png", "a.png"])
def test_what_ganfx_did_not_write_is_unknown(places, name):
    write_picture(Path("a.png"), photo(24, 24))
    with pytest.raises(UsageError, match=r"no such file|nothing is known"):
        history_of(Path(name))


def test_a_frame_of_holds_and_curves_is_the_same_again(inked):
    make_shot(Path("shot"), range(1001, 1009))
    run(
        "shot",
        inked,
        out=Path("out"),
        hold="2",
        hold_mode="frame",
        strength="1001:0.2,1008:1",
        hatch=0.5,
        boil="0.5,every=2",
    )
    for frame in (1004, 1005):
        assert redo(Path(f"out/plate.{frame}.png")).is_there


def make_tiles() -> str:
    """Four tiles, of which the last is out of reach of the first: more than two away."""
    for number in (1001, 1002, 1012, 1004):
        write_picture(Path(f"in/wood.{number}.png"), photo(32, 32))
    return "in/wood.<UDIM>.png"


def test_a_tile_is_made_again_with_those_around_it(inked):
    run(make_tiles(), inked, out=Path("out"))
    tile = Path("out/wood.1001.png")
    assert redo(tile).is_there
    near = ["wood.1002.png", "wood.1012.png"]
    there = [name for name in states(tile) if name.startswith("wood.")]
    assert sorted(there) == ["wood.1001.png", *near]
    assert dict(facts_of(history_of(tile)))["around"] == "2 files, as they were"
    write_picture(Path("in/wood.1012.png"), 255 - photo(32, 32))
    assert states(tile)["wood.1012.png"] == "changed"
    with pytest.raises(GanfxError, match=r"neighbor .*wood\.1012\.png has changed"):
        redo(tile)


def test_a_face_of_a_cube_map_is_made_again_with_the_others(inked):
    for number, name in enumerate(("px", "nx", "py", "ny", "pz", "nz")):
        write_picture(Path(f"in/sky_{name}.png"), np.roll(photo(32, 32), 5 * number, axis=1))
    run("in", inked, out=Path("out"), wrap="cube")
    assert redo(Path("out/sky_ny.png")).is_there
    write_picture(Path("in/sky_pz.png"), photo(32, 32))
    with pytest.raises(GanfxError, match=r"neighbor .*sky_pz\.png has changed"):
        redo(Path("out/sky_ny.png"))


def test_earlier_records_of_tiles_have_no_hashes_and_are_refused(inked):
    run(make_tiles(), inked, out=Path("out"))
    record = Path(f"out/{MANIFEST}")
    lines = [json.loads(line) for line in record.read_text().splitlines() if line]
    for line in lines:
        if "tiles" in line.get("origin", {}):
            line["origin"]["beside"] = list(line["origin"].pop("beside"))
            del line["origin"]["tiles"]
    record.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(UsageError, match=r"is one picture with wood\.1002\.png"):
        redo(Path("out/wood.1001.png"))
    assert "wood.1002.png" not in states(Path("out/wood.1001.png"))


def test_what_options_name_moves_with_the_project(inked):
    make_shot(Path("show/in"), range(1, 5))
    for frame in range(1, 5):
        write_picture(Path(f"show/roto/roto.{frame}.png"), photo())
        write_picture(Path(f"show/held/held.{frame}.png"), photo())
    told = {"matte": "show/roto/roto.#.png", "hold": "show/held/held.#.png:2,1", "frames": "2-3"}
    run("show/in", inked, out=Path("show/out"), **told)
    write_picture(Path("show/keys/plate.3.png"), 255 - photo())
    run("show/in", inked, out=Path("show/paint"), painted="show/keys", frames="3")
    shutil.move("show", "moved")
    frame = Path("moved/out/plate.3.png")
    assert states(frame)["roto.3.png"] == "as it was"
    assert redo(frame).is_there
    assert redo(Path("moved/paint/plate.3.png")).is_there
    write_picture(Path("moved/roto/roto.3.png"), 255 - photo())
    with pytest.raises(GanfxError, match=r"file .*moved/roto/roto\.3\.png has changed"):
        redo(frame)


def test_what_stays_where_it_was_is_found_there(inked):
    make_shot(Path("show/in"), range(1, 5))
    write_picture(Path("library/matte.png"), photo())
    run("show/in", inked, out=Path("show/out"), matte="library/matte.png", frames="2")
    Path("below").mkdir()
    shutil.move("show", "below/show")
    assert redo(Path("below/show/out/plate.2.png")).is_there


def test_cuts_are_on_record_themselves(inked):
    make_shot(Path("in"), range(1, 9))
    Path("cuts.txt").write_text("4\n")
    run("in", inked, out=Path("out"), cuts="cuts.txt", frames="3-4")
    Path("cuts.txt").unlink()
    assert redo(Path("out/plate.4.png")).is_there
