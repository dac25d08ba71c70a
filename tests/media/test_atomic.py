"""Files that are whole or not there, and the names they have until then."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ganfx.errors import MediaError
from ganfx.media.atomic import is_temporary, process_of, replacing, write_bytes, write_text


def test_a_temporary_file_tells_its_process(tmp_path: Path) -> None:
    for name in ("plate.1001.exr", "no suffix", "two\nlines.png", "é" * 120 + ".png"):
        with replacing(tmp_path / name) as temporary:
            temporary.write_bytes(b"half")
            assert is_temporary(temporary)
            assert process_of(temporary) == os.getpid()
        assert (tmp_path / name).read_bytes() == b"half"


@pytest.mark.parametrize("name", ["plate.1-2.png", ".hidden.png", ".a.12.png", ".a.1-b.png"])
def test_other_files_have_none(name: str) -> None:
    assert process_of(Path(name)) is None
    assert not is_temporary(Path(name))


def test_what_cannot_be_written_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "folder" / "a.txt"
    write_text(path, "é\n")
    assert path.read_bytes() == b"\xc3\xa9\n"

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(MediaError, match=r"cannot write .*a\.txt: No space left on device"):
        write_bytes(path, b"new")
    assert [*path.parent.iterdir()] == [path]
    assert path.read_bytes() == b"\xc3\xa9\n"
