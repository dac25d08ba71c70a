"""Damaged PNG files are told in our words alone; what libpng passes over is read as before."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.frames import read_header, read_picture, write_picture
from ganfx.media.png_damage import png_damage


@pytest.fixture
def png(tmp_path: Path) -> Path:
    """A picture of 40x30 pixels of noise."""
    path = tmp_path / "a.png"
    write_picture(path, np.random.default_rng(0).integers(0, 256, (30, 40, 3), dtype=np.uint8))
    return path


def chunk(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def pixels_at(data: bytes) -> int:
    """Where the chunk with the pixels begins."""
    return data.index(b"IDAT") - 4


def damaged(data: bytes, kind: str) -> bytes:
    place = pixels_at(data)
    match kind:
        case "half":
            return data[: len(data) // 2]
        case "last checksum":
            return data[: -12 - 2]
        case "header":
            return data[:20]
        case "before pixels":
            return data[:place]
        case "a bit":
            changed = data[place + 100] ^ 4
            return data[: place + 100] + bytes([changed]) + data[place + 101 :]
        case "name":
            return data[: place + 4] + b"\xc8DAT" + data[place + 8 :]
        case _:
            return data[:33] + chunk(b"CgBI", b"") + data[33:]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("half", "the file is cut short"),
        ("last checksum", "the file is cut short"),
        ("header", "the file is cut short"),
        ("before pixels", "the file is cut short"),
        ("a bit", "it is damaged after byte {}"),
        ("name", "it is damaged after byte {}"),
        ("CgBI", "it has an unknown chunk, CgBI"),
    ],
)
def test_a_damaged_png_is_told_in_one_sentence_with_nothing_beside_it(
    png: Path, capfd: pytest.CaptureFixture[str], kind: str, says: str
) -> None:
    data = png.read_bytes()
    png.write_bytes(damaged(data, kind))
    with pytest.raises(MediaError) as told:
        read_picture(png)

    assert told.value.message == f"cannot read {png}: {says.format(pixels_at(data))}"
    assert "copy it again" in (told.value.hint or "")
    assert capfd.readouterr() == ("", "")


def test_what_a_picture_can_do_without_may_be_damaged(png: Path) -> None:
    data, picture = png.read_bytes(), read_picture(png)
    note = bytearray(chunk(b"tEXt", b"Comment\0scanned"))
    note[-1] ^= 1
    for changed in (data[:-12], data + b"more", data[:33] + note + data[33:]):
        png.write_bytes(changed)
        assert png_damage(png) == ""
        assert np.array_equal(read_picture(png), picture)


def test_a_header_is_read_without_a_look_at_the_pixels(png: Path) -> None:
    data = png.read_bytes()
    png.write_bytes(damaged(data, "a bit"))

    assert png_damage(png, pixels=False) == ""
    assert read_header(png).width == 40
    png.write_bytes(damaged(data, "before pixels"))
    with pytest.raises(MediaError, match="the file is cut short"):
        read_header(png)
