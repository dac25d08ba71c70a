"""Several processes, one run: they learn what one process learns from the whole batch."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.preset import Preset
from ganfx.training import checkpoints, state, train
from ganfx.training.data import Batch
from ganfx.training.distributed import VARIABLES, Team, is_follower, joined
from tests.training.conftest import TINY

CPU = torch.device("cpu")

ONE_OF_TWO = """
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
import torch
from ganfx.errors import GanfxError
from ganfx.preset import Preset
from ganfx.training import previews, state, train
from ganfx.training.events import StepDone
previews.COUNT = 1
state.best_precision = lambda device: torch.float32
preset, folder = Preset.model_validate_json(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
whole, stopped = folder / f"run{os.environ['RANK']}", sys.argv[3]
for event in train(preset, whole, device="cpu"):
    print(event)
print("STOPPED")
os.environ["MASTER_PORT"] = sys.argv[4]  # the other may still be at the end of the first
events = train(preset, folder / "stopped", device="cpu")
try:
    for event in events:
        if isinstance(event, StepDone) and event.step == 2 and os.environ["RANK"] == stopped:
            events.close()
except GanfxError as error:
    print(error.message)
    sys.exit(error.exit_code)
"""
HANG = 600.0  # seconds after which processes are not waited for any more


@pytest.fixture(scope="module")
def per_crop(pictures: Path) -> Preset:
    """Four crops a step, terms that are means over crops, nothing that is drawn at random."""
    return Preset.model_validate(
        {
            **TINY,
            "data": {"photos": str(pictures / "photos"), "art": str(pictures / "art")},
            "loss": {
                **dict.fromkeys(("content", "style"), 0.0),
                **dict.fromkeys(("structure", "color", "tone"), 1.0),
                **{"balance": True, "balance_every": 2},
            },
            "augment": {"flip": False, "probability": 0.0},
            "train": {**TINY["train"], "batch_size": 4, "steps": 4},
        }
    )


def environment(rank: int, size: int, port: int) -> dict[str, str]:
    """What torchrun tells a process."""
    values = (rank, rank, size, "127.0.0.1", port)
    return dict(zip(VARIABLES, map(str, values), strict=True))


@contextmanager
def kept_port() -> Iterator[int]:
    """A port that nobody is given meanwhile, and that a process told of it may listen at."""
    with socket.socket() as kept:
        kept.bind(("127.0.0.1", 0))
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield kept.getsockname()[1]


@dataclass(frozen=True)
class Told:
    """Of two processes: what they printed of a whole run and of one that is stopped."""

    folder: Path
    whole: list[str]
    stopped: list[str]
    codes: list[int]


def two_processes(preset: Preset, folder: Path, stopped: int) -> Told:
    """A whole run, then one that a process of the two is asked to stop at its second step."""
    file = folder / "preset.json"
    file.write_text(preset.model_dump_json())
    with kept_port() as port, kept_port() as next_port:
        arguments = [str(file), str(folder), str(stopped), str(next_port)]
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", ONE_OF_TWO, *arguments],
                env={**os.environ, **environment(rank, 2, port)},
                stdout=subprocess.PIPE,
                text=True,
            )
            for rank in range(2)
        ]
        try:
            told = [process.communicate(timeout=HANG)[0] for process in processes]
        finally:
            for process in processes:
                process.kill()
    parts = [each.partition("STOPPED\n") for each in told]
    codes = [process.returncode for process in processes]
    return Told(folder, [each[0] for each in parts], [each[2] for each in parts], codes)


@pytest.fixture(scope="module")
def first_stopped(per_crop: Preset, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return two_processes(per_crop, tmp_path_factory.mktemp("two"), 0)


def weights_of(run: Path) -> tuple[dict[str, torch.Tensor], dict[str, float]]:
    values = torch.load(run / checkpoints.LATEST, weights_only=True)
    networks = ("generator", "averaged", "discriminators")
    weights = {f"{n}.{key}": w for n in networks for key, w in values[n].items()}
    return weights, {name: float(value) for name, value in values["balance"].items()}


def test_two_processes_learn_what_one_does(
    per_crop: Preset, first_stopped: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "best_precision", lambda device: torch.float32)
    list(train(per_crop, tmp_path / "alone", device="cpu"))

    assert not (first_stopped.folder / "run1").exists()  # the first's folder is the run's
    before = state.new_state(per_crop, CPU).generator.state_dict()
    (ours, our_factors), (theirs, their_factors) = (
        weights_of(run) for run in (tmp_path / "alone", first_stopped.folder / "run0")
    )
    for name, start in before.items():
        one, other = ours[f"generator.{name}"], theirs[f"generator.{name}"]
        assert float((one - other).norm()) < 0.01 * float((one - start).norm()) + 1e-7, name
    assert our_factors.keys() == {"structure", "color", "tone"}
    # Logarithms; a mean of two norms is not quite the norm of the whole.
    assert our_factors == pytest.approx(their_factors, abs=0.05)
    losses = [re.findall(r"'d_texture': ([\d.]+)", lines) for lines in first_stopped.whole]
    assert losses[0] == losses[1]  # all are told the mean over the processes
    assert len(losses[0]) == 4


def test_all_processes_stop_after_the_step_at_which_the_first_is_asked_to(
    first_stopped: Told,
) -> None:
    assert_stopped(first_stopped, 0)


@pytest.mark.slow  # two more processes that load torch, for the other one of them
def test_all_processes_stop_after_the_step_at_which_the_second_is_asked_to(
    per_crop: Preset, tmp_path: Path
) -> None:
    assert_stopped(two_processes(per_crop, tmp_path, 1), 1)


def assert_stopped(told: Told, stopped: int) -> None:
    other = 1 - stopped
    assert (told.codes[stopped], told.codes[other]) == (0, 143)
    assert told.stopped[stopped] == ""
    assert "asked to stop: stopped after step 2" in told.stopped[other]
    latest = torch.load(told.folder / "stopped" / checkpoints.LATEST, weights_only=True)
    assert latest["step"] == 2


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
    command = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone"]
    command += ["-m", "ganfx", "train", "noir", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, *command, *given], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == [str(tmp_path / "run" / "noir.safetensors")]
    assert done.stderr.count("2 processes on CPU") == 1
