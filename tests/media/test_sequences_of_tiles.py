"""Names with two meanings: tiles or frames, one number or another; a notation decides."""

import pytest

from ganfx.errors import UsageError
from ganfx.media.sequences import find_shots
from tests.media.test_sequences import plates, put


def test_udim_tiles_are_stills_and_the_notation_decides(tmp_path):
    names = plates([*range(1001, 1004), 1011, 1012], "wood_albedo.{}.png")
    put(tmp_path, *names, size=(4, 4))
    (shot,) = find_shots(tmp_path)
    assert (shot.kind, len(shot.files)) == ("stills", 5)
    assert shot.remarks == (
        "wood_albedo.1001-1012#.png: UDIM tiles of one picture; if they are frames of a shot,"
        " name them wood_albedo.####.png",
    )
    assert find_shots(tmp_path / "wood_albedo.####.png")[0].kind == "sequence"
    for notation in ("<UDIM>", "%(UDIM)d"):
        (tiles,) = find_shots(tmp_path / f"wood_albedo.{notation}.png")
        assert (tiles.kind, len(tiles.files)) == ("stills", 5)


def test_what_could_be_tiles_or_frames_is_told(tmp_path):
    put(tmp_path, *plates(range(1001, 1011)))
    (shot,) = find_shots(tmp_path)
    assert shot.kind == "sequence"
    assert shot.remarks == (
        "plate.1001-1010#.png: taken as frames of a shot; if they are UDIM tiles, name them"
        " plate.<UDIM>.png",
    )
    put(tmp_path, "plate.1011.png")
    assert find_shots(tmp_path)[0].remarks == ()


def test_mudbox_tiles_can_be_named(tmp_path):
    put(tmp_path, *plates(range(1, 4), "wood_u{}_v1.png"), "wood_u1_v2.png", "other_u1_v1.png")
    for notation in ("wood_<UVTILE>.png", "wood_u<U>_v<V>.png"):
        (shot,) = find_shots(tmp_path / notation)
        assert (shot.kind, len(shot.files)) == ("stills", 4)


def test_two_numbers_in_a_notation_are_refused(tmp_path):
    put(tmp_path, *plates(range(1, 4), "b.{}.25.png"))
    with pytest.raises(UsageError, match="has two numbers") as caught:
        find_shots(tmp_path / "b.####.##.png")
    assert "beauty.####.25.exr" in caught.value.hint
