"""What is on record survives torn lines, other processes and killed ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.stylize.job.finished import finished_files
from ganfx.stylize.job.manifest import MANIFEST, Manifest


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A file on record under the fingerprint "f"."""
    output = tmp_path / "plate.1001.png"
    manifest = Manifest(tmp_path)
    manifest.claim([output])
    output.write_bytes(b"whole")
    manifest.record(output, "f")
    return output


def test_a_finished_file_is_on_record(finished):
    assert Manifest(finished.parent).is_finished(finished, "f")
    assert not Manifest(finished.parent).is_finished(finished, "g")
    assert not Manifest(finished.parent).is_finished(finished.with_name("plate.1002.png"), "f")


@pytest.mark.parametrize("damage", [b"whol", b"WHOLE", b""])
def test_a_changed_file_is_not_finished(finished, damage):
    finished.write_bytes(damage)
    assert not Manifest(finished.parent).is_finished(finished, "f")


def test_a_missing_file_is_not_finished_but_still_ours(finished):
    finished.unlink()
    assert not Manifest(finished.parent).is_finished(finished, "f")
    assert Manifest(finished.parent).owns(finished)


def test_the_last_record_counts(finished):
    finished.write_bytes(b"again")
    Manifest(finished.parent).record(finished, "g")

    assert Manifest(finished.parent).is_finished(finished, "g")
    assert not Manifest(finished.parent).is_finished(finished, "f")


def test_a_torn_line_costs_itself_only(finished):
    path = finished.parent / MANIFEST
    path.write_bytes(path.read_bytes() + b'\n{"file": "plate.1002.png", "finge')
    other = finished.with_name("plate.1003.png")
    other.write_bytes(b"other")
    Manifest(finished.parent).record(other, "h")

    manifest = Manifest(finished.parent)
    assert manifest.is_finished(finished, "f")
    assert manifest.is_finished(other, "h")


@pytest.mark.parametrize("line", ["[]", "3", '{"file": "x.png"}', '{"host": 1}', "\x00\xff"])
def test_lines_of_another_version_are_ignored(finished, line):
    with (finished.parent / MANIFEST).open("ab") as file:
        file.write(b"\n" + line.encode("latin-1"))
    assert Manifest(finished.parent).is_finished(finished, "f")


def test_only_recorded_and_claimed_files_are_ours(finished):
    claimed, foreign = (finished.with_name(name) for name in ("claimed.png", "mine.png"))
    Manifest(finished.parent).claim([claimed])

    manifest = Manifest(finished.parent)
    assert manifest.owns(finished)
    assert manifest.owns(claimed)
    assert not manifest.owns(foreign)


def test_a_claim_under_which_nothing_was_written_can_be_given_up(finished):
    failed, unrecorded = (finished.with_name(name) for name in ("failed.png", "killed.png"))
    mine = Manifest(finished.parent)
    mine.claim([finished, failed, unrecorded])
    unrecorded.write_bytes(b"whole")
    mine.release()

    for manifest in (mine, Manifest(finished.parent)):
        assert not manifest.owns(failed)
        assert manifest.owns(finished)
        assert manifest.owns(unrecorded)
    finished.unlink()
    Manifest(finished.parent).claim([failed])
    again = Manifest(finished.parent)
    again.release()  # of claims that are another's, nothing
    assert Manifest(finished.parent).owns(failed)
    assert Manifest(finished.parent).owns(finished)


def test_what_another_process_recorded_meanwhile_is_not_given_up(finished):
    output = finished.with_name("plate.1002.png")
    mine = Manifest(finished.parent)
    mine.claim([output])
    output.write_bytes(b"theirs")
    Manifest(finished.parent).record(output, "f")
    output.unlink()
    mine.release()
    assert Manifest(finished.parent).owns(output)


def test_writers_that_share_a_folder_lose_no_line(tmp_path):
    def finish(name: str) -> None:
        output = tmp_path / name
        output.write_bytes(name.encode())
        Manifest(tmp_path).record(output, "f" * 64)

    names = [f"{number}.png" for number in range(200)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(finish, names))

    manifest = Manifest(tmp_path)
    assert all(manifest.is_finished(tmp_path / name, "f" * 64) for name in names)


def test_what_a_dead_process_left_half_written_is_removed(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    Manifest(tmp_path).claim([])  # this process is on record, and alive
    with (tmp_path / MANIFEST).open("a") as file:
        file.write(f'\n{{"host": "{socket.gethostname()}", "process": {dead.pid}, "claims": []}}')
        file.write('\n{"host": "elsewhere", "process": 7, "claims": []}')
    names = {
        "dead": f".plate.1001.{dead.pid}-{dead.pid}.png",
        "alive": f".plate.1002.{os.getpid()}-1.png",
        "elsewhere": ".plate.1003.7-8.png",
        "abandoned": ".plate.1004.7-9.png",
        "the user's": ".hidden.png",
    }
    for name in names.values():
        (tmp_path / name).write_bytes(b"half")
    os.utime(tmp_path / names["abandoned"], (0, 0))
    Manifest(tmp_path).claim([])

    left = {kind for kind, name in names.items() if (tmp_path / name).exists()}
    assert left == {"alive", "elsewhere", "the user's"}


def test_a_folder_that_cannot_be_made_is_a_usage_error(tmp_path):
    (tmp_path / "out").write_bytes(b"a file")
    with pytest.raises(UsageError, match=r"cannot write to .*out") as caught:
        Manifest(tmp_path / "out").claim([])
    assert "--out" in str(caught.value.hint)


def test_what_a_file_was_made_from_is_found_from_its_folder(tmp_path: Path) -> None:
    output, source = tmp_path / "out" / "a.png", tmp_path / "in" / "a.png"
    manifest = Manifest(output.parent)
    manifest.claim([output])
    output.write_bytes(b"whole")
    origin = {"source": {"file": Path(os.path.relpath(source, output.parent)).as_posix()}}
    manifest.record(output, "f", {"look": "noir"}, origin)

    read = Manifest(output.parent)
    found = read.source_of(output)
    assert found is not None
    assert found.as_posix().endswith("out/../in/a.png")
    assert finished_files(output.parent)["a.png"].source == found
    assert finished_files(tmp_path) == {}


def test_records_of_earlier_versions_name_no_source(finished):
    assert Manifest(finished.parent).source_of(finished) is None
