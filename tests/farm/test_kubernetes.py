"""Manifests for Kubernetes: valid, each index its task, exit codes that mean what they say."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ganfx.errors import UsageError
from ganfx.farm.kubernetes import TASKS, Pods, write_indexed_job
from tests.farm.test_openjd import make_job
from tests.farm.test_slurm import path, program

__all__ = ["path"]
PODS = Pods("studio/ganfx:0.1", ("shots:/mnt/shots", "/scratch:/scratch"), parallel=3, gpus=1)


@pytest.fixture
def written(tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    write_indexed_job(make_job(tmp_path), tmp_path / "job", PODS, chunk=6)
    return {
        name: list(yaml.safe_load_all((tmp_path / "job" / f"{name}.yaml").read_text()))
        for name in ("job", "check")
    }


def test_manifests_are_valid(written):
    validating = pytest.importorskip("kubernetes_validate")
    for manifest in (*written["job"], *written["check"]):
        validating.validate(manifest, "1.33", strict=True)


def test_the_job_has_an_index_for_every_task(written):
    tasks, job = written["job"]
    lines = tasks["data"]["tasks.txt"].splitlines()
    assert len(lines) == job["spec"]["completions"] == 6
    assert job["spec"]["completionMode"] == "Indexed"
    assert job["spec"]["parallelism"] == 3
    assert "--frames 1001-1006" in lines[0]


def test_exit_codes_mean_what_they_say(written):
    rules = written["job"][1]["spec"]["podFailurePolicy"]["rules"]
    by_code = {
        code: rule["action"]
        for rule in rules
        for code in rule.get("onExitCodes", {}).get("values", ())
    }
    assert by_code == {
        2: "FailJob",  # wrong input
        5: "FailJob",  # another style or version on the node
        3: "FailIndex",  # some frames failed
        130: "Ignore",
        143: "Ignore",  # asked to stop: it goes on in another pod
    }


def test_pods_mount_what_they_were_given(written):
    pod = written["job"][1]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    mounts = {each["name"]: each["mountPath"] for each in container["volumeMounts"]}
    volumes = {each.pop("name"): each for each in pod["volumes"]}
    assert {mounts[name]: volume for name, volume in volumes.items()} == {
        TASKS: {"configMap": {"name": written["job"][0]["metadata"]["name"]}},
        "/mnt/shots": {"persistentVolumeClaim": {"claimName": "shots"}},
        "/scratch": {"hostPath": {"path": "/scratch"}},
    }
    assert container["resources"]["limits"]["nvidia.com/gpu"] == "1"


def test_a_pod_runs_the_line_of_its_index_and_passes_its_exit_code_on(tmp_path, path, written):
    tasks, job = written["job"]
    (tmp_path / "tasks.txt").write_text(tasks["data"]["tasks.txt"])
    (container,) = job["spec"]["template"]["spec"]["containers"]
    program(path, "ganfx", f'printf "%s|" "$@" > {tmp_path}/ran.txt; exit 3')
    command = [word.replace(TASKS, str(tmp_path)) for word in container["command"]]
    environment = {**os.environ, "JOB_COMPLETION_INDEX": "4"}
    assert subprocess.run(command, env=environment, check=False).returncode == 3
    assert f"{tmp_path}/in/ref/a [1].png|" in (tmp_path / "ran.txt").read_text()


@pytest.mark.parametrize(("state", "code"), [("Complete", 0), ("Failed", 1)])
def test_the_check_follows_a_job_that_is_complete(tmp_path, path, written, state, code):
    said = f'echo "$*" >> {tmp_path}/said.txt; [[ $* == *get* ]] && echo {state}; true'
    program(path, "kubectl", said)
    script = str(tmp_path / "job/submit.sh")
    assert subprocess.run(["bash", script, "-n", "farm"], check=False).returncode == code
    lines = (tmp_path / "said.txt").read_text().splitlines()
    assert lines[0] == "-n farm apply -f job.yaml"
    assert ("-n farm apply -f check.yaml" in lines) == (code == 0)


@pytest.mark.parametrize(
    ("pods", "words"),
    [
        ({"image": "my image"}, "--image 'my image'"),
        ({"image": ""}, "--image ''"),
        ({"image": "a", "volumes": ("shots",)}, "--volume shots: expected CLAIM:/path"),
        ({"image": "a", "volumes": ("shots:here",)}, "--volume shots:here"),
    ],
)
def test_pods_that_make_no_sense_are_refused(pods, words):
    with pytest.raises(UsageError, match=words):
        Pods(**pods)
