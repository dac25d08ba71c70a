"""What fingerprints say of options: all that pixels depend on beside the files of a frame.

Only `Option.pixels` says which options these are. Their order, and what is left out where it is not
set, are those of records of earlier versions, which stay valid.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ganfx import __version__
from ganfx.option import Pixels, declared
from ganfx.stylize.declared.hold import Hold
from ganfx.stylize.effects import Effects
from ganfx.stylize.effects.regional import RegionalEffects
from ganfx.stylize.job.libraries import other_versions, runtime_version
from ganfx.stylize.job.resolved import ResolvedOptions
from ganfx.stylize.network.brush_scale import recorded_scale
from ganfx.stylize.network.regional import Layer
from ganfx.stylize.options import Options


def shared_text(
    layers: Sequence[Layer], effects: Effects, resolved: ResolvedOptions, precision: str
) -> str:
    """The part of the fingerprint that all frames share.

    Args:
        layers: The look, and those of regions over it.
        effects: Of all of them.
        resolved: Options, as they are in a frame.
        precision: As it is computed, whatever it was called.
    """
    options, look, signed = resolved.options, layers[0].look, resolved.credentials
    laid = effects.fingerprint()
    read = {
        "scale": recorded_scale(options.scale, look.scale),
        "precision": precision,
        "ocio": resolved.ocio_hash,
        "credentials": None if signed is None else signed.identity,
    }
    shared: dict[str, Any] = {"ganfx": __version__, "style": look.fingerprint}
    tables = {name: laid.pop(name) for name in effects.always}
    by_effect = dict(_of(options, "by effect"))
    for name, value in _of(options, "always", "by effect"):
        if name in tables or name not in by_effect:
            shared[name] = tables[name] if name in tables else read.get(name, value)
    shared |= _set(options, "if set", read)
    versions = other_versions() | runtime_version(options.backend)
    other: dict[str, Any] = {"libraries": versions} if versions else {}
    if isinstance(effects, RegionalEffects):
        other["regions"] = _regions(layers, effects)
    return json.dumps(shared | laid | other, default=str)


def temporal_text(resolved: ResolvedOptions, motion: str) -> str:
    """The part of the fingerprint of temporally filtered frames.

    Of OpenCV's motion nothing is said, as in records of earlier versions.

    Args:
        resolved: Options, as they are in a frame.
        motion: What estimates motion.
    """
    starts, vectors, options = resolved.shot_starts, resolved.vectors, resolved.options
    read = {
        "cuts": "auto" if starts is None else sorted(starts),
        "flow": vectors.told if vectors else (),
        "motion": motion,
    }
    said = {name: read.get(name, value) for name, value in _of(options, "over time")}
    if motion == "opencv":
        del said["motion"]
    held = {"hold": _without_names(options.hold)}
    return json.dumps(said | _set(options, "over time, if set", held), default=str)


def _without_names(hold: Hold) -> Hold:
    """Of holds without the names of mattes, which count by their pixels."""
    mattes = ((str(number), frames) for number, (_, frames) in enumerate(hold.mattes))
    return replace(hold, mattes=tuple(mattes))


def _regions(layers: Sequence[Layer], effects: RegionalEffects) -> list[dict[str, Any]]:
    """What regions are made with, but for their mattes."""
    return [
        {
            "style": layer.look.fingerprint,
            "strength": layer.strength,
            "scale": recorded_scale(layer.options.scale, layer.look.scale),
            "boil": str(layer.options.boil),
            "effects": table,
        }
        for layer, table in zip(layers[1:], effects.of_regions(), strict=True)
    ]


def _set(options: Options, kind: Pixels, read: Mapping[str, Any]) -> dict[str, Any]:
    """Options that change pixels in a way, where they are not their default.

    ``read`` has what some stand for, which counts in their place.
    """
    unset = Options()
    values = ((name, read.get(name, value)) for name, value in _of(options, kind))
    return {name: value for name, value in values if value != getattr(unset, name)}


def _of(options: Options, *kinds: Pixels) -> list[tuple[str, Any]]:
    """Options that change pixels in one of these ways, with their values."""
    names = [each.field for each in declared(Options) if each.about.pixels in kinds]
    return [(name, getattr(options, name)) for name in names]
