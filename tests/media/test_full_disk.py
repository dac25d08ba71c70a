"""A disk that is full: no file that is cut short takes the place of a whole one."""

import shutil
import subprocess
import sys

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.frames import read_picture, write_picture

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
