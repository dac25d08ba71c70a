"""Two processes do not train one run."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media import locking
from ganfx.preset import Preset
from ganfx.training import checkpoints, train
from ganfx.training.events import ReportSaved, StepDone, TrainingDone

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are not locked there")

ENDLESS_RUN = """
import sys
from pathlib import Path
from ganfx.preset import Preset
from ganfx.training import train
preset = Preset.model_validate_json(Path(sys.argv[1]).read_text())
for event in train(preset, Path(sys.argv[2]), device="cpu", resume=len(sys.argv) > 3):
    print(type(event).__name__, flush=True)
    if type(event).__name__ == "StepDone":
        sys.stdin.read()
"""


HOLDING = """
import sys
from pathlib import Path
from ganfx.media.locking import FolderLock
assert FolderLock().take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def other(preset: Preset, tmp_path: Path, run: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the midst of that run."""
    file = tmp_path / "preset.json"
    file.write_text(preset.model_dump_json())
    with subprocess.Popen(
        [sys.executable, "-c", ENDLESS_RUN, str(file), str(run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "StepDone":
                break
        yield process
        process.kill()


def test_a_run_that_another_process_holds_is_refused_until_that_one_is_killed(
    preset: Preset, run: Path
) -> None:
    events = train(preset, run, device="cpu")
    for event in events:
        if isinstance(event, StepDone):
            break
    events.close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDING, str(run)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holding:
        assert holding.stdout is not None
        assert holding.stdout.readline() == "held\n"
        refused_and_then_resumed(preset, run, holding)


@pytest.mark.slow  # loads torch once more, to train as the holder above need not
def test_a_run_that_another_process_trains_is_refused_until_that_one_is_killed(
    preset: Preset, run: Path, other: subprocess.Popen[str]
) -> None:
    refused_and_then_resumed(preset, run, other)


def refused_and_then_resumed(preset: Preset, run: Path, other: subprocess.Popen[str]) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    with pytest.raises(UsageError, match="run is being trained by another process") as caught:
        list(train(preset, run, device="cpu", resume=True))
    assert caught.value.hint
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before

    other.send_signal(signal.SIGKILL)
    other.wait()
    assert isinstance(list(train(preset, run, device="cpu", resume=True))[-1], TrainingDone)


def test_a_run_is_let_go_of_when_it_ends_early_and_not_before_its_report(
    preset: Preset, run: Path
) -> None:
    events = train(preset, run, device="cpu")
    for event in events:
        if isinstance(event, StepDone):
            break
    with pytest.raises(UsageError, match="another process"):
        next(train(preset, run, device="cpu", resume=True))
    events.close()

    for event in train(preset, run, device="cpu", resume=True):
        if isinstance(event, ReportSaved):
            assert not locking.FolderLock().take(run)
    lock = locking.FolderLock()
    assert lock.take(run)
    lock.release()


def test_a_new_run_is_refused_where_another_is_about_to_begin(preset: Preset, run: Path) -> None:
    run.mkdir()
    lock = locking.FolderLock()
    assert lock.take(run)

    with pytest.raises(UsageError, match="another process"):
        list(train(preset, run, device="cpu"))
    assert not (run / checkpoints.LATEST).exists()
    lock.release()


def test_a_folder_without_a_run_is_left_as_it_is(preset: Preset, tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(UsageError, match="no checkpoint in"):
            next(train(preset, folder, device="cpu", resume=True))

    assert list(tmp_path.iterdir()) == []


def test_a_file_system_without_locks_is_worked_on_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(locking.fcntl, "flock", refuse)
    assert locking.FolderLock().take(tmp_path)
