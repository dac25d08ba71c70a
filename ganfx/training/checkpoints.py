"""Run folders: the resolved preset, the statistics, and what a resumed run needs.

A checkpoint is read with torch's restricted loader, which builds tensors and plain
values and runs no code. It is written beside its final name and then moved, so an
interruption or a full disk leaves the previous one whole.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from ganfx import __version__
from ganfx.errors import GanfxError, UsageError
from ganfx.preset import Preset
from ganfx.training.state import State

FORMAT = 2
LATEST = "latest.pt"
PRESET = "preset.json"
STATS = "stats.jsonl"
PREVIEWS = "previews"


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


def start_run(run: Path, preset: Preset) -> None:
    """Make the run folder and write the resolved preset into it.

    Raises:
        UsageError: The folder holds another run, or cannot be written.
    """
    try:
        if (run / LATEST).exists() or (run / PRESET).exists():
            raise UsageError(
                f"{run} already holds a run",
                hint="continue it with --resume, or choose another --out",
            )
        (run / PREVIEWS).mkdir(parents=True, exist_ok=True)
        (run / PRESET).write_text(preset.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write to {run}: {error.strerror}") from error


def save_checkpoint(state: State, run: Path) -> Path:
    """Write everything that a resumed run needs, in one move.

    Raises:
        GanfxError: The disk is full or not writable; an earlier checkpoint stays whole.
    """
    path = run / LATEST
    partial = run / f".{LATEST}.partial"
    values = {
        "format": FORMAT,
        "ganfx": __version__,
        "preset": state.preset.model_dump_json(),
        "step": state.step,
        "steps": state.steps,
        "seconds": state.seconds,
        "generator": state.generator.state_dict(),
        "averaged": state.averaged.state_dict(),
        "discriminators": state.discriminators.state_dict(),
        "heads": state.heads.state_dict(),
        "generator_optimizer": state.generator_optimizer.state_dict(),
        "discriminator_optimizer": state.discriminator_optimizer.state_dict(),
    }
    try:
        torch.save(values, partial)
        partial.replace(path)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as RuntimeError
        partial.unlink(missing_ok=True)
        raise GanfxError(f"cannot write checkpoint {path}: {error}") from error
    return path


def load_checkpoint(state: State, run: Path) -> None:
    """Bring ``state`` to where the run stopped.

    Raises:
        UsageError: No checkpoint, a damaged one, or one of a different preset; the
            message names the keys that differ.
    """
    values = _read(run)
    changed = _differences(json.loads(values["preset"]), state.preset.model_dump(mode="json"))
    if changed:
        raise UsageError(
            f"{run} was started with a different preset: {', '.join(changed)}",
            hint="resume with the preset it was started with, or start a new run",
        )
    for name in ("generator", "averaged", "discriminators", "heads"):
        getattr(state, name).load_state_dict(values[name])
    for name in ("generator_optimizer", "discriminator_optimizer"):
        getattr(state, name).load_state_dict(values[name])
    for name in ("step", "steps", "seconds"):
        setattr(state, name, values[name])


def append_stats(run: Path, row: dict[str, float | int]) -> None:
    """One line of ``stats.jsonl``."""
    with (run / STATS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")


def _read(run: Path) -> dict[str, Any]:
    path = run / LATEST
    if not path.is_file():
        raise UsageError(f"nothing to resume: no checkpoint in {run}")
    try:
        values: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds for a damaged file
        raise UsageError(f"cannot read checkpoint {path}: damaged or not a checkpoint") from error
    if values.get("format") != FORMAT:
        raise UsageError(f"{path} was written by ganfx {values.get('ganfx')}: cannot resume it")
    return values


def _differences(before: dict[str, Any], after: dict[str, Any], prefix: str = "") -> list[str]:
    """Dotted keys whose values differ, as ``train.seed (1, now 2)``."""
    changed = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            changed += _differences(old, new, f"{prefix}{key}.")
        elif old != new:
            changed.append(f"{prefix}{key} ({old}, now {new})")
    return changed
