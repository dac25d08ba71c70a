"""The record of a run and its report, however the run ends."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from itertools import takewhile
from pathlib import Path

import pytest

from ganfx.errors import GanfxError, MediaError
from ganfx.preset import Preset
from ganfx.training import tracking, train
from ganfx.training.events import Event, Notice, ReportSaved, StepDone, TrainingDone
from ganfx.training.run_record import read_history, read_record
from ganfx.training.tracking import tracked
from tests.training.made_runs import started, write_run


def test_a_finished_run_has_its_report_before_it_says_so(preset: Preset, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = list(train(preset, run, device="cpu"))
    page = (run / "report.html").read_text(encoding="utf-8")

    assert isinstance(events[-2], ReportSaved)
    assert isinstance(events[-1], TrainingDone)
    assert "6 steps in" in page
    assert "tiny.safetensors" in page
    record = read_record(run)
    assert record.provenance.art[0].count == 4
    assert record.sessions[0].device.startswith("CPU")
    assert record.generator_parameters > 0


def test_lines_of_the_statistics_have_losses_speed_and_memory(
    preset: Preset, tmp_path: Path
) -> None:
    list(train(preset, tmp_path / "run", device="cpu"))
    rows = read_history(tmp_path / "run")

    assert rows[-1].keys() >= {"step", "texture", "d_texture", "style", "content"}
    assert rows[-1]["images_per_second"] > 0
    assert rows[-1]["memory"] > 2**20  # bytes
    assert rows[-1]["seconds"] >= rows[0]["seconds"] >= 0


def test_the_report_is_there_from_the_first_preview_on_and_grows(
    preset: Preset, tmp_path: Path
) -> None:
    run, pages = tmp_path / "run", []
    for event in train(preset, run, device="cpu"):
        if isinstance(event, ReportSaved):
            pages.append(event.path.read_text(encoding="utf-8"))

    assert len(pages) == 4  # of steps 1, 4 and 6, and the whole
    assert ["refresh" in page for page in pages] == [True, True, True, False]
    assert "In training, at step 4 of 6" in pages[1]
    assert f"--style {run / 'tiny.safetensors'}" in pages[1]


def test_a_run_that_is_stopped_and_resumed_has_a_report_each_time(
    preset: Preset, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    with closing(train(preset, run, device="cpu")) as events:
        for _ in takewhile(lambda e: not (isinstance(e, StepDone) and e.step == 2), events):
            pass
    assert "Stopped after step 2 of 6" in (run / "report.html").read_text(encoding="utf-8")

    list(train(preset, run, device="cpu", resume=True))
    assert "6 steps in" in (run / "report.html").read_text(encoding="utf-8")
    assert [session.first_step for session in read_record(run).sessions] == [1, 3]
    assert [row["step"] for row in read_history(run)] == [1, 2, 3, 4, 5, 6]


def test_a_finished_run_that_goes_on_is_not_finished_any_more(
    preset: Preset, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "run", preset, steps=range(1, 7), previews=[])
    style = run / "tiny.safetensors"
    begin, done = started(preset, run), TrainingDone(style, run, 6, 12.0)
    list(tracked((event for event in (begin, StepDone(6, 6, None, 4.0), done)), run))
    assert "6 steps in 12 s" in (run / "report.html").read_text(encoding="utf-8")

    longer = started(preset, run, first_step=7, steps=20)
    list(tracked((event for event in (longer, StepDone(9, 20, None, 4.0))), run))
    assert "Stopped after step 9 of 20" in (run / "report.html").read_text(encoding="utf-8")


def failing(preset: Preset, run: Path) -> Generator[Event, None, None]:
    yield started(preset, run)
    yield StepDone(1, 6, {"texture": 1.0}, 0.0)
    yield Notice("left out scan.png: truncated")
    raise GanfxError("training diverged at step 2")


def test_a_run_that_fails_has_a_report_that_says_why(preset: Preset, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", preset, steps=[1], previews=[])
    with pytest.raises(GanfxError, match="diverged"):
        list(tracked(failing(preset, run), run))

    told = [(remark.step, remark.message) for remark in read_record(run).remarks]
    assert told == [
        (1, "left out scan.png: truncated"),
        (1, "stopped: training diverged at step 2"),
    ]
    assert "diverged at step 2" in (run / "report.html").read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_fails_nothing(
    preset: Preset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(run: Path, *, going: bool) -> Path:
        raise MediaError(f"cannot write {run / 'report.html'}: No space left on device")

    monkeypatch.setattr(tracking, "write_report", full)
    events = list(train(preset, tmp_path / "run", device="cpu"))

    assert isinstance(events[-1], TrainingDone)
    notice = events[-2]
    assert isinstance(notice, Notice)
    assert "no report: cannot write" in notice.message


def test_a_damaged_record_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{")
    assert read_record(tmp_path).sessions == ()
