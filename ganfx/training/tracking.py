"""Experiment tracking: the record of a run while it goes, and its report at the end."""

from __future__ import annotations

import datetime
import os
import platform
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path

import torch

from ganfx import __version__
from ganfx.errors import GanfxError
from ganfx.training.events import (
    ArtAnalyzed,
    Event,
    Loading,
    Notice,
    PreviewSaved,
    ReportSaved,
    StepDone,
    TrainingDone,
    TrainingStarted,
)
from ganfx.training.report import write_report
from ganfx.training.run_record import (
    Remark,
    RunRecord,
    Session,
    describe_processor,
    read_record,
    save_record,
)


def tracked(events: Generator[Event, None, None], run: Path) -> Generator[Event, None, None]:
    """Pass the events of a run on, keep its record, and leave a report however it ends.

    The report is written anew with every preview. It is whole before `TrainingDone` is yielded, and
    after the iterator was closed early or the run failed. One that cannot be written fails nothing.
    """
    record: RunRecord | None = None
    told = False
    try:
        with closing(events):
            for event in events:
                if isinstance(event, Loading):  # before there is a run to keep a record of
                    yield event
                    continue
                record = _updated(record, event, run)
                if record and isinstance(event, TrainingDone):
                    told = True
                    yield _report(record, run)
                elif record and isinstance(event, TrainingStarted | ArtAnalyzed | Notice):
                    with suppress(GanfxError):
                        save_record(record, run)
                yield event
                if record and isinstance(event, PreviewSaved):
                    growing = _report(record, run, going=True)
                    if isinstance(growing, ReportSaved):  # else it is told at the end
                        yield growing
    except GanfxError as error:
        record = record and _remarked(record, f"stopped: {error.message}")
        raise
    finally:
        if record is not None and not told:
            _report(record, run)


def _report(record: RunRecord, run: Path, *, going: bool = False) -> ReportSaved | Notice:
    try:
        save_record(record, run)
        return ReportSaved(write_report(run, going=going))
    except (GanfxError, OSError) as error:
        return Notice(f"no report: {error}")


def _updated(record: RunRecord | None, event: Event, run: Path) -> RunRecord | None:
    """The record after an event; None before the start."""
    if isinstance(event, TrainingStarted):
        return _begun(read_record(run) if event.first_step > 1 else RunRecord(), event)
    if record is None:
        return None
    match event:
        case StepDone():
            return record.model_copy(update={"last_step": event.step, "steps": event.steps})
        case ArtAnalyzed():
            return _remarked(record, f"chosen from the art: {event.chosen_in_words}")
        case Notice():
            return _remarked(record, event.message)
        case TrainingDone():
            done = {"style": event.style.name, "seconds": event.seconds}
            return record.model_copy(update=done | {"last_step": event.steps})
    return record


def _begun(record: RunRecord, event: TrainingStarted) -> RunRecord:
    session = Session(
        begun=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M"),
        first_step=event.first_step,
        device=event.device,
        precision=event.precision,
        processor=f"{describe_processor()}, {os.cpu_count()} cores",
        system=platform.platform(),
        python=platform.python_version(),
        torch=torch.__version__,
        ganfx=__version__,
    )
    return record.model_copy(
        update={
            "steps": event.steps,
            "last_step": event.first_step - 1,
            "style": "",  # of an earlier end
            "seconds": 0.0,
            "generator_parameters": event.generator_parameters,
            "discriminator_parameters": event.discriminator_parameters,
            "provenance": event.provenance,
            "sessions": (*record.sessions, session),
        }
    )


def _remarked(record: RunRecord, message: str) -> RunRecord:
    remark = Remark(step=record.last_step, message=message)
    return record.model_copy(update={"remarks": (*record.remarks, remark)})
