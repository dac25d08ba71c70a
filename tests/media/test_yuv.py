import av
import numpy as np
import pytest
from skimage import data

from ganfx.errors import MediaError
from ganfx.media.yuv import encoding_of, from_rgb, to_rgb

PHOTO = (data.astronaut()[100:164, 180:276] / 255).astype(np.float32)
FORMATS = ["yuv420p", "yuvj420p", "yuv422p10le", "yuv444p", "yuv444p12le", "gbrp", "gbrp10le"]


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


def test_grey_detail_is_exact_to_a_code_whatever_the_chroma():
    grey = PHOTO[..., :1].repeat(3, axis=2)
    for format_name in FORMATS:
        encoding = encoding_of(format_name, 1, 0, 1080)
        step = 1 / (219 * 2 ** (encoding.bits - 8))
        assert np.abs(to_rgb(from_rgb(grey, encoding), encoding) - grey).max() <= 0.51 * step


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
