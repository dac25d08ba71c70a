"""ICC profiles made by hand (ICC.1:2010): a header, a table of tags, XYZ numbers and curves."""

import struct

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
# Chromaticities of red, green and blue; all of these have the white of sRGB, D65.
SRGB = ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060))
DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
_D65 = (0.3127, 0.3290)
_BRADFORD = np.array(
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


def primaries_to_xyz(primaries):
    """From linear light of these primaries to XYZ under D65 (SMPTE RP 177)."""
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries]).T
    x, y = _D65
    white = np.array([x / y, 1, (1 - x - y) / y])
    return columns * np.linalg.solve(columns, white)


def matrix_profile(primaries, *, curve=None):
    """A display profile of a matrix and one curve for all channels; sRGB's if none is given."""
    x, y = _D65
    white = np.array([x / y, 1, (1 - x - y) / y])
    cones = (_BRADFORD @ D50) / (_BRADFORD @ white)
    to_d50 = np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD
    columns = (to_d50 @ primaries_to_xyz(primaries)).T
    tags = {f"{letter}XYZ": _xyz(column) for letter, column in zip("rgb", columns, strict=True)}
    tags |= {f"{letter}TRC": curve or srgb_curve() for letter in "rgb"}
    return _profile("mntr", "RGB ", tags | {"wtpt": _xyz(D50)})


def black_profile():
    """Well formed, and everything is black in it."""
    tags = {f"{letter}XYZ": _xyz((0, 0, 0)) for letter in "rgb"}
    tags |= {f"{letter}TRC": srgb_curve() for letter in "rgb"}
    return _profile("mntr", "RGB ", tags | {"wtpt": _xyz(D50)})


def gray_profile(gamma):
    return _profile("mntr", "GRAY", {"kTRC": gamma_curve(gamma), "wtpt": _xyz(D50)})


def table_profile():
    """A scanner's profile, of a table: L* is the mean of red, green and blue, and all is grey."""
    head = struct.pack(">4s4xBBBx", b"mft1", 3, 3, 2)
    identity = b"".join(struct.pack(">i", round(v * 65536)) for v in np.eye(3).ravel())
    ramp = bytes(range(256)) * 3
    corners = np.stack(np.meshgrid(*[[0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    table = b"".join(bytes([round(255 * c.mean()), 128, 128]) for c in corners)
    tags = {"A2B0": head + identity + ramp + table + ramp, "wtpt": _xyz(D50)}
    return _profile("scnr", "RGB ", tags, space="Lab ")


def srgb_curve():
    """IEC 61966-2-1 as a parametric curve of type 3."""
    return _parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def gamma_curve(gamma):
    return _parametric(0, gamma)


def _parametric(kind, *values):
    numbers = b"".join(struct.pack(">i", round(value * 65536)) for value in values)
    return b"para" + bytes(4) + struct.pack(">HH", kind, 0) + numbers


def _xyz(values):
    return b"XYZ " + bytes(4) + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _profile(kind, model, tags, *, space="XYZ "):
    tags = {"desc": _description("test"), "cprt": b"text" + bytes(4) + b"CC0\0"} | tags
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name.encode(), start + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(
        ">I4xI4s4s4s12x4s28x3I48x",
        start + len(body),
        0x02400000 if space == "Lab " else 0x04200000,
        kind.encode(),
        model.encode(),
        space.encode(),
        b"acsp",
        *(round(value * 65536) for value in D50),
    )
    return head + struct.pack(">I", len(tags)) + table + body


def _description(text):
    name = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(name), 28) + name
