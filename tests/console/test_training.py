"""A training run on screen: the live block, the lines of a log, the cost of a dry run."""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from rich.console import Console

from ganfx.console import training
from ganfx.console.training_view import CELLS, Pace, TrainingView, direction, sparkline
from ganfx.preset import Preset
from ganfx.training.dry_run import RunCost
from ganfx.training.events import (
    CheckpointSaved,
    Event,
    Loading,
    LookSaved,
    Notice,
    PlateShown,
    PreviewSaved,
    ReportSaved,
    StepDone,
    TrainingDone,
    TrainingStarted,
)
from tests.training.made_runs import started

RUN = Path("runs/a[1]")


@pytest.fixture
def preset() -> Preset:
    return Preset.model_validate({"name": "tiny", "data": {"photos": "p", "art": "a"}})


class Clock:
    """A clock that goes on by two seconds whenever it is read."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        self.time += 2.0
        return self.time


def a_run(start: TrainingStarted, steps: int = 20) -> Iterator[Event]:
    yield Loading(0, 9)
    yield Loading(9, 9)
    yield start
    yield Notice("left out [scan].png: truncated")
    for step in range(start.first_step, steps + 1):
        values = {"texture": 1.0 / step, "balance_texture": 0.5, "d_margin": 0.25}
        logged = values if step % 2 == 0 else None
        yield StepDone(step, 40, logged, 11.84, 3 * 2**30 if logged else None)
    yield LookSaved(steps, 40, RUN / "tiny.safetensors")
    yield PlateShown(steps, Path("a.exr"), RUN / "watch" / "a.000020.png")
    yield PreviewSaved(steps, RUN / "previews" / "000020.png")
    yield CheckpointSaved(steps, RUN / "latest.pt")


def drawn(view: TrainingView, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), force_terminal=True, color_system=None)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


def shown(
    events: Iterator[Event],
    monkeypatch: pytest.MonkeyPatch,
    *,
    terminal: bool,
    opens: bool = False,
) -> tuple[int, str]:
    console = Console(
        width=120, file=io.StringIO(), force_terminal=terminal, soft_wrap=True, _environ={}
    )
    monkeypatch.setattr(training, "err", console)
    monkeypatch.setattr("ganfx.console.output.err", console)
    step = training.show_training(events, opens=opens).step
    assert isinstance(console.file, io.StringIO)
    return step, console.file.getvalue()


def test_the_block_tells_how_far_the_run_is_and_every_value_by_name(preset: Preset) -> None:
    view = TrainingView(now=Clock())
    for event in a_run(started(preset, RUN)):
        view.note(event)
    text = drawn(view, 120)

    assert "20/40" in text
    assert "50%" in text
    assert "40 s left" in text  # 20 steps, 2 s each by the clock
    assert "11.8 images/s, 3.0 GiB, saved at step 20" in text
    assert "preview runs/a[1]/previews/000020.png" in text
    assert "look runs/a[1]/tiny.safetensors" in text
    texture = next(line for line in text.splitlines() if line.startswith("texture"))
    assert texture.split()[:2] == ["texture", "0.05"]
    assert "falling" in texture
    assert "x0.5" in texture
    assert "d_margin" in texture  # beside it
    assert "balance_texture" not in text


@pytest.mark.parametrize("width", [40, 60, 90, 120])
def test_the_block_fits_any_width(preset: Preset, width: int) -> None:
    view = TrainingView(now=Clock())
    for event in a_run(started(preset, RUN)):
        view.note(event)
    lines = drawn(view, width).splitlines()

    assert max(len(line) for line in lines) <= width
    assert any("d_margin" in line for line in lines)
    assert "20/40" in lines[0]  # what is cut in a low window is the foot


def test_loading_is_shown_before_the_first_step() -> None:
    view = TrainingView(now=Clock())
    assert drawn(view, 80) == ""
    view.note(Loading(3, 12))
    assert "3/12" in drawn(view, 80)


def test_a_run_whose_length_is_not_known_yet_has_no_time_left(preset: Preset) -> None:
    view = TrainingView(now=Clock())
    view.note(started(preset, RUN, steps=None))
    for step in range(1, 8):
        view.note(StepDone(step, None, None, 4.0))
    text = drawn(view, 100)

    assert "left" not in text
    assert "training" in text
    assert "7/" not in text


def test_a_plain_terminal_gets_words_only(preset: Preset) -> None:
    view = TrainingView(fancy=False, now=Clock())
    for event in a_run(started(preset, RUN)):
        view.note(event)
    table = drawn(view, 120).splitlines()[3:]

    assert all(line.isascii() for line in table)
    assert any("falling" in line for line in table)


def test_time_left_follows_the_recent_pace() -> None:
    times = iter([0.0, *range(100, 112)])
    pace = Pace(lambda: float(next(times)))
    for step in range(1, 12):
        pace.note(step)
    assert pace.left(31) == pytest.approx(20.0)
    assert Pace(lambda: 0.0).left(10) is None
    pace.note(3)  # back to an earlier step: nothing is known anew
    assert pace.left(31) is None


def test_the_time_left_of_a_run_with_minutes_is_what_is_left_of_them(preset: Preset) -> None:
    view = TrainingView(now=Clock())
    view.note(started(preset, RUN))
    for step in range(1, 12):
        view.note(StepDone(step, 40, None, 4.0, None, 300.0 - 8 * step))

    assert view.left() == 212.0
    assert "3 min 32 s left" in drawn(view, 100)


def test_trends_are_told_from_noise() -> None:
    assert direction([5, 4, 3, 2, 1, 0.5]) == "falling"
    assert direction([1, 2, 3, 4, 5, 6]) == "rising"
    assert direction([1, -1, 1, -1, 1, -1, 1, -1]) == "steady"
    assert direction([7.0] * 9) == "steady"
    assert direction([1, 2]) == ""


def test_a_sparkline_goes_from_the_lowest_bar_to_the_highest() -> None:
    assert sparkline([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█"
    assert sparkline([0.1] * 3 + [0.1 + 1e-12]) == "▁▁▁▁"
    assert len(sparkline(range(1000))) == CELLS


def test_a_log_has_a_line_for_each_logged_step_and_no_control_codes(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, text = shown(a_run(started(preset, RUN)), monkeypatch, terminal=False)
    lines = text.splitlines()

    assert step == 20
    assert "\x1b" not in text
    steps = [line for line in lines if line.startswith("step ")]
    assert len(steps) == 10
    assert steps[0].startswith("step      2/40  texture 0.5  d_margin 0.25  11.8 images/s")
    assert "note: left out [scan].png: truncated" in lines
    assert "preview     runs/a[1]/previews/000020.png" in lines
    assert "watched     runs/a[1]/watch/a.000020.png" in lines
    assert "checkpoint  runs/a[1]/latest.pt" in lines


def test_a_terminal_has_notices_above_one_block_and_no_lines(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def whole() -> Iterator[Event]:
        yield from a_run(started(preset, RUN))
        yield ReportSaved(RUN / "report.html")
        yield TrainingDone(RUN / "tiny.safetensors", RUN, 40, 3700.0)

    _, text = shown(whole(), monkeypatch, terminal=True)

    assert text.index("left out [scan].png") < text.rindex("20/40")
    assert "step     20" not in text
    assert "done in 1 h 1 min" in text
    assert "runs/a[1]/report.html" in text
    assert capsys.readouterr().out.strip() == "runs/a[1]/tiny.safetensors"


def test_a_budget_is_told_once_everything_is_loaded(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    minutes = preset.train.model_copy(update={"minutes": 1.5})
    timed = preset.model_copy(update={"train": minutes})
    for given, says in ((preset, False), (timed, True)):
        _, text = shown(iter([started(given, RUN)]), monkeypatch, terminal=False)
        assert ("budget  1 min 30 s, not counting the time until here" in text) == says


def test_the_report_is_opened_once_when_it_is_first_there(
    preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(training, "open_in_browser", opened.append)
    reports = [started(preset, RUN), *[ReportSaved(RUN / "report.html")] * 3]
    for opens in (False, True):
        shown(iter(reports), monkeypatch, terminal=False, opens=opens)

    assert opened == [RUN / "report.html"]


def test_a_dry_run_tells_speed_hours_memory_and_the_largest_batch(
    preset: Preset, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def estimating() -> Generator[Loading, None, RunCost]:
        yield Loading(1, 2)
        return RunCost(started(preset, Path()), 0.5, 4000, 0.5555, 3 * 2**30, 24)

    console = Console(width=120, file=io.StringIO(), soft_wrap=True)
    monkeypatch.setattr(training, "err", console)
    monkeypatch.setattr("ganfx.console.output.err", console)
    training.show_cost(estimating(), json=True)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()

    assert "0.50 s a step, 8.0 images/s" in text
    assert "33 min 20 s for 4,000 steps" in text
    assert "3.0 GiB at most" in text
    assert "24 would fit (train.batch_size)" in text
    assert '"name": "tiny"' in capsys.readouterr().out
