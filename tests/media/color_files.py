"""Flat pictures of one known colour, and what they are after a conversion."""

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from icc_profiles import DISPLAY_P3, matrix_profile
from picture_files import stored, write
from PIL import Image

from ganfx.media.color_spaces import find_space
from ganfx.media.frames import read_frame, write_frame

PATCH = (0.5, 0.1, 0.05)


def flat(*color, side=8):
    return np.broadcast_to(np.float32(color), (side, side, len(color)))


def srgb(light):
    """IEC 61966-2-1."""
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)[()]


def linear(encoded):
    encoded = np.asarray(encoded)
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)[()]


def cineon(code):
    """Light of a film scan's code of ten bits."""
    black = 10 ** ((95 - 685) / 300)
    return (10 ** ((np.asarray(code) - 685) / 300) - black) / (1 - black)


def film(path, code, *, says="KodakLog"):
    """A film scan of one code."""
    spec = oiio.ImageSpec(16, 16, 3, "uint16")
    spec.attribute("oiio:BitsPerSample", 10)
    spec.attribute("oiio:ColorSpace", says)
    write(path, spec, np.full((16, 16, 3), (code << 6) | (code >> 4), np.uint16))
    return path


def exr(path, primaries, color=PATCH):
    spec = oiio.ImageSpec(8, 8, 3, "float")
    if primaries:
        spec.attribute("chromaticities", "float[8]", primaries)
    write(path, spec, flat(*color))
    return path


def wide(path, color=(204, 51, 26), profile=None):
    """A photo in Display P3."""
    icc = matrix_profile(DISPLAY_P3) if profile is None else profile
    Image.new("RGB", (8, 8), color).save(path, icc_profile=icc)
    return path


def converted(path, suffix, *, space=None, **options):
    frame = read_frame(path)
    out = path.with_name(f"out-{path.stem}.{suffix}")
    space = find_space(space) if space else None
    write_frame(out, frame.rgb, frame, space=space, **options)
    return out


def color_of(path):
    """The colour of a flat picture: light, or codes from 0 to 1."""
    return read_frame(path).rgb[2, 2]


def says(path):
    return stored(path)[0].get_string_attribute("oiio:ColorSpace")
