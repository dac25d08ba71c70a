"""EXR files of luminance and chroma are read as RGB."""

import struct

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from picture_files import stored

from ganfx.errors import MediaError
from ganfx.media.frames import read_frame, read_header, write_frame
from ganfx.media.luma_chroma import at_full_size, luma_weights

pytest.importorskip("OpenEXR")

REC709 = np.float32([0.2126, 0.7152, 0.0722])
ACES = (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767)


def attribute(name, kind, value):
    return b"%s\0%s\0%s" % (name.encode(), kind.encode(), struct.pack("<i", len(value)) + value)


def save(path, luma, ry, by, *, alpha=None, chroma=("RY", "BY"), **attributes):
    """A file as `RgbaOutputFile(WRITE_YC)` lays it out, uncompressed, in halves.

    By hand, as neither library writes such files. Source: "OpenEXR File Layout", openexr.com.
    """
    planes = {chroma[0]: (ry, 2), chroma[1]: (by, 2), "Y": (luma, 1)}
    planes |= {} if alpha is None else {"A": (alpha, 1)}
    planes = {name: (np.asarray(p, "<f2"), step) for name, (p, step) in sorted(planes.items())}
    channels = b"".join(
        name.encode() + b"\0" + struct.pack("<iiii", 1, 0, step, step)
        for name, (_, step) in planes.items()
    )
    height, width = np.shape(luma)
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    head = struct.pack("<II", 20000630, 2) + attribute("channels", "chlist", channels + b"\0")
    head += attribute("compression", "compression", b"\0") + attribute("dataWindow", "box2i", box)
    head += attribute("displayWindow", "box2i", box) + attribute("lineOrder", "lineOrder", b"\0")
    head += attribute("pixelAspectRatio", "float", struct.pack("<f", 1))
    head += attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0, 0))
    head += attribute("screenWindowWidth", "float", struct.pack("<f", 1))
    for name, (kind, value) in attributes.items():
        head += attribute(name, kind, value)
    head += b"\0"
    lines = []
    for y in range(height):
        line = b"".join(p[y // step].tobytes() for p, step in planes.values() if y % step == 0)
        lines.append(struct.pack("<ii", y, len(line)) + line)
    starts = np.cumsum([len(head) + 8 * height, *map(len, lines)])[:-1]
    path.write_bytes(head + starts.astype("<u8").tobytes() + b"".join(lines))
    return path


def of_color(path, rgb, **extra):
    """6x8 pixels of one colour."""
    luma = float(REC709 @ np.float32(rgb))
    ry, by = (np.full((3, 4), (rgb[i] - luma) / luma) for i in (0, 2))
    return save(path, np.full((6, 8), luma), ry, by, **extra)


def test_one_colour_comes_back(tmp_path):
    path = of_color(tmp_path / "a.exr", (0.25, 0.5, 0.125), owner=("string", b"studio"))
    frame = read_frame(path)

    assert np.allclose(frame.rgb, [0.25, 0.5, 0.125], atol=5e-4)
    assert frame.header.channels == ("R", "G", "B")
    assert frame.header.depth == "half"
    assert read_header(path) == frame.header
    assert frame.header.is_subsampled
    write_frame(tmp_path / "b.exr", frame.rgb, frame)
    spec, _ = stored(tmp_path / "b.exr")
    assert spec.getattribute("Copyright") == "studio"  # as OpenImageIO calls the owner


def test_gray_comes_back_bit_for_bit(tmp_path):
    luma = np.random.default_rng(1).random((6, 8)).astype(np.float16)
    path = save(tmp_path / "a.exr", luma, np.zeros((3, 4)), np.zeros((3, 4)))
    assert np.array_equal(read_frame(path).rgb, luma[..., None].repeat(3, axis=-1))


def test_alpha_is_kept(tmp_path):
    path = of_color(tmp_path / "a.exr", (0.2, 0.2, 0.2), alpha=np.full((6, 8), 0.5))
    frame = read_frame(path)
    assert (frame.alpha == 0.5).all()
    assert np.allclose(frame.rgb, 0.4, atol=1e-3)


def test_chroma_is_kept_at_its_samples_and_smooth_between_them():
    ramp = np.add.outer(np.arange(20.0), np.arange(16.0)).astype(np.float32)
    full = at_full_size(ramp, 39, 31)
    assert np.array_equal(full[::2, ::2], ramp)
    middle = full[15:24, 15:16]
    assert np.allclose(np.diff(middle[:, 0]), 0.5, atol=1e-4)


def test_luminance_goes_by_the_primaries():
    rec709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
    assert luma_weights(rec709) == pytest.approx([0.2126, 0.7152, 0.0722], abs=1e-4)
    assert luma_weights(ACES) == pytest.approx([0.2722, 0.6741, 0.0537], abs=1e-4)


def test_other_primaries_in_a_file(tmp_path):
    weights = np.float32([0.2722287, 0.6740818, 0.0536895])
    rgb = (0.25, 0.5, 0.125)
    luma = float(weights @ np.float32(rgb))
    ry, by = (np.full((3, 4), (rgb[i] - luma) / luma) for i in (0, 2))
    path = save(
        tmp_path / "a.exr",
        np.full((6, 8), luma),
        ry,
        by,
        chromaticities=("chromaticities", struct.pack("<8f", *ACES)),
    )
    frame = read_frame(path)
    assert np.allclose(frame.rgb, rgb, atol=5e-4)
    assert frame.header.chromaticities == pytest.approx(ACES)


def test_other_subsampled_channels_are_refused_with_what_to_do(tmp_path):
    path = of_color(tmp_path / "a.exr", (0.2, 0.3, 0.4), chroma=("U", "V"))
    with pytest.raises(MediaError, match=r"has subsampled channels \(U, V\)") as caught:
        read_frame(path)
    assert caught.value.hint == "convert it to an EXR with R, G and B first (Nuke: Read and Write)"


def test_a_file_that_is_cut_short_is_damaged(tmp_path):
    path = of_color(tmp_path / "a.exr", (0.2, 0.3, 0.4))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(MediaError, match="cannot read"):
        read_frame(path)
    assert oiio.geterror() == ""
