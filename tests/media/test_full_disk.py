"""A disk that is full: no file that is cut short takes the place of a whole one."""

import errno
import os
import shutil
import subprocess
import sys

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError
from ganfx.media.atomic import replacing
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.jsonl import APPENDING, append_record, read_records

SCRIPT = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from ganfx.errors import MediaError
from ganfx.media.frames import write_picture

picture = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
paths = [Path(name) for name in sys.argv[1:]]
for path in paths:
    write_picture(path, picture[:10])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))  # as good as a full disk
for path in paths:
    try:
        write_picture(path, picture)
    except MediaError as error:
        print(path, "full" if "cannot write" in error.message else error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_file_that_is_cut_short_is_told_and_the_old_one_stays(tmp_path):
    paths = [tmp_path / f"a.{suffix}" for suffix in ("png", "tga", "bmp", "tif", "dpx")]
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, *map(str, paths)], capture_output=True, text=True, check=True
    )

    assert ran.stdout.splitlines() == [f"{path} full" for path in paths]
    assert sorted(tmp_path.iterdir()) == sorted(paths)
    for path in paths:
        assert read_picture(path).shape == (10, 200, 3)


TO_THE_LAST_BYTE = """
import resource, signal, sys
from pathlib import Path
import numpy as np
import OpenImageIO as oiio
from ganfx.errors import MediaError
from ganfx.media.frames import read_frame, write_frame

source, out = Path(sys.argv[1]), Path(sys.argv[2])
frame = read_frame(source)
write_frame(out, frame.rgb, frame)
whole = out.stat().st_size
out.unlink()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for lacking in map(int, sys.argv[3:]):
    limit = whole - lacking
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        write_frame(out, frame.rgb, frame)
        told = "written"
    except MediaError as error:
        told = "told" if "cannot write" in error.message else error.message
    print(lacking, told, [path.name for path in out.parent.iterdir()])
    out.unlink(missing_ok=True)
"""


def _stored(path, kind, compression="", tile=0):
    spec = oiio.ImageSpec(96, 80, 3, kind)
    spec.tile_width = spec.tile_height = tile
    if compression:
        spec.attribute("compression", compression)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(np.random.default_rng(2).random((80, 96, 3), dtype=np.float32))
    assert output.close()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
@pytest.mark.parametrize(
    ("name", "kind", "compression", "tile"),
    [
        ("a.tif", "uint16", "zip", 0),
        ("a.tif", "float", "none", 16),
        ("a.exr", "half", "zip", 0),
        ("a.exr", "half", "dwaa:1", 0),
        ("a.jxl", "uint16", "", 0),
        ("a.hdr", "float", "", 0),
        ("a.png", "uint16", "", 0),
    ],
)
def test_a_file_that_lacks_its_last_byte_is_told(tmp_path, name, kind, compression, tile):
    source, out = tmp_path / name, tmp_path / "out" / name
    _stored(source, kind, compression, tile)
    ran = subprocess.run(
        [sys.executable, "-c", TO_THE_LAST_BYTE, str(source), str(out), *["0", "1", "60", "3000"]],
        capture_output=True,
        text=True,
        check=True,
    )
    first, *others = ran.stdout.splitlines()
    assert first == f"0 written ['{name}']"
    assert others == [f"{lacking} told []" for lacking in (1, 60, 3000)]


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_an_exr_in_tiles_is_refused_before(tmp_path):
    """OpenEXR waits for ever where a tile cannot be written."""
    source, out = tmp_path / "a.exr", tmp_path / "out" / "a.exr"
    _stored(source, "float", "piz", 16)
    ran = subprocess.run(
        [sys.executable, "-c", TO_THE_LAST_BYTE, str(source), str(out), "40000"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert ran.stdout == "40000 told []\n"


def test_other_files_are_told_of_by_their_names(tmp_path):
    with pytest.raises(MediaError, match=r"cannot write .*a\.flo: No space left"):  # noqa: SIM117
        with replacing(tmp_path / "a.flo"):
            raise OSError(errno.ENOSPC, "No space left on device")
    assert [*tmp_path.iterdir()] == []


def test_a_record_that_is_cut_short_is_an_error(tmp_path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:5]))
    file = os.open(tmp_path / "a.jsonl", APPENDING)
    with pytest.raises(OSError, match="No space left"):
        append_record(file, {"a": 1})
    monkeypatch.undo()
    append_record(file, {"b": 2})
    os.close(file)
    assert list(read_records(tmp_path / "a.jsonl")) == [{"b": 2}]


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_formats_that_cannot_say_so_are_refused_before(tmp_path, monkeypatch, suffix):
    """Libjpeg ends the process on a full disk, and libwebp never comes back."""
    path, picture = tmp_path / f"a.{suffix}", np.zeros((400, 500, 3), np.uint8)
    write_picture(path, picture[:10])
    before = path.read_bytes()
    usage = shutil.disk_usage(tmp_path)._replace(free=600_000)  # of the pixels' own size
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    with pytest.raises(MediaError, match=r"0\.6 MB are free, 0\.9 MB may be needed") as refused:
        write_picture(path, picture)
    assert refused.value.hint == "is the disk full?"
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == before
    write_picture(tmp_path / "a.png", picture)  # says so itself
