import av
import numpy as np
import pytest
from skimage import data

from ganfx.errors import MediaError
from ganfx.media.video.yuv import encoding_of, from_rgb, put_back, samples_of, to_rgb

PHOTO = (data.astronaut()[100:164, 180:276] / 255).astype(np.float32)
FORMATS = ["yuv420p", "yuvj420p", "yuv422p10le", "yuv444p", "yuv444p12le", "gbrp", "gbrp10le"]
FORMATS += ["yuv411p"]


def flat(rgb, size=(4, 6)):
    return np.full((*size, 3), rgb, np.float32)


def codes(frame, plane=0):
    bits = frame.format.components[0].bits
    samples = np.frombuffer(memoryview(frame.planes[plane]), np.uint8 if bits == 8 else np.uint16)
    return int(samples[0])


@pytest.mark.parametrize(
    ("format_name", "matrix", "color_range", "rgb", "expected"),
    [
        ("yuv420p", 1, 1, (0, 0, 0), (16, 128, 128)),
        ("yuv420p", 1, 1, (1, 1, 1), (235, 128, 128)),
        ("yuv420p", 1, 1, (1, 0, 0), (63, 102, 240)),  # 16 + 219 * 0.2126; BT.709
        ("yuv420p", 6, 1, (1, 0, 0), (81, 90, 240)),  # 16 + 219 * 0.299; BT.601
        ("yuv420p", 9, 1, (0, 0, 1), (29, 240, 119)),  # 16 + 219 * 0.0593; BT.2020
        ("yuvj420p", 6, 2, (1, 0, 0), (76, 85, 255)),
        ("yuv422p10le", 1, 1, (1, 1, 1), (940, 512, 512)),
        ("yuv444p", 1, 2, (1, 1, 1), (255, 128, 128)),
        ("gbrp10le", 2, 0, (1, 0, 0), (0, 0, 1023)),
    ],
)
def test_codes_are_those_of_the_standards(format_name, matrix, color_range, rgb, expected):
    encoding = encoding_of(format_name, matrix, color_range, 1080)
    frame = from_rgb(flat(rgb), encoding)
    assert tuple(codes(frame, plane) for plane in range(3)) == expected
    assert to_rgb(frame, encoding) == pytest.approx(flat(rgb), abs=0.01)


@pytest.mark.parametrize("format_name", FORMATS)
def test_a_photo_survives_as_far_as_bits_and_chroma_allow(format_name):
    encoding = encoding_of(format_name, 1, 0, 1080)
    error = np.abs(to_rgb(from_rgb(PHOTO, encoding), encoding) - PHOTO)

    if encoding.chroma in (None, (1, 1)):
        assert error.max() < 3 / 2**encoding.bits  # rounding of three samples
    assert error.mean() < 0.012


def test_gray_detail_is_exact_to_a_code_whatever_the_chroma():
    gray = PHOTO[..., :1].repeat(3, axis=2)
    for format_name in FORMATS:
        encoding = encoding_of(format_name, 1, 0, 1080)
        step = 1 / (219 * 2 ** (encoding.bits - 8))
        assert np.abs(to_rgb(from_rgb(gray, encoding), encoding) - gray).max() <= 0.51 * step


def test_10_bit_footage_keeps_more_than_256_levels():
    ramp = np.linspace(0, 1, 877, dtype=np.float32)[None, :, None].repeat(3, axis=2)
    encoding = encoding_of("yuv420p10le", 1, 1, 1080)
    assert len(np.unique(to_rgb(from_rgb(ramp, encoding), encoding)[..., 1])) == 877


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5, 7), (1, 4)])
def test_odd_sizes_have_half_a_chroma_sample_more(size):
    encoding = encoding_of("yuv420p", 1, 1, 1080)
    back = to_rgb(from_rgb(flat((0.2, 0.6, 0.4), size), encoding), encoding)
    assert back == pytest.approx(flat((0.2, 0.6, 0.4), size), abs=0.01)


