"""Checkpoints and run folders: the resolved preset, the statistics, the training state.

A checkpoint is read with torch's restricted loader, which builds tensors and plain
values and runs no code. It is written beside its final name and then moved, so an
interruption or a full disk leaves the previous one whole. There are two: the latest, and
the latest that nothing was wrong with, to which a run that fails goes back. They are one
file with two names as long as they are the same.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from ganfx import __version__
from ganfx.errors import GanfxError, UsageError
from ganfx.media.atomic import cannot_write, write_text
from ganfx.media.locking import FolderLock
from ganfx.preset import Preset, filled_from, written_keys
from ganfx.training.resume_compat import check_changes, differences
from ganfx.training.run_length import change_length
from ganfx.training.state import State

FORMAT = 4
LATEST = "latest.pt"
GOOD = "good.pt"
PRESET = "preset.json"
STATS = "stats.jsonl"
PREVIEWS = "previews"

LEARNED = (
    "generator",
    "averaged",
    "discriminators",
    "heads",
    "generator_optimizer",
    "discriminator_optimizer",
    "balance",
    "stats",
    "controls",
)
"""Attributes of a `State` that have a ``state_dict`` of their own."""
COUNTED = ("step", "steps", "seconds", "finetuned_from")
"""Plain values of a `State`."""
FILE_KEYS = {"stats": "vitals", "finetuned_from": "origin"}
"""Attributes of a `State` that have another name in the file."""


def next_run(name: str, runs: Path = Path("runs")) -> Path:
    """A run folder that is not taken: ``runs/noir-001``, ``runs/noir-002`` and so on."""
    number = 1
    while (runs / f"{name}-{number:03d}").exists():
        number += 1
    return runs / f"{name}-{number:03d}"


def latest_run(name: str, runs: Path = Path("runs")) -> Path:
    """The newest run of a preset that has a checkpoint.

    Raises:
        UsageError: There is none.
    """
    found = sorted(run for run in runs.glob(f"{name}-[0-9]*") if (run / LATEST).is_file())
    if not found:
        raise UsageError(
            f"nothing to resume: no {runs / name}-NNN has a checkpoint",
            hint="start without --resume, or name the run folder with --out",
        )
    return found[-1]


def claim_run(run: Path, lock: FolderLock) -> None:
    """Be the only process that trains the run in this folder.

    Raises:
        UsageError: There is no run to resume, another process trains it, or it cannot be written.
    """
    _require_checkpoint(run / LATEST)
    _take(lock, run)


def refuse_run(run: Path) -> None:
    """Raise `UsageError` where a folder holds a run already."""
    if (run / LATEST).exists() or (run / PRESET).exists():
        raise UsageError(
            f"{run} already holds a run", hint="continue it with --resume, or choose another --out"
        )


def start_run(state: State, run: Path, lock: FolderLock) -> None:
    """Make the run folder, with the resolved preset and a checkpoint to come back to.

    Raises:
        UsageError: The folder holds another run, or cannot be written.
        GanfxError: The disk is full; the folder holds no run then.
    """
    try:
        refuse_run(run)
        (run / PREVIEWS).mkdir(parents=True, exist_ok=True)
        _take(lock, run)
        save_checkpoint(state, run)
        write_preset(run, state.preset)
    except OSError as error:
        raise UsageError(f"cannot write to {run}: {error.strerror}") from error


def write_preset(run: Path, preset: Preset) -> None:
    """Put the resolved preset into the run folder, for those who look there."""
    write_text(run / PRESET, preset.model_dump_json(indent=2) + "\n")


def save_checkpoint(state: State, run: Path, *, good: bool = True) -> Path:
    """Write everything that a resumed run needs, in one move.

    Args:
        state: Between two steps.
        run: The run folder.
        good: Whether a run that fails may go back to this one.

    Raises:
        GanfxError: The disk is full or not writable; an earlier checkpoint stays whole.
    """
    path, partial = run / LATEST, run / f".{LATEST}.partial"
    values = {"format": FORMAT, "ganfx": __version__, "preset": state.preset.model_dump_json()}
    values |= {_file_key(name): getattr(state, name).state_dict() for name in LEARNED}
    values |= {_file_key(name): getattr(state, name) for name in (*COUNTED, "pictures")}
    values["schedule"] = state.schedule.state_dict()
    try:
        # A file of ours: what torch opens by itself fails without the system's own words.
        with partial.open("wb") as file:
            torch.save(values, file)
            file.flush()
            os.fsync(file.fileno())  # a network disk says only now that it is full
        partial.replace(path)
        if good:
            _copy(path, run / GOOD)
    except (OSError, RuntimeError) as error:  # torch's own has the system's behind it
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise _cannot_save(path, error) from error
    return path


def load_checkpoint(state: State, run: Path, *, force: bool = False) -> list[str]:
    """Bring ``state`` to where the run stopped.

    Args:
        state: New, of the preset that is to be used from now on.
        run: The run folder.
        force: Accept a preset that would train differently from here on.

    Returns:
        Keys whose values have changed since the run was started, as ``train.steps (6, now 9)``.

    Raises:
        UsageError: No checkpoint, a damaged one, or one of a different preset; the
            message names the keys that differ.
    """
    values = _read(run / LATEST)
    before = json.loads(values["preset"])
    changed = check_changes(before, state.preset, run, force=force)
    _restore(state, values)
    state.pictures = values.get("pictures", {})
    train = state.preset.train
    if [before["train"][key] for key in ("steps", "minutes")] != [train.steps, train.minutes]:
        change_length(state)
    return changed


def as_begun(preset: Preset, run: Path) -> Preset:
    """The preset with what its run was begun with, where it leaves something open.

    Raises:
        UsageError: No checkpoint, a damaged one, or one of another version.
    """
    before = json.loads(_read(run / LATEST)["preset"])
    data = preset.data.model_copy(update={"look_at_art": False})
    written = written_keys(preset)
    if "train.steps" in written and "train.minutes" not in written:
        before["train"]["minutes"] = None  # it would replace the steps that are asked for
    try:
        return filled_from(preset.model_copy(update={"data": data}), before)
    except ValidationError as error:
        raise UsageError(f"{run} was started with the preset of another version") from error


def return_to_good(state: State, run: Path) -> None:
    """Bring ``state`` back to where nothing was wrong with it.

    Raises:
        UsageError: The checkpoint is gone or damaged.
    """
    _restore(state, _read(run / GOOD))


def load_schedule(state: State, run: Path) -> None:
    """Have the length of another run, and its progress at every step, whatever the clock says.

    Its pictures are kept as those before, so that others are told; so is another preset.

    Raises:
        UsageError: There is no such run, or one of the two has no ``train.minutes``.
    """
    if not (run / LATEST).is_file():
        raise UsageError(
            f"--replay: no run in {run}: it has no {LATEST}",
            hint="name the folder of a run with train.minutes, such as runs/NAME-001",
        )
    values = _read(run / LATEST)
    if "schedule" not in values or json.loads(values["preset"])["train"]["minutes"] is None:
        raise UsageError(
            f"{run} was not trained by the clock: it has no record to go by",
            hint="with equal train.steps, runs are equal anyway",
        )
    if state.preset.train.minutes is None:
        raise UsageError(
            f"the run would have train.steps, and {run} had train.minutes",
            hint="replay it with the preset that it had",
        )
    state.schedule.load_state_dict(values["schedule"] | {"is_recorded": True})
    state.steps, state.pictures = values["steps"], values.get("pictures", {})
    if others := differences(json.loads(values["preset"]), state.preset):
        state.notices.append(
            f"the preset is another than that of {run}: {', '.join(others)}; so will the weights be"
        )


def append_stats(run: Path, row: dict[str, Any]) -> None:
    """One line of ``stats.jsonl``.

    Raises:
        MediaError: It cannot be written.
    """
    try:
        with (run / STATS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    except OSError as error:
        raise cannot_write(run / STATS, error) from error


def _restore(state: State, values: dict[str, Any]) -> None:
    for name in ("generator_optimizer", "discriminator_optimizer"):
        # The checkpoint may be another device's. Asked before it is loaded, for a fused optimiser
        # keeps its count of steps on the device.
        for group in values[name]["param_groups"]:
            group["fused"] = state.device.type == "cuda"
    for name in LEARNED:
        getattr(state, name).load_state_dict(values[_file_key(name)])
    for name in COUNTED:
        setattr(state, name, values[_file_key(name)])
    if "schedule" in values:
        state.schedule.load_state_dict(values["schedule"])
    elif state.preset.train.minutes is not None:  # of a version that fixed the length at the start
        state.schedule.begin_anew(state.step, min(1.0, state.step / state.steps), state.steps)
    state.is_whole = True


def _file_key(attribute: str) -> str:
    return FILE_KEYS.get(attribute, attribute)


def _take(lock: FolderLock, run: Path) -> None:
    try:
        taken = lock.take(run)
    except OSError as error:
        raise UsageError(f"cannot write to {run}: {error.strerror}") from error
    if not taken:
        raise UsageError(
            f"{run} is being trained by another process",
            hint="stop that one, or wait until it ends; --out names another run folder",
        )


def _cannot_save(path: Path, error: BaseException) -> GanfxError:
    """The error for a user: in the words of the system, which torch hides behind its own."""
    told: BaseException | None = error
    while told is not None and not (isinstance(told, OSError) and told.strerror):
        told = told.__context__
    words = told.strerror if isinstance(told, OSError) else error
    again = "continue with --resume" if path.exists() else "start again"
    if isinstance(told, PermissionError):
        what = f"permit writing to {path.parent}, then {again}"
    elif isinstance(told, FileNotFoundError):
        what = f"{path.parent} was moved or deleted: {again}"
    else:
        what = f"free some space in {path.parent}, then {again}"
    return GanfxError(f"cannot write checkpoint {path}: {words}", hint=what)


def _require_checkpoint(path: Path) -> None:
    if not path.is_file():
        raise UsageError(f"nothing to resume: no checkpoint in {path.parent}")


def _read(path: Path) -> dict[str, Any]:
    _require_checkpoint(path)
    try:
        values: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise UsageError(f"cannot read checkpoint {path}: damaged or not a checkpoint") from error
    if values.get("format") != FORMAT:
        raise UsageError(f"{path} was written by ganfx {values.get('ganfx')}: cannot resume it")
    return values


def _copy(path: Path, to: Path) -> None:
    partial = to.with_name(f".{to.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        os.link(path, partial)  # needs no space: the next checkpoint is another file
    except OSError:  # not every file system has links
        shutil.copyfile(path, partial)
    partial.replace(to)
