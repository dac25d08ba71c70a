"""A picture in strips is the picture in one piece, byte for byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.media.frames import read_frame
from ganfx.preset import ModelConfig
from ganfx.stylize.events import FrameDone, FrameFailed, Notice
from ganfx.stylize.network import brush_scale
from ganfx.stylize.render import strips
from tests.media import picture_files
from tests.stylize import conftest
from tests.stylize.conftest import of_kind, photo, random_generator, save_look, visible

HEIGHT, WIDTH = 150, 64


def run(*arguments: Any, **options: Any) -> list[Any]:
    """On the CPU: a GPU picks its algorithms by the size of a window, to within a last bit."""
    return conftest.run(*arguments, device="cpu", **options)


@pytest.fixture
def in_strips(monkeypatch: pytest.MonkeyPatch) -> Any:
    """From here on, pictures go in strips of 32 rows; how many did."""
    done: list[Path] = []

    def counted(*arguments: Any) -> tuple[bool, bool]:
        done.append(arguments[0].source)
        return original(*arguments)

    def begin() -> list[Path]:
        monkeypatch.setattr(brush_scale, "LARGEST", 0)
        monkeypatch.setattr(strips, "ROWS", 32)
        monkeypatch.setattr(strips, "ROWS_WITH_ALPHA", 48)
        return done

    original = strips.stylize_strips
    monkeypatch.setattr("ganfx.stylize.render.picture_stages.stylize_strips", counted)
    return begin


def pixels(kind: str, channels: int = 3) -> Any:
    rgb = photo(HEIGHT, WIDTH).astype(np.float32) / 255
    planes = np.concatenate([rgb, 7.0 + rgb[..., :1]], axis=-1)[..., :channels]
    if kind in ("half", "float"):
        return (planes * 3.0).astype(np.float16 if kind == "half" else np.float32)
    most = 255 if kind == "uint8" else 65535
    return (rgb * most).astype(kind)[..., :channels]


KINDS: list[tuple[str, str, dict[str, Any]]] = [
    ("a.png", "uint8", {}),
    ("a.png", "uint16", {}),
    ("a.tif", "uint8", {"compression": "lzw"}),
    ("a.tif", "uint16", {"tile": 48}),
    ("a.tif", "float", {}),
    ("a.exr", "half", {"compression": "piz"}),
    ("a.exr", "half", {"compression": "dwaa"}),
    ("a.exr", "float", {"compression": "zip", "tile": 32}),
    ("a.exr", "half", {"names": ("R", "G", "B", "Z"), "kinds": ("half",) * 3 + ("float",)}),
    ("a.exr", "half", {"window": (-5, 11)}),
]


def save(path: Path, kind: str, about: dict[str, Any]) -> Path:
    names = about.get("names", ("R", "G", "B"))
    values = pixels(kind, len(names))
    spec = oiio.ImageSpec(WIDTH, HEIGHT, len(names), "float" if "kinds" in about else kind)
    spec.channelnames = names
    if "kinds" in about:
        spec.channelformats = tuple(oiio.TypeDesc(each) for each in about["kinds"])
        values = values.astype(np.float32)
    spec.tile_width = spec.tile_height = about.get("tile", 0)
    spec.tile_depth = 1 if "tile" in about else 0
    spec.x, spec.y = about.get("window", (0, 0))
    spec.attribute("Orientation", about.get("orientation", 1))
    if "compression" in about:
        spec.attribute("compression", about["compression"])
    picture_files.write(path, spec, values)
    return path


@pytest.mark.parametrize(("name", "kind", "about"), KINDS)
def test_strips_make_the_same_file(
    inked: Path, contents: Any, in_strips: Any, name: str, kind: str, about: dict[str, Any]
) -> None:
    save(Path(name), kind, about)
    run(name, inked, out=Path("whole"))
    done = in_strips()
    events = run(name, inked, out=Path("strips"))

    assert of_kind(events, FrameDone)
    assert done == [Path(name)]
    assert contents(Path("strips")) == contents(Path("whole"))


@pytest.mark.parametrize(
    "options",
    [
        {"strength": 0.5, "keep_color": True},
        {"wrap": "x"},
        {"tile": 16, "grain": 0.2, "seed": 3},
        {"hatch": 0.8, "dabs": 0.9, "wrap": "x"},
        {"washes": 0.8, "wrap": "x"},
        {"depth": "float", "colorspace": "ACEScg"},
        {"region": ("channel:G=inked.safetensors:0.5",), "washes": 0.5},
    ],
)
def test_strips_make_the_same_file_with_any_option(
    inked: Path, contents: Any, in_strips: Any, options: dict[str, Any]
) -> None:
    save(Path("a.exr"), "half", {})
    run("a.exr", inked, out=Path("whole"), **options)
    done = in_strips()
    run("a.exr", inked, out=Path("strips"), **options)
    assert len(done) == 1
    assert contents(Path("strips")) == contents(Path("whole"))


def test_so_does_a_mix_of_networks_of_different_stride(
    inked: Path, contents: Any, in_strips: Any
) -> None:
    deep = ModelConfig(channels=(4, 6, 6), blocks=1, abstraction=(3,))
    other = save_look(inked.parent, "deep", random_generator(deep), model=deep)
    save(Path("a.png"), "uint8", {})
    shares = {inked: 0.4, other: 0.6}
    run("a.png", shares, out=Path("whole"))
    assert len(in_strips()) == 0
    run("a.png", shares, out=Path("strips"))
    assert contents(Path("strips")) == contents(Path("whole"))


@pytest.mark.parametrize("name", ["b.exr", "b.tif", "b.png"])
@pytest.mark.parametrize("kind", ["a.exr", "a.tif", "a.png"])
def test_strips_become_the_same_file_of_another_format(
    inked: Path, contents: Any, in_strips: Any, kind: str, name: str
) -> None:
    save(Path(kind), {"a.exr": "half", "a.tif": "float"}.get(kind, "uint8"), {})
    run(kind, inked, out=Path("whole"), format=name[2:])
    done = in_strips()
    run(kind, inked, out=Path("strips"), format=name[2:])
    assert len(done) == 1
    assert contents(Path("strips")) == contents(Path("whole"))


def covering(height: int) -> Any:
    """Alpha with holes of all sizes, soft edges and an empty end."""
    rows, columns = np.mgrid[:height, :WIDTH]
    soft = np.clip(np.sin(rows / 17) + np.cos(columns / 9) + 0.4, 0, 1)
    soft[height // 2 : height // 2 + 200] = 0
    soft[-300:] = 0
    return soft.astype(np.float32)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.exr", "half"), ("a.exr", "float"), ("a.png", "uint8"), ("a.tif", "uint16")],
)
def test_strips_of_a_picture_with_alpha_make_the_same_file(
    inked: Path, contents: Any, in_strips: Any, name: str, kind: str
) -> None:
    height = 900
    alpha = covering(height)[..., None]
    rgb = np.tile(photo(300, WIDTH).astype(np.float32) / 255, (3, 1, 1))
    associated = name != "a.png"
    planes = np.concatenate([rgb * alpha if associated else rgb, alpha], axis=-1)
    most = {"uint8": 255, "uint16": 65535}.get(kind, 1)
    dtype = {"half": "float16", "float": "float32"}.get(kind, kind)
    picture_files.save(Path(name), (planes * most).astype(dtype))
    run(name, inked, out=Path("whole"))
    done = in_strips()
    assert of_kind(run(name, inked, out=Path("strips")), FrameDone)
    assert len(done) == 1
    assert contents(Path("strips")) == contents(Path("whole"))


def test_strips_of_a_cut_out_texture_that_tiles_make_the_same_file(
    inked: Path, contents: Any, in_strips: Any
) -> None:
    rgb = np.tile(photo(300, WIDTH), (3, 1, 1))
    alpha = np.roll(covering(900), 20, axis=1)[..., None] * 255
    planes = np.concatenate([rgb, alpha.astype(np.uint8)], axis=-1)
    picture_files.save(Path("a.png"), planes, oiio__UnassociatedAlpha=1)
    run("a.png", inked, out=Path("whole"), wrap="x")
    run("a.png", inked, out=Path("plain"))
    done = in_strips()
    run("a.png", inked, out=Path("strips"), wrap="x")
    assert len(done) == 1
    assert contents(Path("strips")) == contents(Path("whole")) != contents(Path("plain"))


@pytest.mark.parametrize("covered", [0, 1])
def test_an_alpha_of_0_everywhere_is_known_from_all_rows(
    inked: Path, in_strips: Any, covered: int
) -> None:
    """Of one covered pixel, in the last row, all others know that they cover nothing."""
    values = pixels("half", 4)
    values[..., 3] = 0
    values[-1, -1, 3] = covered
    picture_files.save(Path("a.exr"), values, names=("R", "G", "B", "A"))
    whole = run("a.exr", inked, out=Path("whole.exr"), grain=0.0)
    done = in_strips()
    parts = run("a.exr", inked, out=Path("parts.exr"), grain=0.0)

    assert done
    assert Path("parts.exr").read_bytes() == Path("whole.exr").read_bytes()
    told = [any("alpha is 0" in n.message for n in of_kind(e, Notice)) for e in (whole, parts)]
    assert told == [not covered] * 2
    changed = read_frame(Path("whole.exr")).rgb != read_frame(Path("a.exr")).rgb
    assert bool(changed[0].any(axis=-1).all()) != bool(covered)


def test_a_matte_among_the_channels_is_there_with_the_rows(
    inked: Path, contents: Any, in_strips: Any
) -> None:
    save(Path("a.exr"), "half", {"names": ("R", "G", "B", "mask"), "kinds": ("half",) * 4})
    light = oiio.ImageBuf("a.exr").get_pixels()
    light[..., 3] = np.linspace(0, 1, HEIGHT)[:, None]
    spec = oiio.ImageSpec(WIDTH, HEIGHT, 4, "half")
    spec.channelnames = ("R", "G", "B", "mask")
    picture_files.write(Path("a.exr"), spec, light.astype(np.float16))
    run("a.exr", inked, out=Path("whole"), matte="channel:mask")
    done = in_strips()
    run("a.exr", inked, out=Path("strips"), matte="channel:mask")
    assert len(done) == 1
    assert contents(Path("strips")) == contents(Path("whole"))


@pytest.mark.parametrize("options", [{"scale": 2.0}, {"wrap": "xy"}, {"matte": "m.png"}])
def test_what_needs_the_whole_picture_gets_it(
    inked: Path, in_strips: Any, options: dict[str, Any]
) -> None:
    save(Path("a.png"), "uint8", {})
    save(Path("m.png"), "uint8", {})
    done = in_strips()
    assert of_kind(run("a.png", inked, **options), FrameDone)
    assert done == []


@pytest.mark.parametrize("about", [{"window": (-5, 11)}, {"orientation": 6}])
def test_so_does_one_that_another_format_shows_otherwise(
    inked: Path, in_strips: Any, about: dict[str, Any]
) -> None:
    save(Path("a.exr"), "half", about)
    done = in_strips()
    assert of_kind(run("a.exr", inked, format="png"), FrameDone)
    assert done == []


def test_undefined_pixels_are_mended_and_told(inked: Path, in_strips: Any) -> None:
    in_strips()
    save(Path("a.exr"), "half", {})
    light = oiio.ImageBuf("a.exr").get_pixels()
    light[70, 30] = np.nan
    picture_files.save(Path("a.exr"), light.astype(np.float16))
    events = run("a.exr", inked)
    assert "had infinite or undefined pixels; mended" in of_kind(events, Notice)[-1].message
    assert np.isfinite(oiio.ImageBuf("a-inked.exr").get_pixels()).all()


@pytest.mark.parametrize("name", ["a.png", "a.exr", "a.tif"])
def test_a_file_that_is_cut_short_leaves_nothing_behind(
    inked: Path, in_strips: Any, name: str
) -> None:
    path = save(Path(name), "half" if name == "a.exr" else "uint8", {})
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    in_strips()
    events = run(name, inked, out=Path("out"))
    assert len(of_kind(events, FrameFailed)) == 1
    assert visible(Path("out")) == []
    assert not list(Path("out").glob(".a*"))


def test_finished_ones_are_left_alone(inked: Path, in_strips: Any) -> None:
    save(Path("a.png"), "uint8", {})
    done = in_strips()
    for _ in range(2):
        run("a.png", inked)
    assert len(done) == 1
