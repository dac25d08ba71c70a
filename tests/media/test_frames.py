"""Round trips of picture files, and what a user is told about damaged ones."""

import time
import zlib

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from picture_files import metadata, noise, save, stored, write
from skimage import data

from ganfx.errors import MediaError
from ganfx.media.formats import WRITTEN_SUFFIXES
from ganfx.media.frames import (
    new_frame,
    read_frame,
    read_header,
    write_frame,
    write_picture,
)


def rewritten(path):
    """The same picture, read and written without a change."""
    frame = read_frame(path)
    out = path.with_name("out-" + path.name)
    write_frame(out, frame.rgb, frame)
    return out


LOSSLESS = [
    ("a.png", "uint8", 3, {}),
    ("a.png", "uint8", 1, {}),
    ("a.png", "uint16", 3, {}),
    ("a.png", "uint8", 4, {"oiio__UnassociatedAlpha": 1}),
    ("a.png", "uint16", 4, {"oiio__UnassociatedAlpha": 1}),
    ("a.png", "uint16", 2, {"names": ("Y", "A"), "oiio__UnassociatedAlpha": 1}),
    ("a.tif", "uint8", 3, {"compression": "lzw"}),
    ("a.tif", "uint16", 4, {}),
    ("a.tif", "uint16", 4, {"oiio__UnassociatedAlpha": 1}),
    ("a.tif", "uint16", 3, {"oiio__BitsPerSample": 12}),
    ("a.tif", "float", 4, {"compression": "none"}),
    ("a.exr", "half", 3, {"compression": "piz"}),
    ("a.exr", "half", 4, {"names": ("R", "G", "B", "A")}),
    ("a.exr", "float", 4, {"names": ("R", "G", "B", "A"), "compression": "zips"}),
    ("a.exr", "float", 1, {"names": ("Y",)}),
    ("a.dpx", "uint16", 3, {"oiio__BitsPerSample": 10}),
    ("a.dpx", "uint16", 3, {"oiio__BitsPerSample": 12}),
    ("a.dpx", "uint16", 3, {}),
    ("a.webp", "uint8", 3, {"compression": "lossless"}),
    ("a.tga", "uint8", 4, {"oiio__UnassociatedAlpha": 1}),
    ("a.hdr", "float", 3, {}),
    ("a.bmp", "uint8", 3, {}),
    ("a.jxl", "uint8", 3, {}),
    ("a.jxl", "uint16", 4, {"oiio__UnassociatedAlpha": 1}),
    ("a.jxl", "half", 3, {}),
]


@pytest.mark.parametrize(("name", "kind", "channels", "extra"), LOSSLESS)
def test_an_unchanged_frame_comes_out_bit_for_bit(tmp_path, name, kind, channels, extra):
    pixels = noise((13, 17, channels), kind)
    if channels == 4:
        alpha = np.array([0.0, 1e-5, 0.3, 1.0]) * (1 if kind in ("half", "float") else 65535 * 255)
        pixels[:4, 0, 3] = np.clip(alpha, 0, np.inf if kind in ("half", "float") else 255)
    path = save(tmp_path / name, pixels, **extra)

    before, expected = stored(path)
    after, got = stored(rewritten(path))

    assert got.dtype == expected.dtype
    assert got.tobytes() == expected.tobytes()
    assert after.channelnames == before.channelnames
    for key in ("compression", "oiio:BitsPerSample", "tiff:UnassociatedAlpha"):
        assert after.getattribute(key) == before.getattribute(key)


def test_rgb_is_what_the_file_says_over_its_largest_code(tmp_path):
    for name, top in (("a.png", 255), ("b.png", 65535)):
        kind = np.uint8 if top == 255 else np.uint16
        path = save(tmp_path / name, np.array([[[0, 1, top]]], kind))
        assert read_frame(path).rgb[0, 0].tolist() == [0.0, np.float32(1) / np.float32(top), 1.0]


def test_depth_comes_from_the_header_not_from_the_values(tmp_path):
    path = save(tmp_path / "dark.png", np.full((4, 4, 3), 200, np.uint16))  # fits in 8 bits

    assert read_header(path).depth == "uint16"
    assert stored(rewritten(path))[0].format == oiio.UINT16


def test_integers_are_clamped_and_rounded_half_up(tmp_path):
    frame = new_frame(np.float32([[[-1.0, 0.5, 2.0]]]), depth="uint8")
    write_frame(tmp_path / "a.png", frame.rgb, frame)
    assert stored(tmp_path / "a.png")[1].tolist() == [[[0, 128, 255]]]


