"""Lines of JSON that survive a killed process."""

from __future__ import annotations

import os
from pathlib import Path

from ganfx.media.jsonl import APPENDING, append_record, read_records


def append(path: Path, values: dict[str, object]) -> None:
    file = os.open(path, APPENDING, 0o666)
    append_record(file, values)
    os.close(file)


def test_a_torn_line_takes_no_other_with_it(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    append(path, {"a": 1})
    with path.open("ab") as file:
        file.write(b'\n{"b": 2, "torn')
    append(path, {"c": [3]})

    assert list(read_records(path)) == [{"a": 1}, {"c": [3]}]


def test_what_is_no_object_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'3\n"a"\n\xff\n\n{"a": 1}')

    assert list(read_records(tmp_path / "a.jsonl")) == [{"a": 1}]
    assert list(read_records(tmp_path / "none.jsonl")) == []
