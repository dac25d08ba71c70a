"""Kubernetes jobs: an Indexed Job whose every index is a task, and a Job that checks its results.

The tasks are a ConfigMap; a pod runs the line of its index. What a task's exit code means is said
to the cluster: wrong input ends the job, a failed frame its index, and a pod that was asked to stop
is tried again, which does what is missing.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ganfx.errors import (
    EXIT_INTERRUPTED,
    EXIT_MISMATCH,
    EXIT_PARTIAL,
    EXIT_TERMINATED,
    EXIT_USAGE,
    UsageError,
)
from ganfx.farm.job import FarmJob, task_commands, write_scripts

MOST_TASKS = 1000
"""Of a job: a ConfigMap holds a mebibyte."""
RETRIES = 2
"""Of an index, for what may go away: a lost node, a full disk."""
GRACE = 60
"""Seconds from SIGTERM to SIGKILL: the frame in hand is finished."""
TASKS = "/ganfx-job"
"""Where a pod has the list of tasks."""
ONE = 'eval "exec $(sed -n "$((JOB_COMPLETION_INDEX + 1))p" {tasks}/tasks.txt)"'
"""Becomes the command itself, which then hears the signal."""
SUBMIT = """\
#!/bin/bash
# Submits the job and waits for it, then verifies and assembles. Arguments go to kubectl: -n farm.
set -euo pipefail
cd "$(dirname "$0")"
kubectl "$@" apply -f job.yaml
ended='jsonpath={{.status.conditions[?(@.status=="True")].type}}'
until state=$(kubectl "$@" get job {name} -o "$ended") && [[ $state =~ Complete|Failed ]]; do
    sleep 10
done
if [[ $state =~ Failed ]]; then
    echo "the job has failed: kubectl describe job {name}" >&2
    exit 1
fi
kubectl "$@" apply -f check.yaml
"""
_LABEL = re.compile(r"[^a-z0-9-]+")
_VOLUME = re.compile(r"([^:\s]+):(/[^:\s]*)")


@dataclass(frozen=True)
class Pods:
    """What pods are made of.

    Raises:
        UsageError: On construction: an image or a volume that makes no sense.
    """

    image: str
    volumes: tuple[str, ...] = ()
    """``CLAIM:/path``, or ``/path:/path`` of the node."""
    parallel: int = 10
    gpus: int = 0
    cpus: float = 2.0
    memory: str = "8Gi"

    def __post_init__(self) -> None:
        if not self.image or any(letter.isspace() for letter in self.image):
            raise UsageError(
                f"--image {self.image!r}: no name of an image", hint="registry/ganfx:1.0"
            )
        for volume in self.volumes:
            if _VOLUME.fullmatch(volume) is None:
                raise UsageError(
                    f"--volume {volume}: expected CLAIM:/path", hint="as in shots:/mnt/shots"
                )

    @property
    def mounts(self) -> list[tuple[dict[str, Any], str]]:
        """Volumes, each with where it is mounted."""
        found = []
        for number, volume in enumerate(self.volumes):
            source, path = volume.split(":", 1)
            kind: dict[str, Any] = {"persistentVolumeClaim": {"claimName": source}}
            if source.startswith("/"):
                kind = {"hostPath": {"path": source}}
            found.append(({"name": f"volume-{number}", **kind}, path))
        return found


def write_indexed_job(job: FarmJob, folder: Path, pods: Pods, *, chunk: int) -> list[Path]:
    """Write the manifests of a job, and a script that submits them.

    Args:
        job: The job.
        folder: Folder of the files, created if missing.
        pods: What runs it.
        chunk: Frames of a task; raised where the job would have too many.

    Returns:
        Paths of the files.

    Raises:
        MediaError, OSError: The folder cannot be written.
    """
    name = _LABEL.sub("-", f"ganfx-{job.name}".lower()).strip("-")[:50].rstrip("-")
    tasks = [shlex.join(task) for task in task_commands(job, chunk, MOST_TASKS)]
    verify, assemble = (shlex.join(words) for words in job.checks())
    array = [_config_map(name, tasks), _job(name, len(tasks), pods)]
    check = [_check(f"{name}-check", f"{verify} && {assemble}", pods)]
    texts = {
        "job.yaml": yaml.safe_dump_all(array, sort_keys=False),
        "check.yaml": yaml.safe_dump_all(check, sort_keys=False),
        "submit.sh": SUBMIT.format(name=name),
    }
    return write_scripts(folder, texts)


def _config_map(name: str, tasks: Sequence[str]) -> dict[str, Any]:
    text = "".join(f"{task}\n" for task in tasks)
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"{name}-tasks"},
        "data": {"tasks.txt": text},
    }


def _job(name: str, tasks: int, pods: Pods) -> dict[str, Any]:
    listed = {"name": "tasks", "configMap": {"name": f"{name}-tasks"}}
    mounts = [(listed, TASKS), *pods.mounts]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {
            "completionMode": "Indexed",
            "completions": tasks,
            "parallelism": min(tasks, pods.parallel),
            "backoffLimitPerIndex": RETRIES,
            "podFailurePolicy": {"rules": _rules()},
            "template": _template(["bash", "-c", ONE.format(tasks=TASKS)], pods, mounts),
        },
    }


def _check(name: str, script: str, pods: Pods) -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {
            "backoffLimit": 0,
            "template": _template(["bash", "-c", script], pods, pods.mounts),
        },
    }


def _rules() -> list[dict[str, Any]]:
    """What exit codes mean; anything else is tried again."""

    def of(action: str, *codes: int) -> dict[str, Any]:
        return {"action": action, "onExitCodes": {"operator": "In", "values": sorted(codes)}}

    lost = {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]}
    return [
        lost,
        of("Ignore", EXIT_INTERRUPTED, EXIT_TERMINATED),
        of("FailJob", EXIT_USAGE, EXIT_MISMATCH),
        of("FailIndex", EXIT_PARTIAL),
    ]


def _template(
    command: list[str], pods: Pods, mounts: Sequence[tuple[dict[str, Any], str]]
) -> dict[str, Any]:
    wanted: dict[str, Any] = {"cpu": f"{pods.cpus:g}", "memory": pods.memory}
    if pods.gpus:
        wanted["nvidia.com/gpu"] = str(pods.gpus)
    container = {
        "name": "ganfx",
        "image": pods.image,
        "command": command,
        "resources": {"requests": wanted, "limits": wanted},
        "volumeMounts": [{"name": volume["name"], "mountPath": path} for volume, path in mounts],
    }
    return {
        "spec": {
            "restartPolicy": "Never",
            "terminationGracePeriodSeconds": GRACE,
            "containers": [container],
            "volumes": [volume for volume, _ in mounts],
        }
    }
