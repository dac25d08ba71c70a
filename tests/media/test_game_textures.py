"""DDS, which is read, and KTX2, which is written by a program."""

import stat
import struct
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_frame, read_picture, write_picture
from ganfx.media.ktx2 import check_toktx, encode_ktx2
from ganfx.stylize.events import FrameFailed
from tests.stylize.conftest import inked, of_kind, places, run  # noqa: F401

PROGRAM = """#!/bin/sh
echo "$@" > {log}
for last; do :; done
while [ $# -gt 2 ]; do shift; done
cp "$2" "$1"
"""


def put_dds(path, rgba, levels=1):
    """An uncompressed DDS: its header has sizes, and where red, green, blue and alpha are."""
    height, width = rgba.shape[:2]
    flags = 0x100F | (0x20000 if levels > 1 else 0)
    masks = (0xFF, 0xFF00, 0xFF0000, 0xFF000000)
    kind = struct.pack("<8I", 32, 0x41, 0, 32, *masks)
    head = struct.pack("<4s7I44x", b"DDS ", 124, flags, height, width, 4 * width, 0, levels)
    caps = struct.pack("<5I", 0x1000 | (0x400008 if levels > 1 else 0), 0, 0, 0, 0)
    pixels = b"".join(rgba[:: 2**n, :: 2**n].tobytes() for n in range(levels))
    path.write_bytes(head + kind + caps + pixels)


@pytest.fixture
def toktx(tmp_path, monkeypatch):
    """A program that copies its input, and says how it was called."""
    program, log = tmp_path / "bin" / "toktx", tmp_path / "called"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(log=log))
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return log


@pytest.mark.parametrize("levels", [1, 3])
def test_dds_is_read_at_its_full_size(tmp_path, levels):
    pixels = np.random.default_rng(1).integers(1, 255, (8, 16, 4), dtype=np.uint8)
    put_dds(tmp_path / "a.dds", pixels, levels)
    frame = read_frame(tmp_path / "a.dds")
    assert (frame.header.format, frame.header.depth) == ("dds", "uint8")
    np.testing.assert_allclose(frame.rgb * 255, pixels[..., :3], atol=0.51)


def test_dds_becomes_another_format(inked):  # noqa: F811
    put_dds(Path("wood.dds"), np.full((16, 16, 4), 200, np.uint8))
    with pytest.raises(UsageError, match="DDS is read, and not written") as caught:
        run("wood.dds", inked, device="cpu")
    assert "--format png" in caught.value.hint
    run("wood.dds", inked, format="png", device="cpu")
    assert read_picture(Path("wood-inked.png")).shape == (16, 16, 3)


def test_ktx2_wants_its_program(inked, monkeypatch):  # noqa: F811
    monkeypatch.setenv("PATH", "")
    write_picture(Path("wood.png"), np.full((16, 16, 3), 100, np.uint8))
    with pytest.raises(UsageError, match="toktx, which is not installed") as caught:
        run("wood.png", inked, format="ktx2", device="cpu")
    assert "KTX-Software" in caught.value.hint
    with pytest.raises(UsageError):
        check_toktx()
    with pytest.raises(MediaError, match="toktx"):
        encode_ktx2(Path("wood.png"), Path("a.ktx2"), Path("a.ktx2"))


@pytest.mark.parametrize(
    ("name", "force", "transfer"),
    [
        ("wood.png", False, "--assign_oetf srgb --assign_primaries bt709"),
        ("wood_normal.png", True, "--assign_oetf linear"),
    ],
)
def test_ktx2_says_how_it_is_encoded(inked, toktx, name, force, transfer):  # noqa: F811
    write_picture(Path(name), np.full((16, 16, 3), 100, np.uint8))
    run(name, inked, out=Path("made.ktx2"), force=force, device="cpu")
    assert transfer in toktx.read_text()
    assert "--t2 --encode uastc --genmipmap" in toktx.read_text()
    assert Path("made.ktx2").read_bytes().startswith(b"\x89PNG")
    assert not list(Path.cwd().glob(".made*"))


def test_what_the_program_says_is_told(inked, toktx):  # noqa: F811
    program = toktx.parent / "bin" / "toktx"
    program.write_text("#!/bin/sh\necho 'toktx: no such thing' >&2\nexit 2\n")
    write_picture(Path("in/wood.png"), np.full((16, 16, 3), 100, np.uint8))
    (failed,) = of_kind(run("in", inked, format="ktx2", device="cpu"), FrameFailed)
    assert "toktx: no such thing" in failed.reason
