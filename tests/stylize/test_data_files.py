"""Files and channels that hold data come out as they went in, and that is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import new_frame, read_frame, write_frame
from ganfx.stylize import Options, rehearse
from ganfx.stylize.events import FrameDone, FramePlanned, FrameSkipped, Notice
from tests.stylize.conftest import of_kind, photo, run


def exr(path: Path, names: tuple[str, ...], **attributes: str) -> None:
    spec = oiio.ImageSpec(16, 12, len(names), "float")
    spec.channelnames = names
    for key, value in attributes.items():
        spec.attribute(key.replace("__", "/"), value)
    path.parent.mkdir(exist_ok=True)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(np.random.default_rng(3).random((12, 16, len(names)), np.float32))
    assert output.close()


CRYPTO = tuple(f"crypto00.{letter}" for letter in "RGBA")


@pytest.fixture
def passes(places: Path) -> Path:
    for frame in range(1001, 1004):
        exr(Path(f"in/ids.{frame}.exr"), CRYPTO, cryptomatte__abc__name="crypto")
    exr(Path("in/depth.exr"), ("depth.Z",))
    exr(Path("in/both.exr"), (*CRYPTO, "diffuse.R", "diffuse.G", "diffuse.B"))
    return Path("in")


def test_files_without_colour_are_copied_and_told(passes: Path, inked: Path) -> None:
    events = run(passes, inked, out=Path("out"))

    told = [each.message for each in of_kind(events, Notice)]
    assert told[0].startswith("copied as data, not colour: in/ids.1001.exr")
    assert "in/depth.exr" in told[0]
    assert told[1] == "in (2 stills): Cryptomatte is data, and copied: crypto"
    assert len(of_kind(events, FrameDone)) == 5
    for name in ("ids.1001.exr", "ids.1003.exr", "depth.exr"):
        assert Path("out", name).read_bytes() == (passes / name).read_bytes()
    before, after = read_frame(passes / "both.exr"), read_frame(Path("out/both.exr"))
    assert not np.array_equal(before.rgb, after.rgb)
    ids = [each.stored.part.pixels[..., :4].tobytes() for each in (before, after)]
    assert ids[0] == ids[1]


def test_copies_are_rehearsed_and_not_made_again(passes: Path, inked: Path) -> None:
    options = Options(out=Path("out"), matte="matte.exr")
    exr(Path("matte.exr"), ("mask",))
    assert len(of_kind(list(rehearse(passes, inked, options)), FramePlanned)) == 5
    run(passes, inked, out=Path("out"), matte="matte.exr")
    again = run(passes, inked, out=Path("out"), matte="matte.exr")
    assert len(of_kind(again, FrameSkipped)) == 5


def test_data_is_left_out_where_the_format_cannot_hold_it(passes: Path, inked: Path) -> None:
    events = run(passes, inked, out=Path("out"), format="png")

    assert [path.name for path in sorted(Path("out").glob("*.*"))] == [".ganfx.jsonl", "both.png"]
    told = [each.message for each in of_kind(events, Notice)]
    assert any(each.startswith("left out, as .png does not hold their data: ") for each in told)
    with pytest.raises(UsageError, match=r"in/depth.exr holds data \(depth, vectors, ids\)"):
        run(passes / "depth.exr", inked, out=Path("other.png"), format="png")


@pytest.mark.parametrize("consistency", [0.0, 0.5])
def test_the_look_is_on_pictures_whose_alpha_is_0_everywhere(
    places: Path, inked: Path, consistency: float
) -> None:
    picture = photo(24, 32).astype(np.float32) / 255
    empty = np.zeros((24, 32), np.float32)
    for number in range(1, 4):
        frame = replace(new_frame(picture, depth="half", alpha=empty), additive=True)
        write_frame(Path(f"in/flame.{number}.exr"), picture, frame)
    events = run("in", inked, out=Path("out"), consistency=consistency)
    before, after = (read_frame(Path(folder, "flame.2.exr")) for folder in ("in", "out"))

    assert (before.rgb != after.rgb).any(axis=-1).mean() > 0.9
    assert after.alpha is not None
    assert not after.alpha.any()
    assert [each.message for each in of_kind(events, Notice)] == [
        "flame.1-3@.exr: alpha is 0 everywhere in 3 frames; all colour is taken"
    ]
