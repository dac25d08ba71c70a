"""The examples: they run, and do what they say."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
TINY = ["train.steps=3", "train.crop_size=64", "train.batch_size=2", "data.samples=2"]
TINY += ["model.channels=[4, 6]", "discriminator.channels=4"]


@pytest.fixture
def example() -> dict[str, Any]:
    return runpy.run_path(str(EXAMPLES / "custom_training_loop.py"))


def test_a_loop_of_ones_own_trains_and_names_the_style(
    example: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["custom_training_loop.py", str(tmp_path / "run")])
    monkeypatch.setitem(example["main"].__globals__, "QUICK", TINY)
    example["main"]()

    printed = capsys.readouterr().out.splitlines()
    assert printed[-1] == f"the style: {tmp_path / 'run' / 'noir.safetensors'}"
    assert any(line.startswith("3/3  style ") for line in printed)


def test_patience_ends_when_the_mean_has_stopped_coming_down(example: dict[str, Any]) -> None:
    patience = example["Patience"](2)

    assert not patience.is_over(4.0)
    assert not patience.is_over(2.0)  # 0.7 * 4 + 0.3 * 2 = 3.4
    assert not patience.is_over(8.0)  # 4.78: once without a better mean
    assert patience.is_over(1.0)  # 3.646: twice


def test_the_training_job_is_valid_openjd() -> None:
    import yaml
    from openjd import model

    text = (EXAMPLES / "train-job.yaml").read_text(encoding="utf-8")
    job = model.decode_job_template(template=yaml.safe_load(text))
    assert [step.name for step in job.steps] == ["Train"]


@pytest.mark.parametrize("saved", [False, True])
def test_a_training_array_goes_on_where_it_was(tmp_path: Path, saved: bool) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("scontrol", "echo node7"), ("srun", 'printf "%s " "$@"')):
        (programs / name).write_text(f"#!/bin/bash\n{text}\n")
        (programs / name).chmod(0o755)
    run = tmp_path / "run"
    run.mkdir()
    if saved:
        (run / "latest.pt").touch()
    slurm = {"SLURM_NNODES": "2", "SLURM_JOB_ID": "5", "SLURM_JOB_NODELIST": "node[7-8]"}
    result = subprocess.run(
        ["bash", EXAMPLES / "train.sbatch", "noir.toml", run, "--photos", "plates"],
        env={**os.environ, **slurm, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "torchrun --nnodes=2 --nproc-per-node=1" in result.stdout
    assert "--rdzv-endpoint=node7:29500 -m ganfx train noir.toml" in result.stdout
    assert result.stdout.rstrip().endswith("--photos plates" + " --resume" * saved)