def test_every_10_bit_code_of_a_dpx_survives(tmp_path):
    code = np.arange(1024, dtype=np.uint16)
    pixels = np.repeat(((code << 6) | (code >> 4)).reshape(32, 32, 1), 3, axis=2)
    path = save(tmp_path / "a.dpx", pixels, oiio__BitsPerSample=10)

    assert read_header(path).depth == "uint10"
    assert np.array_equal(stored(rewritten(path))[1], pixels)


def test_values_above_one_and_below_zero_are_kept(tmp_path):
    path = save(tmp_path / "a.exr", np.float16([[[12.5, -0.25, 60000.0]]]))
    frame = read_frame(path)

    assert frame.header.scene_linear
    assert frame.rgb[0, 0].tolist() == [12.5, -0.25, 60000.0]


def test_a_half_is_clamped_to_the_largest_half_instead_of_becoming_infinite(tmp_path):
    frame = new_frame(np.float32([[[1e6, -1e6, 65504.0]]]), depth="half")
    write_frame(tmp_path / "a.exr", frame.rgb, frame)
    assert stored(tmp_path / "a.exr")[1].tolist() == [[[65504.0, -65504.0, 65504.0]]]


def test_infinite_pixels_are_repaired_and_counted(tmp_path):
    path = save(tmp_path / "a.exr", np.float16([[[np.nan, 1, 1], [np.inf, -np.inf, 2], [1, 2, 3]]]))
    frame = read_frame(path)

    assert frame.repaired == 2
    assert frame.rgb[0, :2].tolist() == [[0.0, 1.0, 1.0], [65504.0, -65504.0, 2.0]]
    assert np.isfinite(stored(rewritten(path))[1]).all()


def test_writing_what_is_not_a_number_is_refused(tmp_path):
    frame = new_frame(np.zeros((2, 2, 3), np.float32), depth="half")
    broken = frame.rgb.copy()
    broken[1, 0, 2] = np.nan

    with pytest.raises(MediaError, match="1 pixels are infinite or not a number"):
        write_frame(tmp_path / "a.exr", broken, frame)
    assert list(tmp_path.iterdir()) == []


def test_associated_alpha_is_divided_out_and_multiplied_back(tmp_path):
    pixels = np.float16([[[0.25, 0.5, 0.125, 0.5], [3.0, 2.0, 1.0, 0.0]]])  # the second: a flame
    path = save(tmp_path / "a.exr", pixels, names=("R", "G", "B", "A"))
    frame = read_frame(path)
    write_frame(tmp_path / "b.exr", frame.rgb * 2, frame)

    assert frame.rgb[0].tolist() == [[0.5, 1.0, 0.25], [3.0, 2.0, 1.0]]
    assert frame.alpha.tolist() == [[0.5, 0.0]]
    assert stored(tmp_path / "b.exr")[1].tolist() == [[[0.5, 1.0, 0.25, 0.5], [6.0, 4.0, 2.0, 0.0]]]


def test_color_under_alpha_zero_survives_in_a_texture(tmp_path):
    pixels = np.uint8([[[200, 100, 50, 0], [10, 20, 30, 255]]])
    path = save(tmp_path / "a.png", pixels, oiio__UnassociatedAlpha=1)

    assert (read_frame(path).rgb[0, 0] * 255).round().tolist() == [200, 100, 50]
    assert np.array_equal(stored(rewritten(path))[1], pixels)


EXTRA = ("R", "G", "B", "A", "Z", "id", "N.x")
EXTRA_KINDS = ("half", "half", "half", "half", "float", "uint", "half")


@pytest.mark.parametrize("compression", ["none", "rle", "zips", "zip", "piz", "pxr24", "dwaa"])
def test_depth_ids_and_normals_are_copied_bit_for_bit(tmp_path, compression):
    ids = np.uint32([[0, 1, 2**24 + 1, 2**31 + 1, 2**32 - 1, 0x7FA00001]])
    depth = np.float32([[np.inf, 1e-42, np.nan, 3.5e8, -1, 0.1]])
    path = save_with_ids(tmp_path / "a.exr", ids, depth, "zip")
    frame = read_frame(path)
    spec = frame.stored.part.spec
    spec.attribute("compression", compression)
    out = tmp_path / "b.exr"
    write_frame(out, frame.rgb * np.float32(0.5), frame)

    after, _ = stored(out, channels=(0, 3))
    assert after.channelnames == EXTRA
    assert [str(kind) for kind in after.channelformats] == list(EXTRA_KINDS)
    assert np.array_equal(stored(out, channels=(5, 6))[1][..., 0], ids)
    if compression != "pxr24":  # rounds float32 to 24 bits, as its name says
        assert stored(out, channels=(4, 5))[1].tobytes() == depth.tobytes()
    assert np.array_equal(stored(out, channels=(6, 7))[1], stored(path, channels=(6, 7))[1])


