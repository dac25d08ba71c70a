"""A job for Slurm: an array of chunks, and what depends on it.

``submit.sh`` submits three jobs: the array, then Verify and Assemble, each once the one before
has succeeded. Every line of ``tasks.txt`` is the command of an array task. Tasks may be requeued
or run twice: finished frames are left alone, and files appear whole.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from ganfx.farm.job import FarmJob, chunks
from ganfx.media.atomic import replacing

MOST_TASKS = 1000
"""Of an array: Slurm's own limit is MaxArraySize, 1,001 unless a site has changed it."""
GRACE = 60
"""Seconds before the time limit at which a task is asked to stop."""


def write_array(job: FarmJob, folder: Path, *, chunk: int, options: str = "") -> list[Path]:
    """Write the job's files into a folder.

    Args:
        job: What to do.
        folder: Of the job; it may be there.
        chunk: Frames of a task; more where an array would have too many tasks.
        options: For ``sbatch``, of the array: ``--partition=farm --cpus-per-task=8``.

    Returns:
        The files.
    """
    tasks = list(commands(job, chunk))
    verify = job.verification(str(job.source / job.within), str(job.out))
    sheet = job.out / "contact-sheet.jpg"
    texts = {
        "tasks.txt": "".join(f"{shlex.join(task)}\n" for task in tasks),
        "stylise.sh": _array_script(job.name, len(tasks), options),
        "verify.sh": _script(job.name, "verify", ["ganfx", *verify]),
        "assemble.sh": _script(
            job.name, "assemble", ["ganfx", "assemble", str(job.out), "--sheet", str(sheet)]
        ),
        "submit.sh": SUBMIT,
    }
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
        if name.endswith(".sh"):
            (folder / name).chmod(0o755)
    return [folder / name for name in texts]


def commands(job: FarmJob, chunk: int) -> Iterator[list[str]]:
    """The command of every task."""
    wanted = max(chunk, -(-job.frames // max(1, MOST_TASKS - len(job.files))))
    for footage in job.sequences:
        source = str(job.source / footage.pattern)
        options = job.options(str(job.out / footage.folder))
        for first, last in chunks(footage.frames, wanted):
            yield ["ganfx", "stylize", source, "--frames", f"{first}-{last}", *options]
    for file, folder in job.files:
        yield ["ganfx", "stylize", str(job.source / file), *job.options(str(job.out / folder))]


def _array_script(name: str, tasks: int, options: str) -> str:
    extra = "".join(f"#SBATCH {option}\n" for option in shlex.split(options))
    return (
        "#!/bin/bash\n"
        f"#SBATCH --job-name=ganfx-{name}\n"
        f"#SBATCH --array=1-{tasks}\n"
        "#SBATCH --requeue\n"
        f"#SBATCH --signal=TERM@{GRACE}\n"
        "#SBATCH --output=logs/%A_%a.log\n"
        f"{extra}"
        'eval "exec $(sed -n "${SLURM_ARRAY_TASK_ID}p" tasks.txt)"\n'
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