def test_our_reading_agrees_with_swscale_where_that_is_exact():
    pixels = np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
    assert np.array_equal(np.rint(to_rgb(frame, encoding_of("rgb24", 0, 0, 16)) * 255), pixels)

    yuv = from_rgb(PHOTO, encoding_of("yuv444p", 6, 1, 480))
    theirs = yuv.reformat(format="rgb24", src_colorspace="ITU601").to_ndarray() / 255
    assert np.abs(to_rgb(yuv, encoding_of("yuv444p", 6, 1, 480)) - theirs).max() < 3 / 255


def test_an_unspecified_matrix_goes_by_the_height():
    assert encoding_of("yuv420p", 2, 0, 1080).weights == (0.2126, 0.0722)
    assert encoding_of("yuv420p", 2, 0, 480).weights == (0.299, 0.114)


@pytest.mark.parametrize(
    ("format_name", "matrix", "message"),
    [
        ("yuva444p10le", 1, "has alpha"),
        ("rgba", 1, "has alpha"),
        ("yuv410p", 1, "not supported"),
        ("yuv420p", 14, "colour matrix 14"),
    ],
)
def test_what_would_be_lost_is_refused(format_name, matrix, message):
    with pytest.raises(MediaError, match=message):
        encoding_of(format_name, matrix, 0, 1080)


@pytest.mark.parametrize("color_range", [1, 2])
def test_every_code_survives_without_clipping(color_range):
    encoding = encoding_of("yuv444p", 1, color_range, 1080)
    codes = np.random.default_rng(2).integers(0, 256, (3, 48, 64), dtype=np.uint8)
    frame = av.VideoFrame.from_ndarray(codes, "yuv444p")
    back = from_rgb(to_rgb(frame, encoding, clipped=False), encoding, clipped=False)

    assert np.array_equal(back.to_ndarray(), codes)
    assert not np.array_equal(from_rgb(to_rgb(frame, encoding), encoding).to_ndarray(), codes)


def test_samples_are_put_back_where_all_their_pixels_are():
    encoding = encoding_of("yuv420p", 1, 1, 1080)
    mine, theirs = (from_rgb(flat(rgb, (5, 7)), encoding) for rgb in ((0.2, 0.6, 0.4), (0, 0, 1)))
    where = np.zeros((5, 7), bool)
    where[:, :3] = True
    put_back(mine, samples_of(theirs, encoding), where)

    luma, blue, _ = samples_of(mine, encoding).planes
    kept = samples_of(theirs, encoding).planes
    assert np.array_equal(luma[:, :3], kept[0][:, :3])
    assert (luma[:, 3:] != kept[0][:, 3:]).all()
    assert np.array_equal(blue[:, :1], kept[1][:, :1])
    assert (blue[:, 1:] != kept[1][:, 1:]).all()  # the third column is beside the fourth


def test_a_chroma_sample_of_four_columns_is_that_of_the_first():
    """Codes worked out by hand: linear between samples, and a mean that falls to 0 beside them."""
    encoding = encoding_of("yuv411p", 1, 2, 1080)
    frame = from_rgb(flat((0.5, 0.5, 0.5), (2, 8)), encoding)
    for plane, values in ((0, [128] * 8), (1, [128, 168])):
        view = np.frombuffer(memoryview(frame.planes[plane]), np.uint8).copy()
        lines = view.reshape(-1, frame.planes[plane].line_size)
        lines[:, : len(values)] = values
        frame.planes[plane].update(lines.tobytes())
    blue = to_rgb(frame, encoding, clipped=False)[0, :, 2] - np.float32(128 / 255)
    steps = np.array([0, 10, 20, 30, 40, 40, 40, 40], np.float32) / 255
    assert blue == pytest.approx(steps * 2 * (1 - 0.0722), abs=1e-5)

    spot = np.zeros((2, 8, 3), np.float32)
    spot[:, 4, 2] = 1  # blue, where the second sample is; no other touches it
    codes_of = np.frombuffer(memoryview(from_rgb(spot, encoding).planes[1]), np.uint8)[:2]
    # (1 - 0.0722) / (2 * (1 - 0.0722)) is 0.5 of the range, and a quarter of the weight.
    assert codes_of.tolist() == [128, 128 + round(0.5 * 0.25 * 255)]
