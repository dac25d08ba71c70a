"""The colour that plates declare, in a whole run."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import OpenImageIO as oiio  # noqa: N813
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from ganfx.cli.farming import _pinned
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.video.yuv import encoding_of, from_rgb
from ganfx.preprocess.inputs import _decoded
from ganfx.stylize import Options, rehearse
from ganfx.stylize.events import FrameFailed, FrameSkipped, Notice, StylizeStarted
from tests.stylize.conftest import of_kind, photo, run

LIGHT = (0.6, 0.3, 0.1)


def plate(path: Path, interop_id: str, color: tuple[float, ...] = LIGHT, **more: object) -> Path:
    spec = oiio.ImageSpec(32, 32, 3, "half")
    if interop_id:
        spec.attribute("colorInteropID", interop_id)
    for key, value in more.items():
        spec.attribute(key, value) if isinstance(value, int) else spec.attribute(
            key, "float[8]", value
        )
    if "acesImageContainerFlag" in more:
        spec.attribute("compression", "none")  # as SMPTE ST 2065-4 has it
    image = oiio.ImageBuf(spec)
    oiio.ImageBufAlgo.fill(image, color)
    assert image.write(str(path))
    return path


def colors(events: list) -> str:
    (started,) = of_kind(events, StylizeStarted)
    return started.color


def test_the_header_of_a_run_says_what_was_assumed(inked):
    plate(Path("a.exr"), "lin_ap1_scene")
    assert colors(run("a.exr", inked)) == "ACEScg (colorInteropID lin_ap1_scene)"
    plate(Path("b.exr"), "")
    assert colors(run("b.exr", inked)) == "linear Rec.709 (by default: nothing is declared)"
    assert (
        colors(run("b.exr", inked, colorspace="ACEScg", out=Path("o"))) == "ACEScg (--colorspace)"
    )


def test_a_tag_that_contradicts_the_file_is_told(inked):
    plate(Path("a.exr"), "studio:plates")
    told = [e.message for e in of_kind(run("a.exr", inked), Notice)]
    assert told == [
        "a.exr: no configuration knows its colorInteropID studio:plates; taken for linear Rec.709"
        " (say what it is with --colorspace NAME)"
    ]


def test_data_by_the_rules_of_a_configuration_is_not_painted(inked, monkeypatch, tmp_path):
    config = ocio.Config.CreateFromBuiltinConfig("cg-config-v2.2.0_aces-v1.3_ocio-v2.4")
    rules = ocio.FileRules()
    rules.insertRule(0, "masks", "Raw", "*mask*", "exr")
    rules.setDefaultRuleColorSpace("ACEScg")
    config.setFileRules(rules)
    path = tmp_path / "show.ocio"
    path.write_text(config.serialize())
    monkeypatch.setenv("OCIO", str(path))
    Path("in").mkdir()
    plate(Path("in/mask.exr"), "")
    plate(Path("in/beauty.exr"), "")
    (failed,) = of_kind(run("in", inked, out=Path("out")), FrameFailed)
    assert "data, not colour" in failed.reason
    assert Path("out/beauty.exr").exists()
    assert not Path("out/mask.exr").exists()


def test_a_declaration_is_in_the_fingerprint_where_it_changes_pixels(inked, monkeypatch):
    write_picture(Path("a.png"), photo(32, 32))
    run("a.png", inked, out=Path("out"))
    monkeypatch.setenv("OCIO", "ocio://studio-config-v2.2.0_aces-v1.3_ocio-v2.4")
    assert len(of_kind(run("a.png", inked, out=Path("out")), FrameSkipped)) == 1
    plate(Path("b.exr"), "")
    run("b.exr", inked, out=Path("out"))
    assert len(of_kind(run("b.exr", inked, out=Path("out")), FrameSkipped)) == 1
    # This configuration has a rule for every EXR.
    monkeypatch.setenv("OCIO", "ocio://studio-config-v5.0.0_aces-v2.1_ocio-v2.6")
    events = run("b.exr", inked, out=Path("out"))
    assert of_kind(events, FrameSkipped) == []
    assert colors(events).startswith("ACES2065-1 (file rules of studio-config-v5")


def test_the_look_is_the_same_in_every_space_that_is_declared(inked):
    same = {
        "lin_rec709_scene": LIGHT,
        "lin_ap1_scene": (0.4742, 0.3184, 0.1320),
        "lin_rec2020_scene": (0.4794, 0.3187, 0.1255),
    }
    shown = []
    for interop_id, color in same.items():
        run(plate(Path(f"{interop_id}.exr"), interop_id, color), inked, grain=0.0, out=Path("o"))
        shown.append(read_picture(Path(f"o/{interop_id}.exr")).astype(int))
    assert np.abs(shown[0] - shown[1]).max() <= 1
    assert np.abs(shown[0] - shown[2]).max() <= 1


def hdr_film(path: Path, transfer: int, code: float) -> Path:
    tags = {"color_primaries": 9, "color_trc": transfer, "colorspace": 9, "color_range": 1}
    with av.open(str(path), "w") as output:
        stream = output.add_stream("ffv1", rate=24)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv444p10le"
        for key, value in tags.items():
            setattr(stream.codec_context, key, value)
        gray = np.full((48, 64, 3), code, np.float32)
        for number in range(2):
            frame = from_rgb(gray, encoding_of("yuv444p10le", 9, 1, 48))
            frame.pts = number
            for key, value in tags.items():
                setattr(frame, key, value)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def code_of(path: Path) -> tuple[float, tuple[int, int]]:
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        luma = np.frombuffer(frame.planes[0], np.uint16).reshape(48, -1)[:, :64]
        codec = container.streams.video[0].codec_context
        tags = (int(codec.color_primaries), int(codec.color_trc))
    return float((np.median(luma) - 64) / 876), tags


@pytest.mark.parametrize(("transfer", "white"), [(16, 0.58069), (18, 0.75)])
def test_white_of_an_hdr_film_is_white_to_the_look(inked, transfer, white):
    """The look of a grey plate is that of sRGB, in the codes of the film."""
    hdr_film(Path("film.mkv"), transfer, white)
    events = run("film.mkv", inked, strength=0.5, grain=0.0, consistency=0.0, out=Path("o.mkv"))
    assert "Rec.2100" in colors(events)
    # The look of white in sRGB, by a picture of it.
    write_picture(Path("white.png"), np.full((48, 64, 3), 255, np.uint8))
    run("white.png", inked, strength=0.5, grain=0.0, out=Path("o.png"))
    shown = np.median(read_picture(Path("o.png")).astype(float) / 255, axis=(0, 1))
    light = np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4)
    wide = (
        light
        @ np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.088, 0.8956]]).T
    )
    expected = _codes(wide, transfer) @ np.array([0.2627, 0.678, 0.0593])
    code, tags = code_of(Path("o.mkv"))
    assert tags == (9, transfer)
    assert code == pytest.approx(expected, abs=0.01)


def _codes(light: np.ndarray, transfer: int) -> np.ndarray:
    """Codes of light where 1 is 203 nits: SMPTE ST 2084; ITU-R BT.2100 HLG for 1000 nits."""
    if transfer == 16:
        y = np.clip(light * 203 / 10000, 0, 1) ** 0.1593017578125
        return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375
    display = light * 203 / 1000
    luma = display @ np.array([0.2627, 0.678, 0.0593])
    scene = display * luma ** (1 / 1.2 - 1)
    low, high = np.sqrt(3 * scene), 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9))
    return np.where(scene <= 1 / 12, low, high + 0.55991073)


def test_training_pictures_of_hdr_films_are_srgb(inked):
    for transfer, white in ((16, 0.58069), (18, 0.75)):
        path = hdr_film(Path(f"{transfer}.mkv"), transfer, white)
        _, pixels = next(_decoded(path, lambda number: number == 1))
        assert pixels.dtype == np.uint16
        np.testing.assert_allclose(pixels / 65535, 1.0, atol=0.005)


def test_tasks_of_a_farm_get_the_submitters_configuration(inked, monkeypatch):
    assert _pinned(Options()) == ["--precision", "float32", "--motion", "opencv"]
    given = Options(precision="float32", motion="torch")
    monkeypatch.setenv("OCIO", "show.ocio")
    told = _pinned(given)
    assert told == ["--ocio", str(Path("show.ocio").absolute())]
    assert _pinned(replace(given, ocio=Path("other.ocio"))) == []
    monkeypatch.setenv("OCIO", "ocio://default")
    assert _pinned(given) == ["--ocio", "ocio://default"]


def test_a_dry_run_finds_tags_that_cannot_be_converted(inked):
    hdr_film(Path("film.mkv"), 17, 0.5)  # SMPTE ST 428, and primaries of Rec. 2020
    with closing(rehearse("film.mkv", inked, Options(out=Path("o.mkv")))) as events:
        (failed,) = of_kind(list(events), FrameFailed)
    assert "primaries 9, transfer 17" in failed.reason
    assert "--colorspace NAME" in failed.reason


AP1 = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)
SAME = {  # 0.6 0.3 0.1 of linear Rec. 709, by what the file has for it
    "id": ((0.4742, 0.3184, 0.1320), {"interop_id": "lin_ap1_scene"}),
    "chromaticities": ((0.4742, 0.3184, 0.1320), {"interop_id": "", "chromaticities": AP1}),
    "container": ((0.3962, 0.3076, 0.1309), {"interop_id": "", "acesImageContainerFlag": 1}),
}


@pytest.mark.parametrize("config", ["", "ocio://studio-config-v2.2.0_aces-v1.3_ocio-v2.4", "own"])
def test_one_colour_by_three_tags_is_one_png(inked, monkeypatch, tmp_path, config):
    """With no configuration, OpenColorIO's own, and a studio's that has none of these spaces."""
    if config == "own":
        config = str(tmp_path / "own.ocio")
        Path(config).write_text(small_config().serialize())
    if config:
        monkeypatch.setenv("OCIO", config)
    for name, (color, tags) in SAME.items():
        plate(Path(f"{name}.exr"), color=color, **tags)
        options = {"strength": 0.0, "format": "png", "depth": "uint8", "out": Path("o")}
        started = colors(run(f"{name}.exr", inked, **options))
        assert not config or "configuration" in started
    shown = [read_picture(Path(f"o/{name}.png"))[8, 8] for name in SAME]
    for each in shown:
        assert np.abs(each.astype(int) - (203, 149, 89)).max() <= 1  # IEC 61966-2-1


def small_config() -> ocio.Config:
    """One space beside that which ties configurations together."""
    config = ocio.Config()
    config.setVersion(2, 1)
    config.setName("own")
    aces = ocio.ColorSpace(name="show linear", encoding="scene-linear")
    config.addColorSpace(aces)
    for role in ("aces_interchange", "default", "scene_linear"):
        config.setRole(role, "show linear")
    config.addDisplayView("monitor", "as it is", "show linear")
    return config
