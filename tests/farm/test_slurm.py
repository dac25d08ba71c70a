"""Slurm's files: what they hold, and that each script does what it says."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from pathlib import Path

import pytest

from ganfx.farm.job import Footage
from ganfx.farm.slurm import MOST_TASKS, commands, write_array
from tests.farm.test_openjd import make_job


@pytest.fixture
def path(tmp_path, monkeypatch) -> Path:
    """A folder of programs that come first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def program(path: Path, name: str, text: str) -> None:
    (path / name).write_text(f"#!/bin/bash\n{text}\n")
    (path / name).chmod(0o755)


def test_every_line_is_a_command_with_its_frames(tmp_path):
    write_array(make_job(tmp_path), tmp_path / "job", chunk=6)
    lines = [shlex.split(line) for line in (tmp_path / "job/tasks.txt").read_text().splitlines()]
    assert [line[line.index("--frames") + 1] for line in lines if "--frames" in line] == [
        "1001-1006", "1007-1012", "1-3", "6-7",
    ]  # fmt: skip
    assert lines[0][2] == str(tmp_path / "in/sh010/plate.#.exr")
    assert lines[-2][2] == str(tmp_path / "in/ref/a [1].png")
    assert all(line[line.index("--expect") + 1] == "0.1.0-abc" for line in lines)


def test_an_array_task_runs_its_line_and_passes_its_exit_code_on(tmp_path, path):
    write_array(make_job(tmp_path), tmp_path / "job", chunk=6)
    program(path, "ganfx", 'printf "%s|" "$@" > ran.txt; exit 3')
    result = subprocess.run(
        ["bash", "stylise.sh"],
        cwd=tmp_path / "job",
        env={**os.environ, "SLURM_ARRAY_TASK_ID": "5"},
        check=False,
    )
    assert result.returncode == 3
    assert f"{tmp_path}/in/ref/a [1].png|" in (tmp_path / "job/ran.txt").read_text()


def test_parts_wait_for_each_other(tmp_path, path):
    write_array(make_job(tmp_path), tmp_path / "job", chunk=6, options="--partition=farm -c 8")
    program(
        path,
        "sbatch",
        'echo "$*" >> sbatch.txt; echo $((100 + $(wc -l < sbatch.txt)))',
    )
    result = subprocess.run(
        ["bash", str(tmp_path / "job/submit.sh"), "--account=film"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "stylise 101, verify 102, assemble 103\n"
    lines = (tmp_path / "job/sbatch.txt").read_text().splitlines()
    assert lines[0] == "--parsable --account=film stylise.sh"
    assert "--dependency=afterok:101" in lines[1]
    assert lines[1].endswith("--account=film verify.sh")
    assert "--dependency=afterok:102" in lines[2]
    script = (tmp_path / "job/stylise.sh").read_text()
    assert "#SBATCH --partition=farm\n" in script
    assert "#SBATCH --array=1-6\n" in script


def test_an_array_has_no_more_tasks_than_slurm_takes(tmp_path):
    footage = Footage("long", "a.#.exr", "", tuple(range(1, 100_001)))
    made = list(commands(make_job(tmp_path, sequences=(footage,)), 20))
    assert len(made) <= MOST_TASKS


def test_many_stills_share_the_tasks_of_an_array(tmp_path, path):
    count = 2 * MOST_TASKS + 1
    files = tuple((f"a{number}.png", "") for number in range(count))
    write_array(make_job(tmp_path, sequences=(), files=files), tmp_path / "job", chunk=6)
    script = (tmp_path / "job/stylise.sh").read_text()
    assert f"#SBATCH --array=1-{MOST_TASKS}\n" in script
    program(path, "ganfx", 'basename "$2" >> ran.txt; [ "$(basename "$2")" != a1000.png ]')
    codes = [run_task(tmp_path / "job", number).returncode for number in (1, 2, MOST_TASKS)]
    ran = (tmp_path / "job/ran.txt").read_text().split()
    assert ran == [
        "a0.png",
        "a1000.png",
        "a2000.png",
        "a1.png",
        "a1001.png",
        "a999.png",
        "a1999.png",
    ]
    assert codes == [1, 0, 0]  # one failed, the rest of its task is done


def run_task(folder: Path, number: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "stylise.sh"],
        cwd=folder,
        env={**os.environ, "SLURM_ARRAY_TASK_ID": str(number)},
        check=False,
        text=True,
    )


def test_a_task_of_several_commands_passes_the_warning_on_and_does_no_more(tmp_path, path):
    files = tuple((f"a{number}.png", "") for number in range(2 * MOST_TASKS))
    write_array(make_job(tmp_path, sequences=(), files=files), tmp_path / "job", chunk=6)
    program(
        path,
        "ganfx",
        "trap 'echo saved >> ran.txt; exit 143' TERM; touch begun; while :; do sleep 0.05; done",
    )
    job = tmp_path / "job"
    process = subprocess.Popen(
        ["bash", "stylise.sh"], cwd=job, env={**os.environ, "SLURM_ARRAY_TASK_ID": "1"}
    )
    while not (job / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.terminate()
    assert process.wait() == 143
    assert (job / "ran.txt").read_text() == "saved\n"


def test_the_warning_is_for_the_scripts_own_process(tmp_path):
    write_array(make_job(tmp_path), tmp_path / "job", chunk=6)
    assert "#SBATCH --signal=B:TERM@60\n" in (tmp_path / "job/stylise.sh").read_text()


def test_verify_asks_for_no_more_than_the_job_does(tmp_path):
    def verified(**changes: object) -> list[str]:
        write_array(make_job(tmp_path, **changes), tmp_path / "job", chunk=6)
        line = (tmp_path / "job/verify.sh").read_text().splitlines()[-1]
        words = shlex.split(line.removeprefix("exec "))
        return words[2 : words.index("--style")]

    assert verified() == [str(tmp_path / "in")]
    assert verified(only="1001-1003") == [str(tmp_path / "in"), "--frames", "1001-1003"]
    assert verified(within="p.1-9#.png") == [str(tmp_path / "in/p.1-9#.png")]
