"""A dry run: what a run costs, told from a few steps."""

from __future__ import annotations

import mmap
from pathlib import Path

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.preset import Preset
from ganfx.training import estimate_cost, memory, train
from ganfx.training.dry_run import _largest_batch, _Trial, estimate_cost_steps
from ganfx.training.events import TrainingDone
from ganfx.training.memory import MemoryMeter, peak_memory

CPU = torch.device("cpu")
GIB = 2**30


def test_a_dry_run_counts_and_times_and_writes_nothing(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cost = estimate_cost(preset, device="cpu")

    assert cost.seconds_per_step > 0
    assert cost.images_per_second == pytest.approx(2 / cost.seconds_per_step)
    assert cost.steps == 6
    assert cost.hours == pytest.approx(6 * cost.seconds_per_step / 3600)
    assert list(tmp_path.iterdir()) == []


def test_a_look_that_a_run_could_not_begin_with_is_told(preset: Preset) -> None:
    with pytest.raises(UsageError, match="unknown style nope"):
        next(estimate_cost_steps(preset, device="cpu", init="nope"))


def test_a_dry_run_begins_with_a_look(preset: Preset, tmp_path: Path) -> None:
    (*_, done) = train(preset, tmp_path, device="cpu")
    assert isinstance(done, TrainingDone)

    cost = estimate_cost(preset, device="cpu", init=done.style)
    assert "Fine-tuned from tiny" in cost.started.provenance.notes


def test_minutes_become_the_steps_that_fit_them(preset: Preset) -> None:
    train = preset.train.model_copy(update={"minutes": 30.0})
    cost = estimate_cost(preset.model_copy(update={"train": train}), device="cpu")

    assert cost.steps == pytest.approx(1800 / cost.seconds_per_step, abs=1)
    assert cost.hours == pytest.approx(0.5, rel=0.01)


def test_a_dry_run_says_how_far_its_loading_is(preset: Preset) -> None:
    estimating = estimate_cost_steps(preset, device="cpu")

    assert (next(estimating).done, next(estimating).done) == (0, 9)
    estimating.close()


@pytest.mark.parametrize(
    ("less", "more", "available", "fits"),
    [
        ((2, 2 * GIB), (4, 3 * GIB), 10 * GIB, 16),  # 1 GiB and half a GiB a crop, of 9 GiB
        ((2, 2 * GIB), (4, 3 * GIB), 1 * GIB, 1),
        ((2, 3 * GIB), (4, 3 * GIB), 10 * GIB, None),  # too small to be seen
        ((2, 2 * GIB), (2, 2 * GIB), 10 * GIB, None),  # parts of a batch that did not fit
        ((2, None), (4, None), 10 * GIB, None),
        ((2, 2 * GIB), (4, 3 * GIB), None, None),
    ],
)
def test_the_largest_batch_is_on_the_line_through_two_trials(
    less: tuple[int, int | None],
    more: tuple[int, int | None],
    available: int | None,
    fits: int | None,
) -> None:
    one, other = (_Trial(1.0, crops, bytes_) for crops, bytes_ in (less, more))

    assert _largest_batch(one, other, available) == fits


def test_the_meter_sees_what_was_taken_since_it_was_restarted() -> None:
    meter = MemoryMeter(CPU)
    meter.restart()
    before = meter.peak()
    if before is None:
        pytest.skip("this system does not tell a process its peak")
    with mmap.mmap(-1, 64 * 2**20) as taken:  # new pages: a heap may have some to spare
        for page in range(0, len(taken), mmap.PAGESIZE):
            taken[page] = 1
        during = meter.peak()
    meter.restart()
    after = meter.peak()

    assert during is not None
    assert after is not None
    assert during - before == pytest.approx(64 * 2**20, rel=0.25)
    assert after < during - 32 * 2**20


def test_memory_is_unknown_where_the_system_does_not_tell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STATUS", "MACHINE"):
        monkeypatch.setattr(memory, name, tmp_path / "none")
    monkeypatch.setattr(memory, "RESET", tmp_path / "no" / "folder")
    meter = MemoryMeter(CPU)
    meter.restart()

    assert (meter.peak(), meter.available()) == (None, None)


def test_a_containers_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "GROUP", tmp_path)
    meter, without = MemoryMeter(CPU), MemoryMeter(CPU).available()
    if without is None:
        pytest.skip("this system does not tell its free memory")
    (tmp_path / "memory.max").write_text("1000000\n")
    limited = meter.available()
    (tmp_path / "memory.max").write_text("max\n")

    assert limited == 1_000_000
    assert (meter.available() or 0) > 10 * limited


def test_the_peak_of_this_process_is_in_bytes() -> None:
    peak = peak_memory(CPU)
    assert peak is None or peak > 50 * 2**20  # torch alone takes more


def test_on_a_gpu_only_what_others_leave_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process has 60 of 80 GiB; this one has 5 in all, 3 of them in use."""
    gib = 2**30
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (15 * gib, 80 * gib))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 5 * gib)
    assert MemoryMeter(torch.device("cuda")).available() == 20 * gib
