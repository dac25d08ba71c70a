"""Several processes, one run: they learn what one process learns from the whole batch."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.preset import Preset
from ganfx.training import checkpoints, state, train
from ganfx.training.data import Batch
from ganfx.training.distributed import VARIABLES, Team, is_follower, joined

CPU = torch.device("cpu")

ONE_OF_TWO = """
import sys
from pathlib import Path
import torch
from ganfx.preset import Preset
from ganfx.training import state, train
state.best_precision = lambda device: torch.float32
preset = Preset.model_validate_json(Path(sys.argv[1]).read_text())
for event in train(preset, Path(sys.argv[2]), device="cpu"):
    print(event)
"""


ASKED_TO_STOP = """
import os
import sys
from pathlib import Path
from ganfx.errors import GanfxError
from ganfx.preset import Preset
from ganfx.training import train
from ganfx.training.events import StepDone
preset = Preset.model_validate_json(Path(sys.argv[1]).read_text())
events = train(preset, Path(sys.argv[2]), device="cpu")
try:
    for event in events:
        if isinstance(event, StepDone) and event.step == 2 and os.environ["RANK"] == sys.argv[3]:
            events.close()
except GanfxError as error:
    print(error.message)
    sys.exit(error.exit_code)
"""


@pytest.fixture
def per_crop(preset: Preset) -> Preset:
    """Four crops a step, terms that are means over crops, nothing that is drawn at random."""
    weights = {
        "content": 0.0,
        "style": 0.0,
        "structure": 1.0,
        "color": 1.0,
        "tone": 1.0,
        "balance": True,
    }
    return preset.model_copy(
        update={
            "loss": preset.loss.model_copy(update=weights | {"balance_every": 2}),
            "augment": preset.augment.model_copy(update={"flip": False, "probability": 0.0}),
            "train": preset.train.model_copy(update={"batch_size": 4, "steps": 4}),
        }
    )


def environment(rank: int, size: int, port: int) -> dict[str, str]:
    """What torchrun tells a process."""
    values = (rank, rank, size, "127.0.0.1", port)
    return dict(zip(VARIABLES, map(str, values), strict=True))


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


def weights_of(run: Path) -> tuple[dict[str, torch.Tensor], dict[str, float]]:
    values = torch.load(run / checkpoints.LATEST, weights_only=True)
    networks = ("generator", "averaged", "discriminators")
    weights = {f"{n}.{key}": w for n in networks for key, w in values[n].items()}
    return weights, {name: float(value) for name, value in values["balance"].items()}


def test_two_processes_learn_what_one_does(
    per_crop: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, port = tmp_path / "preset.json", free_port()
    file.write_text(per_crop.model_dump_json())
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ONE_OF_TWO, str(file), str(tmp_path / f"run{rank}")],
            env={**os.environ, **environment(rank, 2, port)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    monkeypatch.setattr(state, "best_precision", lambda device: torch.float32)
    list(train(per_crop, tmp_path / "alone", device="cpu"))
    told = [process.communicate(timeout=120)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert not (tmp_path / "run1").exists()  # the first process's folder is the run's
    before = state.new_state(per_crop, CPU).generator.state_dict()
    (ours, our_factors), (theirs, their_factors) = (
        weights_of(tmp_path / name) for name in ("alone", "run0")
    )
    for name, start in before.items():
        one, other = ours[f"generator.{name}"], theirs[f"generator.{name}"]
        assert float((one - other).norm()) < 0.01 * float((one - start).norm()) + 1e-7, name
    assert our_factors.keys() == {"structure", "color", "tone"}
    # Logarithms; a mean of two norms is not quite the norm of the whole.
    assert our_factors == pytest.approx(their_factors, abs=0.05)
    losses = [re.findall(r"'d_texture': ([\d.]+)", lines) for lines in told]
    assert losses[0] == losses[1]  # all are told the mean over the processes
    assert len(losses[0]) == 4


@pytest.mark.parametrize("stopped", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_all_processes_stop_after_the_step_at_which_one_is_asked_to(
    per_crop: Preset, tmp_path: Path, stopped: int
) -> None:
    file, run, port = tmp_path / "preset.json", tmp_path / "run", free_port()
    file.write_text(per_crop.model_dump_json())
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ASKED_TO_STOP, str(file), str(run), str(stopped)],
            env={**os.environ, **environment(rank, 2, port)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    told = [process.communicate(timeout=120)[0] for process in processes]

    other = 1 - stopped
    assert (processes[stopped].returncode, processes[other].returncode) == (0, 143)
    assert told[stopped] == ""
    assert "asked to stop: stopped after step 2" in told[other]
    assert torch.load(run / checkpoints.LATEST, weights_only=True)["step"] == 2


def test_every_process_has_other_crops_of_the_batch() -> None:
    crops = torch.arange(6).view(6, 1, 1, 1)
    shares = [Team(rank, 3).share(Batch(crops, crops + 10, crops + 20)) for rank in range(3)]

    assert [share.photos.flatten().tolist() for share in shares] == [[0, 1], [2, 3], [4, 5]]
    assert shares[1].art.flatten().tolist() == [12, 13]
    assert shares[1].painted is not None
    assert shares[1].painted.flatten().tolist() == [22, 23]


def test_a_process_alone_keeps_what_it_has() -> None:
    team, values = Team(), torch.tensor([1.0, 2.0])
    team.average([values])
    team.wait()

    assert values.tolist() == [1.0, 2.0]
    assert team.agree("as it is") == "as it is"
    assert (team.stops(), team.stops(True)) == (False, True)
    assert team.leads


def test_a_batch_that_cannot_be_shared_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(1, 4, 1).items():
        monkeypatch.setenv(name, value)

    assert is_follower()
    with (
        pytest.raises(UsageError, match=r"train\.batch_size = 6 .* by 4 processes") as caught,
        joined(CPU, 6),
    ):
        pass
    assert caught.value.hint == "set it to a multiple of 4"


def test_a_machine_with_too_few_gpus_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(3, 4, 1).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)

    with (
        pytest.raises(UsageError, match="no GPU for process 4: 2 here"),
        joined(torch.device("cuda"), 8),
    ):
        pass


@pytest.mark.slow
def test_torchrun_starts_processes_of_which_one_speaks(per_crop: Preset, tmp_path: Path) -> None:
    overrides = ["train.steps=4", "train.batch_size=2", "train.crop_size=64", "data.samples=2"]
    overrides += ["model.channels=[4, 6]", "discriminator.channels=4"]
    given = [word for override in overrides for word in ("--set", override)]
    command = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-port"]
    command += [str(free_port()), "-m", "ganfx", "train", "noir", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, *command, *given], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == [str(tmp_path / "run" / "noir.safetensors")]
    assert done.stderr.count("2 processes on CPU") == 1
