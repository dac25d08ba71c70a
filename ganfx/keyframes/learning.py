"""Learning a look from the keys of a shot, once for each state of these."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganfx import __version__
from ganfx.errors import UsageError
from ganfx.keyframes.coverage import Coverage
from ganfx.keyframes.key_shot import KeyShot
from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import write_text
from ganfx.media.frames import write_picture
from ganfx.preset import Preset, load_preset, override_data, renamed
from ganfx.stylize.job.manifest import file_hash
from ganfx.training import train
from ganfx.training.checkpoints import LATEST, next_run
from ganfx.training.events import Event, TrainingDone

KEYS, RECORD = "keys", "keys.json"
PRESET = "keyframe"
COLORLESS = 4
"""Difference of a pixel's channels, of 255, up to which it is grey."""
WATCHED = 2
"""Frames that are shown in the look as it grows."""
_MONOCHROME = "model.monochrome"


class Learned(NamedTuple):
    """A run that learns, or has learned, from keys as they are."""

    run: Path
    is_done: bool
    is_begun: bool


def key_preset(
    key_shot: KeyShot,
    *,
    name: str = "",
    minutes: float | None = None,
    overrides: Sequence[str] = (),
) -> Preset:
    """The preset that a look is learned with.

    Args:
        key_shot: The shot; where no painting has any color, no look of it has.
        name: Of the look; "" is the preset's.
        minutes: Of training; None is the preset's.
        overrides: ``key=value``; they win.

    Raises:
        UsageError: There are no keys, or a value is wrong.
    """
    if not key_shot.keys:
        raise UsageError("no frame is painted yet", hint="name painted frames with --painted DIR")
    found = [] if minutes is None else [f"train.minutes={minutes}"]
    if all(_is_colorless(key_shot.painting(key)) for key in key_shot.keys):
        found.append(f"{_MONOCHROME}=true")
    preset = load_preset(PRESET, [*found, *overrides])
    return renamed(preset, name) if name else preset


def find_run(key_shot: KeyShot, preset: Preset, runs: Path = Path("runs")) -> Learned:
    """The run that has learned from just these keys, or goes on, or a new one."""
    digest = _digest(key_shot, preset)
    for record in sorted(runs.glob(f"{preset.name}-[0-9]*/{RECORD}"), reverse=True):
        known = _read(record)
        if known.get("digest") == digest:
            done = bool(known.get("done")) and style_of(record.parent, preset).is_file()
            return Learned(record.parent, done, (record.parent / LATEST).is_file())
    return Learned(next_run(preset.name, runs), False, False)


def style_of(run: Path, preset: Preset) -> Path:
    """The file of the look."""
    return run / f"{preset.name}.safetensors"


def learn(
    key_shot: KeyShot, preset: Preset, learned: Learned, coverage: Coverage, *, device: str = "auto"
) -> Generator[Event, None, None]:
    """Train the look of the keys, yielding what happens.

    Args:
        key_shot: The shot.
        preset: From `key_preset`.
        learned: From `find_run`: a run that was stopped goes on.
        coverage: The frames that are covered least are shown as the look grows.
        device: ``auto``, ``cpu`` or ``cuda``.

    Raises:
        UsageError: The folder cannot be written, or a key cannot be learned from.
        GanfxError: Training failed for good, or the disk is full.
    """
    run, pairs = learned.run, learned.run / KEYS
    _write_pairs(key_shot, pairs)
    _record(key_shot, preset, run, done=False)
    taught = override_data(preset, pairs=str(pairs))
    watched = [key_shot.shot.on_disk[frame] for frame in _least_covered(coverage)]
    events = train(taught, run, device=device, resume=learned.is_begun, watch=watched)
    with closing(events):
        for event in events:
            if isinstance(event, TrainingDone):
                _record(key_shot, preset, run, done=True)
            yield event


def settle(key_shot: KeyShot, preset: Preset, learned: Learned) -> None:
    """Take the look of a run that was stopped as it is."""
    _record(key_shot, preset, learned.run, done=True)


def _record(key_shot: KeyShot, preset: Preset, run: Path, *, done: bool) -> None:
    digest = _digest(key_shot, preset)
    write_text(run / RECORD, json.dumps({"digest": digest, "done": done}))


def _write_pairs(key_shot: KeyShot, folder: Path) -> None:
    """Keys beside their frames, as the network sees both."""
    try:
        for part in ("photos", "painted"):
            (folder / part).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot write to {folder}: {error.strerror}") from error
    for key in key_shot.keys:
        name = f"{key.plate.stem}.png"
        write_picture(folder / "photos" / name, key_shot.plate(key.frame))
        write_picture(folder / "painted" / name, key_shot.painting(key))


def _digest(key_shot: KeyShot, preset: Preset) -> str:
    """Of all that the look depends on."""
    keys = [f"{key.frame} {file_hash(key.picture)} {file_hash(key.plate)}" for key in key_shot.keys]
    space = key_shot.color.space
    color = "" if space is None else repr(space)
    told = [__version__, color, preset.model_dump_json(exclude={"data": {"pairs"}}), *keys]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _least_covered(coverage: Coverage) -> list[int]:
    ordered = sorted(coverage.by_frame, key=lambda frame: coverage.by_frame[frame])
    return ordered[:WATCHED]


def _is_colorless(picture: ImageU8) -> bool:
    channels = picture.astype(np.int16)
    spread = channels.max(axis=-1) - channels.min(axis=-1)
    return bool(np.mean(spread > COLORLESS) < 1e-3)


def _read(record: Path) -> dict[str, object]:
    try:
        known = json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
