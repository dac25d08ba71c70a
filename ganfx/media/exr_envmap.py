"""The ``envmap`` attribute of EXRs: whether a picture is a lat-long map or the faces of a cube.

OpenImageIO reads it as a texture format, and writes a file of no bytes where it is given one. So
its header is written with an integer under another name of as many bytes, which is made the
attribute afterwards: both are as long.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import Literal

import OpenImageIO as oiio  # noqa: N813

Envmap = Literal["", "latlong", "cube"]

_FORMATS: dict[str, Envmap] = {"LatLong Environment": "latlong", "CubeFace Environment": "cube"}
_STORED: tuple[Envmap, ...] = ("latlong", "cube")
_ASIDE = "ganfxE"
_TOLD = ("textureformat", "oiio:updirection", "oiio:sampleborder")
_HEADER = 1 << 20  # bytes within which an attribute of the header is looked for


def envmap_of(spec: oiio.ImageSpec) -> Envmap:
    """What a picture is a map of, as its file says; "" for most."""
    return _FORMATS.get(spec.get_string_attribute("textureformat"), "")


def set_aside(spec: oiio.ImageSpec) -> None:
    """Change a spec of an EXR that declares an environment map so that it can be written."""
    envmap = envmap_of(spec)
    if not envmap:
        return
    for name in _TOLD:
        spec.erase_attribute(name)
    spec.attribute(_ASIDE, "int", _STORED.index(envmap))


def declare_envmap(path: Path) -> None:
    """Make the attribute of what `set_aside` left in an EXR's header, in place.

    Source: "OpenEXR File Layout", openexr.com.
    """
    aside = f"{_ASIDE}\0int\0".encode() + struct.pack("<i", 4)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as exr:
        while (start := exr.find(aside, 0, _HEADER)) >= 0:
            (value,) = struct.unpack_from("<i", exr, start + len(aside))
            known = b"envmap\0envmap\0" + struct.pack("<iB", 1, value)
            exr[start : start + len(known)] = known
