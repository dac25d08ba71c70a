"""Slurm jobs: a job array of chunks, and dependent jobs for verification and assembly.

``submit.sh`` submits three jobs: the array, then Verify and Assemble, each after the one before
has succeeded. Every line of ``tasks.txt`` is a command; an array task runs one, or several where
there are more of them than an array has tasks. Tasks may be requeued or run twice: finished frames
are skipped, and files are written atomically.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from ganfx.farm.job import FarmJob, task_commands, write_scripts

MOST_TASKS = 1000
"""Maximum tasks of an array: Slurm's default MaxArraySize is 1,001."""
GRACE = 60
"""Seconds before the time limit at which a task receives SIGTERM."""
ONE_EACH = 'eval "exec $(sed -n "${SLURM_ARRAY_TASK_ID}p" tasks.txt)"\n'
"""Becomes the command itself, which then hears the signal."""
SEVERAL_EACH = """\
stopped=
trap 'stopped=1; kill -TERM "$child" 2> /dev/null' TERM
code=0
while IFS= read -r line <&3; do
    eval "exec $line" 3<&- &
    child=$!
    wait "$child"; ended=$?
    # The trap ends the first wait; the command is still finishing its frames.
    while kill -0 "$child" 2> /dev/null; do wait "$child"; ended=$?; done
    [ "$ended" -eq 0 ] || code=$ended
    [ -z "$stopped" ] || exit "$ended"
done 3< <(sed -n "${SLURM_ARRAY_TASK_ID}~%dp" tasks.txt)
exit "$code"
"""
"""Every Nth command from its own on, one after the other; passes the signal on."""


def write_array(job: FarmJob, folder: Path, *, chunk: int, options: str = "") -> list[Path]:
    """Write the scripts and the task list of a job.

    Args:
        job: The job.
        folder: Folder of the scripts, created if missing.
        chunk: Frames of a task; raised where the array would have too many tasks.
        options: Options of ``sbatch`` for the array: ``--partition=farm --cpus-per-task=8``.

    Returns:
        Paths of the files.

    Raises:
        MediaError, OSError: The folder cannot be written.
    """
    tasks = list(commands(job, chunk))
    verify, assemble = job.checks()
    texts = {
        "tasks.txt": "".join(f"{shlex.join(task)}\n" for task in tasks),
        "stylise.sh": _array_script(job.name, len(tasks), options),
        "verify.sh": _script(job.name, "verify", verify),
        "assemble.sh": _script(job.name, "assemble", assemble),
        "submit.sh": SUBMIT,
    }
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    return write_scripts(folder, texts)


def commands(job: FarmJob, chunk: int) -> Iterator[list[str]]:
    """The commands of the array."""
    return task_commands(job, chunk, MOST_TASKS)


def _array_script(name: str, tasks: int, options: str) -> str:
    extra = "".join(f"#SBATCH {option}\n" for option in shlex.split(options))
    return (
        "#!/bin/bash\n"
        f"#SBATCH --job-name=ganfx-{name}\n"
        f"#SBATCH --array=1-{min(tasks, MOST_TASKS)}\n"
        "#SBATCH --requeue\n"
        # B: to the script's own process; without it the signal goes to job steps only.
        f"#SBATCH --signal=B:TERM@{GRACE}\n"
        "#SBATCH --output=logs/%A_%a.log\n"
        f"{extra}"
        f"{ONE_EACH if tasks <= MOST_TASKS else SEVERAL_EACH % MOST_TASKS}"
    )


def _script(name: str, step: str, command: list[str]) -> str:
    return (
        "#!/bin/bash\n"
        f"#SBATCH --job-name=ganfx-{name}-{step}\n"
        f"#SBATCH --output=logs/{step}_%j.log\n"
        f"exec {shlex.join(command)}\n"
    )


SUBMIT = """\
#!/bin/bash
# Submits the job; prints the numbers of its three parts. Arguments go to sbatch.
set -euo pipefail
cd "$(dirname "$0")"
after() { sbatch --parsable --dependency="afterok:$1" --kill-on-invalid-dep=yes "${@:2}"; }
stylise=$(sbatch --parsable "$@" stylise.sh)
verify=$(after "$stylise" "$@" verify.sh)
assemble=$(after "$verify" "$@" assemble.sh)
echo "stylise $stylise, verify $verify, assemble $assemble"
"""
