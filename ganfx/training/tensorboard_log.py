"""TensorBoard: a run's values and previews, written beside the run as it goes.

The board is one more listener to the events of `ganfx.training.train`; it needs the
``tensorboard`` package, which ganfx does not install by itself.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ganfx.errors import MediaError, UsageError
from ganfx.media.frames import read_picture
from ganfx.training.distributed import is_follower
from ganfx.training.events import Event, Notice, PreviewSaved, StepDone, TrainingStarted

if TYPE_CHECKING:  # an optional package, and slow to import
    from torch.utils.tensorboard import SummaryWriter

FOLDER = "tensorboard"


def logged(events: Generator[Event, None, None], run: Path) -> Generator[Event, None, None]:
    """Pass the events of a run on, and write them into ``RUN/tensorboard``.

    Losses are under ``losses/`` by the names of ``stats.jsonl``, speed and memory under
    ``run/``, previews are pictures, the preset and notices are texts. Steps that a resumed
    run does anew replace those before.

    Raises:
        UsageError: TensorBoard is not installed; nothing was started.
    """
    _require_tensorboard()
    return events if is_follower() else _logged(events, run)


def _require_tensorboard() -> None:
    if importlib.util.find_spec("tensorboard") is None:
        raise UsageError(
            "--tensorboard needs the tensorboard package, which is not installed",
            hint='pip install "ganfx[tensorboard]", or: pip install tensorboard',
        )


def _logged(events: Generator[Event, None, None], run: Path) -> Generator[Event, None, None]:
    writer: SummaryWriter | None = None
    step = 0
    try:
        with closing(events):
            for event in events:
                if isinstance(event, TrainingStarted):
                    writer = _open(event, run)
                    step = event.first_step - 1
                elif isinstance(event, StepDone):
                    step = event.step
                if writer is not None:
                    _write(writer, event, step)
                yield event
    finally:
        if writer is not None:
            writer.close()


def _open(event: TrainingStarted, run: Path) -> SummaryWriter:
    from torch.utils.tensorboard import SummaryWriter

    resumed = event.first_step > 1
    writer = SummaryWriter(str(run / FOLDER), purge_step=event.first_step if resumed else None)
    settings = json.dumps(event.preset.model_dump(mode="json"), indent=2)
    writer.add_text("preset", f"```\n{settings}\n```", event.first_step - 1)
    return writer


def _write(writer: SummaryWriter, event: Event, step: int) -> None:
    match event:
        case StepDone(losses=dict() as losses):
            for name, value in losses.items():
                writer.add_scalar(f"losses/{name}", value, step)
            if event.images_per_second:
                writer.add_scalar("run/images_per_second", event.images_per_second, step)
            if event.memory is not None:
                writer.add_scalar("run/memory_GiB", event.memory / 2**30, step)
        case PreviewSaved():
            with suppress(MediaError):  # removed meanwhile
                picture = read_picture(event.path)
                writer.add_image("preview", picture, event.step, dataformats="HWC")
        case Notice():
            writer.add_text("notices", event.message, step)
