"""A disk that is full: no file that is cut short takes the place of a whole one."""

import subprocess
import sys

import pytest

from ganfx.media.frames import read_picture

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
