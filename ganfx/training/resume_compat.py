"""Resume compatibility: which keys of a preset may change when its run is resumed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ganfx.errors import UsageError
from ganfx.preset import EffectSections, Preset

FREE = (
    "description",
    "licence",
    "notes",
    "train.steps",
    "train.minutes",
    "train.compile",
    "train.preview_every",
    "train.save_every",
    "train.log_every",
)
"""Keys that may change freely: they do not reach the weights, or say how long the run is."""
EFFECTS = tuple(f"{effect}." for effect in EffectSections.model_fields)
"""Tables that may change freely where the discriminators see no marks (``train.marks``)."""
NETWORKS = ("model.", "discriminator.channels", "discriminator.spectral_norm")
"""Keys that networks are built from: with other values a checkpoint does not fit."""
FOLDERS = ("data.photos", "data.art", "data.pairs")
"""Keys whose values may be folders."""
COMPARED = ("loss.contrast", "loss.identity")
"""Terms that train projection heads, as long as either is on."""


def check_changes(before: dict[str, Any], preset: Preset, run: Path, *, force: bool) -> list[str]:
    """Compare a preset with the one that a run was started with.

    A longer or shorter run is no other run: ``train.steps`` and ``train.minutes`` may
    change without ``force``, and so may what only describes or reports. The learning
    rates then fall over the last part of the new length.

    Args:
        before: The run's preset so far, as JSON.
        preset: The one that it shall go on with.
        run: Its folder.
        force: Whether other changes are meant.

    Returns:
        What differs, as ``train.seed (1, now 9)``.

    Raises:
        UsageError: A key differs that may not; all of them are named.
    """
    after = preset.model_dump(mode="json")
    before = _with_later_keys(before)
    changed = _changed_keys(before, after)
    unfit = [key for key in changed if key.startswith(NETWORKS)]
    if _has_heads(before) != _has_heads(after):
        unfit += [key for key in changed if key in COMPARED]
    if unfit:
        raise UsageError(
            f"{run} cannot go on with other networks: {_list(unfit, changed)}",
            hint=_new_run(unfit),
        )
    refused = _reaching_weights(changed, after)
    if refused and not force:
        raise UsageError(
            f"{run} was started with a different preset: {_list(refused, changed)}",
            hint="resume with the preset it was started with, or go on with this one: --force",
        )
    return [f"{key} ({values})" for key, values in changed.items()]


def differences(before: dict[str, Any], preset: Preset) -> list[str]:
    """How a preset differs from a run's, as JSON, in what reaches the weights."""
    after = preset.model_dump(mode="json")
    changed = _changed_keys(_with_later_keys(before), after)
    return [f"{key} ({changed[key]})" for key in _reaching_weights(changed, after)]


def _reaching_weights(changed: dict[str, str], after: dict[str, Any]) -> list[str]:
    free = FREE if after["train"]["marks"] else (*FREE, *EFFECTS)
    return [key for key in changed if not key.startswith(free)]


def _with_later_keys(before: dict[str, Any]) -> dict[str, Any]:
    """The preset of a run of an earlier version, with what its version had no key for."""
    later: dict[str, dict[str, Any]] = {
        "data": {"background": "white", "look_at_art": False},
        "train": {"marks": 0},
        "model": {"keep_detail": False, "color_start": False},
    }
    return {**before, **{name: {**keys, **before[name]} for name, keys in later.items()}}


def _new_run(unfit: list[str]) -> str:
    """Advice on what a new run can take over: weights fit the same generator only."""
    if any(key.startswith("model.") for key in unfit):
        return (
            "start a new run with another --out; it begins anew: the weights of the old generator"
            " do not fit the new one"
        )
    return "start a new run with another --out; --init STYLE begins it with the weights of a look"


def _has_heads(values: dict[str, Any]) -> bool:
    loss = values["loss"]
    return bool(loss["contrast"] or loss["identity"])


def _list(keys: list[str], changed: dict[str, str]) -> str:
    return ", ".join(f"{key} ({changed[key]})" for key in keys)


def _changed_keys(
    before: dict[str, Any], after: dict[str, Any], prefix: str = ""
) -> dict[str, str]:
    """Dotted keys whose values differ, and how: ``1, now 9``."""
    changed: dict[str, str] = {}
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            changed |= _changed_keys(old, new, f"{prefix}{key}.")
        elif old != new and not (f"{prefix}{key}" in FOLDERS and _are_one(old, new)):
            changed[f"{prefix}{key}"] = f"{old}, now {new}"
    return changed


def _are_one(old: str | None, new: str | None) -> bool:
    """Whether a folder was only written in another way: ``photos/``, ``./photos``."""
    return old is not None and new is not None and "" not in (old, new) and Path(old) == Path(new)
