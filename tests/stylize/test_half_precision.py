"""A run in half precision: the same however it is cut, and known again by what it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ganfx.errors import NodeError
from ganfx.media.frames import write_picture
from ganfx.stylize import Options, stylize, stylize_array
from ganfx.stylize.engine import rehearse
from ganfx.stylize.events import FrameDone, StylizeStarted
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.resolved import resolve
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.look import open_look
from tests.stylize.conftest import Contents, make_shot, of_kind, photo, run


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU that multiplies bfloat16, or else does so slowly."""
    for module in ("ganfx.models.devices", "ganfx.stylize.network.look"):
        monkeypatch.setattr(f"{module}.best_precision", lambda device: torch.bfloat16)


def test_a_shot_in_parts_and_tiles_is_the_whole_shot(
    inked: Path, native: None, contents: Callable[[Path], Contents]
) -> None:
    make_shot(Path("shot"))
    exact, whole, parts = Path("exact"), Path("whole"), Path("parts")
    run("shot", inked, out=exact, device="cpu", precision="float32")
    done = run("shot", inked, out=whole, device="cpu", precision="half")
    (started,) = of_kind(done, StylizeStarted)
    assert started.precision == "bfloat16"
    for frames in ("1003-1005", "1001-1002"):
        run("shot", inked, out=parts, device="cpu", precision="half", frames=frames, tile=16)
    assert contents(parts) == contents(whole) != contents(exact)
    assert len(contents(parts)) == 5


def test_records_know_half_precision_by_what_it_was(inked: Path, native: None) -> None:
    make_shot(Path("shot"))

    def redone(precision: str) -> int:
        done = run("shot", inked, out=Path("out"), device="cpu", precision=precision)
        return len(of_kind(done, FrameDone))

    assert redone("half") == 5
    assert redone("bfloat16") == 0
    assert redone("half") == 0
    assert redone("float32") == 5
    assert redone("auto") == 0  # what is more exact will do where nothing is asked for
    assert redone("half") == 5


def test_what_a_gpu_made_is_known_on_a_cpu_by_its_name(inked: Path, native: None) -> None:
    resolved = (resolve(Options(precision=each)) for each in ("float16", "bfloat16", "half"))
    write_picture(Path("a.png"), photo())
    look, job = open_look(inked, device="cpu"), Job(Path("a.png"), Path("out/a.png"), None)
    gpus, by_name, half = (Run(look, each, {}).fingerprint(job) for each in resolved)
    on_gpu = replace(look, device=torch.device("cuda"))
    assert gpus == Run(on_gpu, resolve(Options(precision="half")), {}).fingerprint(job)
    assert half == by_name != gpus


def test_a_machine_that_is_not_made_for_it_says_so_before_it_starts(
    inked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ganfx.models.devices.best_precision", lambda device: torch.float32)
    make_shot(Path("shot"))
    for precision, says in (("half", "no bfloat16"), ("float16", "for GPUs")):
        options = Options(out=Path("out"), device="cpu", precision=precision)
        with pytest.raises(NodeError, match=says):
            list(stylize("shot", inked, options))
        with pytest.raises(NodeError, match=says):
            stylize_array(photo(), inked, Options(device="cpu", precision=precision))
        assert list(rehearse("shot", inked, options))  # what others made may be looked for here
    assert not Path("out").exists()
