"""Lists of tasks for OpenCue's cuecmd."""

from __future__ import annotations

import shlex
import subprocess

from ganfx.farm.opencue import write_cuecmd
from tests.farm.test_openjd import make_job
from tests.farm.test_slurm import path, program

__all__ = ["path"]


def test_a_line_is_a_task_that_a_shell_takes_as_it_is(tmp_path, path):
    write_cuecmd(make_job(tmp_path), tmp_path / "job", chunk=6)
    lines = (tmp_path / "job/tasks.txt").read_text().splitlines()
    assert len(lines) == 6
    program(path, "ganfx", f'printf "%s|" "$@" > {tmp_path}/ran.txt; exit 3')
    # As cuecmd runs it on a node.
    assert subprocess.run(lines[4], shell=True, check=False).returncode == 3
    assert f"{tmp_path}/in/ref/a [1].png|" in (tmp_path / "ran.txt").read_text()


def test_it_is_submitted_with_cuecmd_and_checked_after(tmp_path, path):
    write_cuecmd(make_job(tmp_path), tmp_path / "job", chunk=6)
    program(path, "cuecmd", 'echo "cuecmd $*"')
    program(path, "ganfx", 'echo "ganfx $1"')
    submit, after = (
        subprocess.run(
            ["bash", str(tmp_path / "job" / script), *given],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for script, given in (("submit.sh", ["--show", "film"]), ("after.sh", []))
    )
    words = shlex.split(submit)
    assert words[1] == str(tmp_path / "job/tasks.txt")
    assert words[-2:] == ["--show", "film"]
    assert after == "ganfx verify\nganfx assemble\n"