def save_with_ids(path, ids, depth, compression):
    """An EXR with half colour, float depth and integer ids, made without our own code."""
    pixels = noise((*ids.shape, 7), "half").astype(np.float32)
    pixels[..., 4] = depth
    pixels[..., 5] = ids.view(np.float32)
    kinds = ["float" if kind == "uint" else kind for kind in EXTRA_KINDS]
    save(path, pixels, names=EXTRA, kinds=kinds, compression=compression)
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"\0id\0") + 4] = 0  # the channel's type: UINT
    path.write_bytes(raw)
    assert np.array_equal(stored(path, channels=(5, 6))[1][..., 0], ids)
    return path


@given(
    hnp.arrays(
        np.uint16,
        st.tuples(st.integers(1, 5), st.integers(1, 5), st.just(4)),
        elements=st.integers(0, 0xFFFF).filter(lambda bits: bits & 0x7C00 != 0x7C00),  # finite
    )
)
def test_any_finite_half_comes_out_bit_for_bit_whatever_its_alpha(tmp_path_factory, bits):
    path = tmp_path_factory.mktemp("half") / "a.exr"
    pixels = bits.view(np.float16)
    pixels[..., 3] = np.abs(pixels[..., 3])  # alpha
    save(path, pixels, names=("R", "G", "B", "A"))
    assert stored(rewritten(path))[1].tobytes() == pixels.tobytes()


def test_alpha_keeps_its_own_depth_beside_half_color(tmp_path):
    pixels = np.float32([[[0.25, 0.5, 0.125, 0.1], [1, 1, 1, 0.7]]])  # 0.1 and 0.7 are no halves
    names, kinds = ("R", "G", "B", "A"), ("half", "half", "half", "float")
    path = save(tmp_path / "a.exr", pixels, names=names, kinds=kinds)
    out = rewritten(path)

    assert [str(kind) for kind in stored(out)[0].channelformats] == list(kinds)
    for channels in ((0, 3), (3, 4)):
        assert np.array_equal(stored(out, channels=channels)[1], stored(path, channels=channels)[1])


def test_the_other_parts_of_a_multi_part_exr_come_along(tmp_path):
    path = tmp_path / "a.exr"
    depth, beauty = noise((6, 5, 1), "float"), noise((6, 5, 4), "half")
    specs = [oiio.ImageSpec(5, 6, 1, "float"), oiio.ImageSpec(5, 6, 4, "half")]
    specs[0].channelnames, specs[1].channelnames = ("Z",), ("R", "G", "B", "A")
    for spec, name in zip(specs, ("depth", "beauty"), strict=True):
        spec.attribute("oiio:subimagename", name)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), tuple(specs))
    assert output.write_image(depth)
    assert output.open(str(path), specs[1], "AppendSubimage")
    assert output.write_image(beauty)
    assert output.close()

    out = rewritten(path)

    assert read_header(path).channels == ("R", "G", "B", "A")
    assert stored(out, part=0)[1].tobytes() == depth.tobytes()
    assert stored(out, part=1)[1].tobytes() == beauty.tobytes()
    assert stored(out, part=0)[0].getattribute("oiio:subimagename") == "depth"


@pytest.mark.parametrize(
    ("channels", "colors"),
    [
        (("R", "G", "B"), (0, 1, 2)),
        (("B", "G", "R", "A"), (2, 1, 0)),
        (("N.x", "N.y", "N.z", "beauty.R", "beauty.G", "beauty.B"), (3, 4, 5)),
        (("diffuse.R", "diffuse.G", "diffuse.B", "rgba.R", "rgba.G", "rgba.B"), (3, 4, 5)),
        (("View.Combined.R", "View.Combined.G", "View.Combined.B"), (0, 1, 2)),
        (("Y", "A"), (0,)),
        (("grey",), (0,)),
        (("Z",), None),
        (("N.x", "N.y", "N.z"), None),
    ],
)
def test_the_picture_is_found_among_the_channels(channels, colors):
    from ganfx.media.channels import find_layout

    layout = find_layout(channels)
    assert (layout and layout.colors) == colors


