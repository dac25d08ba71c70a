"""EXRs that say that they are maps of all directions."""

import struct
from pathlib import Path

import numpy as np

from ganfx.media.exr_envmap import declare_envmap
from ganfx.media.frames import new_frame, read_frame, write_frame
from ganfx.stylize.events import FrameFailed
from ganfx.stylize.surface.cube import faces_of
from tests.stylize.conftest import inked, of_kind, places, run  # noqa: F401
from tests.stylize.surface_scenes import cube, latlong

ASIDE = b"ganfxE\0int\0" + struct.pack("<i", 4)


def put(path, picture, envmap):
    """An EXR with the attribute, as it is read from other programs."""
    frame = new_frame(picture, depth="half")
    frame.stored.parts[frame.stored.picture].spec.attribute("ganfxE", "int", envmap)
    write_frame(path, picture, frame)
    declare_envmap(path)
    return path


def test_the_attribute_is_kept(tmp_path):
    for envmap, name in enumerate(("latlong", "cube")):
        frame = read_frame(put(tmp_path / "a.exr", latlong(8), envmap))
        assert frame.header.envmap == name
        write_frame(tmp_path / "b.exr", frame.rgb, frame)
        again = read_frame(tmp_path / "b.exr")
        assert again.header.envmap == name
        np.testing.assert_array_equal(again.rgb, frame.rgb)
        assert b"envmap\0envmap\0\1\0\0\0" + bytes([envmap]) in (tmp_path / "b.exr").read_bytes()
        assert b"ganfxE" not in (tmp_path / "b.exr").read_bytes()


def test_a_map_goes_on_as_its_file_says(inked):  # noqa: F811
    put(Path("sky.exr"), latlong(32), 0)
    write_frame(Path("flat.exr"), latlong(32), new_frame(latlong(32), depth="half"))
    for name, wrap in (("sky", ""), ("sky", "none"), ("flat", "latlong"), ("flat", "")):
        out = Path(f"{name}-{wrap}.exr")
        run(f"{name}.exr", inked, out=out, wrap=wrap, device="cpu", grain=0.0)
    made = {out.stem: read_frame(out).rgb for out in Path.cwd().glob("*-*.exr")}
    np.testing.assert_array_equal(made["sky-"], made["flat-latlong"])
    np.testing.assert_array_equal(made["sky-none"], made["flat-"])
    assert not np.array_equal(made["sky-"], made["sky-none"])


def test_faces_below_one_another_are_those_of_openexr(inked):  # noqa: F811
    picture = cube(faces_of(96, 16, openexr=True), 16)
    put(Path("sky.exr"), picture, 1)
    run("sky.exr", inked, out=Path("out.exr"), device="cpu", grain=0.0)
    assert read_frame(Path("out.exr")).header.envmap == "cube"


def test_a_map_of_other_proportions_is_a_bad_frame(inked):  # noqa: F811
    put(Path("in/sky.exr"), latlong(32)[:20], 0)
    put(Path("in/other.exr"), latlong(32), 0)
    (failed,) = of_kind(run("in", inked, out=Path("out"), device="cpu"), FrameFailed)
    assert "by its envmap attribute" in failed.reason
    assert Path("out/other.exr").exists()
