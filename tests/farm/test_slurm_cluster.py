"""The array on a real Slurm of one node: skipped where its programs are not installed.

Debian has them in slurm-wlm and munge; the daemons have to be started by root.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from ganfx.media.frames import write_picture

EXAMPLES = Path(__file__).parents[2] / "examples"
NEEDED = ("slurmctld", "slurmd", "munged", "sbatch", "scontrol", "squeue", "scancel")
HANG = 600.0  # seconds after which nothing is waited for any more
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        any(shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None for name in NEEDED)
        or os.geteuid() != 0,
        reason="needs Slurm, munge and root",
    ),
]

CONFIGURATION = """\
ClusterName=ganfx
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmdPort={node_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=farm Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a cluster of this machine."""
    folder = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    key = folder / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    host = socket.gethostname().partition(".")[0]
    port, node_port = free_ports(2)
    text = CONFIGURATION.format(host=host, port=port, node_port=node_port, folder=folder)
    (folder / "slurm.conf").write_text(text)
    environment = {
        **os.environ,
        "SLURM_CONF": str(folder / "slurm.conf"),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}:/usr/sbin",
        "OMP_NUM_THREADS": "1",
    }
    daemons = [
        subprocess.Popen(command, env=environment, cwd=folder)
        for command in (
            ["munged", "--foreground", "--force", f"--key-file={key}",
             f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid",
             f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed"],
            ["slurmctld", "-D"],
            ["slurmd", "-D"],
        )
    ]  # fmt: skip
    try:
        wait_for(lambda: "idle" in told(environment, "sinfo", "-h", "-o", "%t"))
        yield environment
    finally:
        for daemon in reversed(daemons):
            daemon.terminate()
        for daemon in daemons:
            daemon.wait(HANG)


def told(environment: dict[str, str], *command: str) -> str:
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return result.stdout


def wait_for(is_true) -> None:
    end = time.monotonic() + HANG
    while not is_true():
        assert time.monotonic() < end, "it has not come"
        time.sleep(0.5)


def states(environment: dict[str, str], job: str) -> dict[str, str]:
    """State and exit code of every task of a job."""
    lines = told(environment, "scontrol", "show", "job", "-o", job).splitlines()
    facts = [dict(word.partition("=")[::2] for word in line.split()) for line in lines]
    return {fact.get("ArrayTaskId", ""): f"{fact['JobState']} {fact['ExitCode']}" for fact in facts}


def test_a_job_runs_fails_and_is_mended(cluster, ganfx, style, tmp_path):
    picture = np.random.default_rng(0).integers(0, 200, (32, 64, 3), dtype=np.uint8)
    for frame in range(1001, 1013):
        write_picture(tmp_path / "in" / f"plate.{frame}.png", np.roll(picture, frame, axis=1))
    whole = (tmp_path / "in/plate.1005.png").read_bytes()
    options = ("in", "--style", style, "--out", "out", "--grain", "0.1")
    assert ganfx("farm", "slurm", *options, "--job", "job", "--chunk", 4)[0] == 0

    (tmp_path / "in/plate.1005.png").write_bytes(b"torn")
    printed = told(cluster, "job/submit.sh")
    array, verify, _ = (word.split()[1] for word in printed.split(","))
    wait_for(lambda: not told(cluster, "squeue", "-h"))
    assert states(cluster, array)["2"] == "FAILED 3:0"  # some frames failed, the rest is done
    assert {states(cluster, array)[task] for task in ("1", "3")} == {"COMPLETED 0:0"}
    assert states(cluster, verify)[""].startswith("CANCELLED")
    assert not (tmp_path / "out/plate.1005.png").exists()
    assert (tmp_path / "out/plate.1006.png").exists()

    (tmp_path / "in/plate.1005.png").write_bytes(whole)
    told(cluster, "job/submit.sh")
    wait_for(lambda: not told(cluster, "squeue", "-h"))
    alone = ("--grain", "0.1", "--precision", "float32", "--out", "alone")
    assert ganfx("stylize", *options[:3], *alone)[0] == 0
    for path in (tmp_path / "alone").glob("*.png"):
        assert path.read_bytes() == (tmp_path / "out" / path.name).read_bytes()
    assert (tmp_path / "out/contact-sheet.jpg").exists()


def test_a_training_that_is_preempted_goes_on_where_it_was(cluster, tmp_path):
    """By ``examples/train.sbatch``, on a node without a GPU."""
    example = (EXAMPLES / "train.sbatch").read_text(encoding="utf-8")
    (tmp_path / "train.sbatch").write_text(example.replace("#SBATCH --gpus-per-node=2\n", ""))
    small = ("train.crop_size=64", "train.batch_size=2", "data.samples=2", "model.channels=[4,6]")
    small += ("discriminator.channels=4", "train.steps=100000", "train.log_every=1")
    command = ["sbatch", "--parsable", "-D", str(tmp_path), str(tmp_path / "train.sbatch")]
    command += ["noir", "run", *(word for value in small for word in ("--set", value))]
    stats = tmp_path / "run/stats.jsonl"

    def preempted_after(lines: int) -> int:
        """Let it log some steps, and send what preemption sends: the step it has saved."""
        job = told(cluster, *command).strip()
        wait_for(lambda: stats.exists() and stats.read_text().count("\n") >= lines)
        told(cluster, "scancel", "--signal=TERM", job)
        wait_for(lambda: not told(cluster, "squeue", "-h"))
        return int(torch.load(tmp_path / "run/latest.pt", weights_only=True)["step"])

    first = preempted_after(5)
    assert 5 <= first < 100_000
    # Submitted again: Slurm's own requeueing does that, two minutes later.
    assert preempted_after(first + 5) > first
    steps = [json.loads(line)["step"] for line in stats.read_text().splitlines()]
    assert steps == list(range(1, len(steps) + 1))  # none twice, none left out
