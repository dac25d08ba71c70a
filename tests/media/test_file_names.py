"""Names of files that are not UTF-8, or as long as there are."""

import os

import numpy as np
import pytest
from picture_files import save
from skimage import data

from ganfx.errors import MediaError
from ganfx.media.atomic import replacing
from ganfx.media.frames import read_frame, read_header, read_picture, write_frame, write_picture

PHOTO = data.astronaut()[:48, :64]


def test_a_name_that_is_not_utf_8_is_an_error_that_says_so(tmp_path):
    path = tmp_path / os.fsdecode(b"lat\xe9.png")
    path.write_bytes(save(tmp_path / "a.png", PHOTO).read_bytes())
    for read in (read_header, read_frame, read_picture):
        with pytest.raises(MediaError, match=r"cannot read .*name is not in UTF-8: rename it"):
            read(path)
    frame = read_frame(tmp_path / "a.png")
    with pytest.raises(MediaError, match=r"cannot write .*name is not in UTF-8"):
        write_frame(path, frame.rgb, frame)


@pytest.mark.parametrize("stem", ["漢" * 80, "a" + "漢" * 80, "é" * 120, "a" * 251])
def test_a_name_as_long_as_a_file_system_has_it_can_be_written(tmp_path, stem):
    path = tmp_path / f"{stem}.png"
    write_picture(path, PHOTO)
    assert list(tmp_path.iterdir()) == [path]
    assert np.array_equal(read_picture(path), PHOTO)


def test_a_temporary_name_ends_with_a_whole_character(tmp_path):
    with replacing(tmp_path / ("a" + "漢" * 80 + ".png")) as temporary:
        assert temporary.name.startswith(".a" + "漢" * 33 + ".")
        assert temporary.suffix == ".png"
        temporary.touch()