def test_a_pass_without_color_says_what_it_has(tmp_path):
    path = save(tmp_path / "z.exr", noise((2, 2, 1), "float"), names=("Z",))
    with pytest.raises(MediaError, match=r"no colour channels \(it has Z\)"):
        read_frame(path)


def test_windows_timecode_and_metadata_are_kept(tmp_path):
    spec = oiio.ImageSpec(8, 6, 3, "half")
    spec.x, spec.y, spec.full_width, spec.full_height = -2, 3, 32, 24
    spec.tile_width = spec.tile_height = 16
    spec.attribute("smpte:TimeCode", oiio.TypeTimeCode, (0x01020304, 7))
    spec.attribute("FramesPerSecond", oiio.TypeRational, (24000, 1001))
    spec.attribute("chromaticities", oiio.TypeDesc("float[8]"), tuple(np.linspace(0.1, 0.8, 8)))
    spec.attribute("worldToCamera", oiio.TypeMatrix, tuple(range(16)))
    spec.attribute("Orientation", 6)
    spec.attribute("owner", "studio")
    spec.attribute("shot", "sh010")
    path = tmp_path / "a.exr"
    write(path, spec, noise((6, 8, 3), "half"))

    before, after = stored(path)[0], stored(rewritten(path))[0]

    assert metadata(after) == metadata(before)
    for key in ("x", "y", "full_x", "full_y", "full_width", "full_height", "tile_width"):
        assert getattr(after, key) == getattr(before, key)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
def test_camera_metadata_and_orientation_stay_on_photos(tmp_path, suffix):
    exif = {"Orientation": 6, "DateTime": "2021:02:03 04:05:06", "Make": "cam", "Copyright": "me"}
    path = save(tmp_path / f"a{suffix}", data.astronaut()[:30, :40], **exif)

    assert read_header(path).orientation == 6
    assert exif.items() <= metadata(stored(rewritten(path))[0]).items()


def test_two_writes_give_the_same_bytes(tmp_path):
    frame = new_frame(data.astronaut()[:20, :30].astype(np.float32) / 255, depth="uint8")
    suffixes = sorted(WRITTEN_SUFFIXES - {".ktx2"})
    for suffix in suffixes:
        write_frame(tmp_path / "a" / f"x{suffix}", frame.rgb, frame)
    begun = int(time.time())
    while int(time.time()) == begun:  # clocks in files count seconds
        time.sleep(0.01)
    for suffix in suffixes:
        write_frame(tmp_path / "b" / f"x{suffix}", frame.rgb, frame)

    for suffix in suffixes:
        first, second = (tmp_path / folder / f"x{suffix}" for folder in "ab")
        assert first.read_bytes() == second.read_bytes(), suffix


def test_the_same_frame_from_two_processes_has_the_same_bytes(tmp_path, monkeypatch):
    frame = new_frame(np.zeros((3, 4, 3), np.float32), depth="uint10")
    write_frame(tmp_path / "a.dpx", frame.rgb, frame)  # DPX keeps its file's name
    before = (tmp_path / "a.dpx").read_bytes()
    monkeypatch.setattr("os.getpid", lambda: 4_000_000)
    write_frame(tmp_path / "a.dpx", frame.rgb, frame)

    assert (tmp_path / "a.dpx").read_bytes() == before
    assert b"a.dpx\0" in before


def test_a_picture_over_the_limit_is_refused_before_it_is_decoded(tmp_path):
    path = tmp_path / "a.png"
    write_picture(path, np.zeros((30, 40, 3), np.uint8))
    assert read_frame(path, max_pixels=1200).rgb.shape == (30, 40, 3)
    with pytest.raises(MediaError, match="claims 40x30 pixels") as caught:
        read_frame(path, max_pixels=1199)
    assert "--max-pixels" in str(caught.value.hint)


def test_a_decompression_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.png"
    write_picture(path, np.zeros((8, 8, 3), np.uint8))
    data = bytearray(path.read_bytes())
    data[16:24] = (60_000).to_bytes(4, "big") + (50_000).to_bytes(4, "big")  # IHDR: its size
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    path.write_bytes(data)
    with pytest.raises(MediaError, match="claims"):
        read_frame(path)
