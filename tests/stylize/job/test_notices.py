"""What a run says before it begins: what is not stylised, and what a format will lose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import new_frame, write_frame, write_picture
from ganfx.stylize.job.plan import make_plan
from ganfx.stylize.job.resolved import resolve
from ganfx.stylize.options import Options
from tests.stylize.conftest import photo, write_float


def notices(source: str, **options: Any) -> tuple[str, ...]:
    return make_plan([Path(source)], "noir", resolve(Options(**options))).notices


def stereo(path: Path, *views: str) -> None:
    """A multi-part EXR, a view a part."""
    path.parent.mkdir(exist_ok=True)
    specs = []
    for view in views:
        spec = oiio.ImageSpec(8, 8, 3, "half")
        spec.attribute("view", view)
        spec.attribute("oiio:subimagename", view)
        specs.append(spec)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), tuple(specs))
    for index, spec in enumerate(specs):
        if index:
            assert output.open(str(path), spec, "AppendSubimage")
        assert output.write_image(np.zeros((8, 8, 3), np.float16))
    output.close()


def test_what_a_format_cannot_hold_is_said(places):
    light = np.full((4, 4, 3), 2.0, np.float32)
    write_float(Path("a/light.exr"), light, np.ones((4, 4), np.float32))
    assert notices("a", format="exr") == ()
    assert notices("a", format="jpg") == (
        ".jpg clips light above 1 (of a/light.exr); exr keeps it",
        ".jpg has no alpha: that of a/light.exr is lost",
    )
    write_frame(Path("b/matte.png"), light / 2, new_frame(light / 2, depth="uint8"))
    assert notices("b", format="jpg") == ()


def test_every_still_is_looked_at_and_so_is_the_name_that_is_written(places):
    light = np.full((4, 4, 3), 0.5, np.float32)
    Path("a").mkdir()
    write_picture(Path("a/0.png"), photo())
    alpha = new_frame(light, depth="uint8", alpha=np.ones((4, 4), np.float32))
    write_frame(Path("a/1.png"), light, alpha)

    lost = ".jpg has no alpha: that of a/1.png is lost"
    assert notices("a", format="jpg") == (lost,)
    assert notices("a/1.png", out=Path("x.jpg")) == (lost,)
    for holds in ("bmp", "dpx", "tga"):
        assert notices("a", format=holds) == ()


def test_a_depth_that_one_of_the_files_cannot_hold_is_refused_in_any_order(places):
    write_picture(Path("a/0.png"), photo())
    write_picture(Path("a/1.jpg"), photo())

    with pytest.raises(UsageError, match="jpeg files cannot hold uint16"):
        notices("a", depth="uint16")


def test_pictures_and_videos_of_other_formats_are_not_passed_over_in_silence(places):
    write_picture(Path("a/b/plate.png"), photo())
    for name in ("a/clip.MTS", "a/b/scan.psd", "a/notes.txt"):
        Path(name).write_bytes(b"x")
    (said,) = notices("a")
    assert said == "left out, as this format is not read: a/clip.MTS, a/b/scan.psd"


@pytest.mark.parametrize(
    ("space", "clips"), [("cineon", True), ("ARRI LogC4", True), ("sRGB - Texture", False)]
)
def test_integers_that_hold_light_above_white_are_clipped_by_display_formats(places, space, clips):
    write_picture(Path("a/scan.png"), photo())

    said = notices("a", format="jpg", colorspace=space)
    assert said == ((".jpg clips light above 1 (of a/scan.png); exr keeps it",) if clips else ())
    assert notices("a", format="exr", colorspace=space) == ()


def test_of_stereo_plates_the_eye_that_is_stylised_is_told(places):
    stereo(Path("a/plate.1001.exr"), "left", "right")
    assert notices("a") == ("a (1 still): one view is stylised, right is copied",)

    stereo(Path("b/plate.1001.exr"), "left", "right", "centre")
    (said,) = notices("b")
    assert said.endswith("one view is stylised, right and centre are copied")

    stereo(Path("c/plate.1001.exr"), "left")
    assert notices("c") == ()


def test_of_views_in_one_part_the_first_is_stylised(places):
    spec = oiio.ImageSpec(8, 8, 6, "half")
    spec.channelnames = ("R", "G", "B", "right.R", "right.G", "right.B")
    spec.attribute("multiView", "string[2]", ("left", "right"))
    Path("a").mkdir()
    output = oiio.ImageOutput.create("a/plate.exr")
    assert output.open("a/plate.exr", spec)
    assert output.write_image(np.zeros((8, 8, 6), np.float16))
    output.close()
    assert notices("a") == ("a (1 still): one view is stylised, right is copied",)


def test_pages_beside_the_first_are_told(places):
    spec = oiio.ImageSpec(8, 8, 3, "uint8")
    output = oiio.ImageOutput.create("scan.tif")
    output.open("scan.tif", (spec, spec))
    output.write_image(np.zeros((8, 8, 3), np.uint8))
    output.open("scan.tif", spec, "AppendSubimage")
    output.write_image(np.zeros((8, 8, 3), np.uint8))
    output.close()
    assert notices("scan.tif") == ("the first page is stylised, the others are copied: scan.tif",)
    assert "the first page is stylised, the others are left out: scan.tif" in notices(
        "scan.tif", format="png"
    )
