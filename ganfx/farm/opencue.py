"""OpenCue jobs: a list of commands that ``cuecmd`` submits, a frame of OpenCue's for each.

``cuecmd`` knows no dependencies between jobs: verification and assembly are a script of their own,
for when the job is done.
"""

from __future__ import annotations

import shlex
from pathlib import Path

from ganfx.farm.job import FarmJob, task_commands, write_scripts

SUBMIT = """\
#!/bin/bash
# Submits the job. Arguments go to cuecmd: --show, --shot, --cores, --memory, --pretend.
set -euo pipefail
cd "$(dirname "$0")"
exec cuecmd "$PWD/tasks.txt" --job-name {name} "$@"
"""
AFTER = """\
#!/bin/bash
# Once the job is done: whether all of it is there, then a contact sheet.
set -euo pipefail
{verify}
{assemble}
"""


def write_cuecmd(job: FarmJob, folder: Path, *, chunk: int) -> list[Path]:
    """Write the list of commands of a job, and the scripts around it.

    Args:
        job: The job.
        folder: Folder of the files, created if missing.
        chunk: Frames of a task.

    Returns:
        Paths of the files.

    Raises:
        MediaError, OSError: The folder cannot be written.
    """
    tasks = task_commands(job, chunk)
    verify, assemble = job.checks()
    texts = {
        "tasks.txt": "".join(f"{shlex.join(task)}\n" for task in tasks),
        "submit.sh": SUBMIT.format(name=shlex.quote(f"ganfx-{job.name}")),
        "after.sh": AFTER.format(verify=shlex.join(verify), assemble=shlex.join(assemble)),
    }
    return write_scripts(folder, texts)
