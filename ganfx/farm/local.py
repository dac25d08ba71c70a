"""Local execution of a job bundle in several processes, by OpenJD's command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganfx.errors import GanfxError, UsageError
from ganfx.farm.job import FarmJob

STAMP = re.compile(r"^\d+:\d\d:\d\d\.\d+\s")
"""Time stamp of OpenJD before every line of output."""
OUTPUT, ENDED = "Output:", "Process pid "
"""Lines of OpenJD before and after the output of a command."""
MOST_LINES = 12
"""Lines of output in an error."""


@dataclass(frozen=True)
class TaskDone:
    """A task has ended."""

    step: str
    task: str  # "1001-1020", a file, or "" where a step is one task
    done: int  # tasks of the job that have ended
    total: int
    error: str  # the end of its output, if it failed; else ""


def local_chunk(job: FarmJob, processes: int) -> int:
    """Chunk size that keeps all processes busy with the fewest handle frames, in frames.

    A single shot is split into as many chunks as there are processes. Of several shots, those
    are split that would occupy a process for more than half of the job.
    """
    parts = processes if len(job.sequences) <= 1 else 2 * processes
    return max(1, -(-job.frames // parts))


def run_bundle(folder: Path, *, processes: int) -> Iterator[TaskDone]:
    """Run the tasks of a job bundle in parallel; a step starts after its dependencies.

    Args:
        folder: Folder of a bundle from `ganfx.farm.openjd.write_bundle`.
        processes: Number of tasks at a time. They share the CPU's cores, unless
            OMP_NUM_THREADS or the job's own ``--threads`` is set.

    Yields:
        Every task when it ends. After a failure no further task is started.

    Raises:
        UsageError: OpenJD is not installed, or the bundle is invalid.
        GanfxError: A task failed.
    """
    steps = _steps(folder)
    total, done = sum(len(tasks) for _, tasks in steps), 0
    for name, tasks in steps:
        for task, error in _step_run(folder, name, tasks, processes):
            done += 1
            yield TaskDone(name, task, done, total, error)
            if error:
                raise GanfxError(f"{name} {task} failed:\n{error}".replace("  ", " "))


def _steps(folder: Path) -> list[tuple[str, list[dict[str, str]]]]:
    """Name and tasks of every step, in topological order of their dependencies."""
    try:
        from openjd import model
    except ImportError as error:
        raise UsageError("farm local needs OpenJD", hint='pip install "ganfx[farm]"') from error
    try:
        text = (folder / "template.yaml").read_text(encoding="utf-8")
        values = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        document = model.document_string_to_object(
            document=text, document_type=model.DocumentType.YAML
        )
        template = model.decode_job_template(
            template=document, supported_extensions=["TASK_CHUNKING"]
        )
        checked = model.preprocess_job_parameters(
            job_template=template,
            job_parameter_values={name: str(value) for name, value in values.items()},
            job_template_dir=folder,
            current_working_dir=Path.cwd(),
            allow_job_template_dir_walk_up=True,
        )
        job = model.create_job(job_template=template, job_parameter_values=checked)
    except (OSError, ValueError) as error:
        raise UsageError(f"{folder}: not a job that can be run: {error}") from error
    order = model.StepDependencyGraph(job=job).topo_sorted()
    return [(step.name, _tasks(step, model)) for step in order]


def _tasks(step: Any, model: Any) -> list[dict[str, str]]:
    if step.parameterSpace is None:
        return [{}]
    tasks = model.StepParameterSpaceIterator(space=step.parameterSpace)
    return [{name: str(value.value) for name, value in task.items()} for task in tasks]


def _step_run(
    folder: Path, step: str, tasks: list[dict[str, str]], processes: int
) -> Iterator[tuple[str, str]]:
    """Run a step; yields every task with its error when it ends."""
    environment = {**_share(processes), **os.environ}
    # The template's command ganfx is this installation, whether or not its venv is activated.
    here = str(Path(sys.executable).parent)
    environment["PATH"] = os.pathsep.join(filter(None, (here, environment.get("PATH"))))
    waiting = list(reversed(tasks))
    running: dict[Future[str], str] = {}
    with ThreadPoolExecutor(processes, "ganfx-farm") as pool:
        failed = False
        while running or (waiting and not failed):
            while waiting and not failed and len(running) < processes:
                task = waiting.pop()
                future = pool.submit(_task_run, folder, step, task, environment)
                running[future] = " ".join(task.values())
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                error = ended.result()
                failed = failed or bool(error)
                yield running.pop(ended), error


def _share(processes: int) -> dict[str, str]:
    """Threads of a process: its share of the cores, as oversubscription is slow."""
    return {"OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 1) // processes))}


def _task_run(folder: Path, step: str, task: dict[str, str], environment: dict[str, str]) -> str:
    """Run one task as a farm node would; returns its error, or ""."""
    openjd = Path(sys.executable).with_name("openjd")
    parameters = f"file://{(folder / 'job.json').resolve()}"
    command = [str(openjd), "run", str(folder / "template.yaml"), "--step", step, "-p", parameters]
    for name, value in task.items():
        command += ["-tp", f"{name}={value}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if result.returncode == 0:
        return ""
    return _reason((result.stdout + result.stderr).splitlines())


def _reason(lines: list[str]) -> str:
    """Error message in the output of a failed task, without OpenJD's own summary."""
    said = [STAMP.sub("", line).rstrip() for line in lines]
    if OUTPUT in said:  # the output of the command, without OpenJD's own
        said = said[said.index(OUTPUT) + 1 :]
        said = said[: next((i for i, line in enumerate(said) if line.startswith(ENDED)), None)]
    errors = [i for i, line in enumerate(said) if line.startswith("error:")]
    told = said[errors[0] :] if errors else said
    return "\n".join([line for line in told if line][-MOST_LINES:])
