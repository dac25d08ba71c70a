"""Fine-tuning: a run that starts from the weights of a finished look."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ganfx.errors import UsageError
from ganfx.preset import ModelConfig
from ganfx.styles.file import Style, load_style
from ganfx.styles.header import Provenance
from ganfx.styles.library import find_style
from ganfx.training.state import State

_NOTHING_LEARNED = ("abstraction", "flatten", "tones", "keep_detail")
"""Parts of a generator without weights: a look may be carried over to other ones."""


def fitting_look(style: str | Path, model: ModelConfig) -> Style:
    """The look that a run shall begin with.

    Raises:
        UsageError: As `finetune_from`.
        StyleError: As `finetune_from`.
    """
    look = load_style(find_style(style))
    _check_fit(look.header.model, model, look.header.name)
    return look


def finetune_from(state: State, style: str | Path) -> None:
    """Give a new state the generator of a look; the discriminators begin anew.

    Args:
        state: Before its first step.
        style: A name, or a style file.

    Raises:
        UsageError: There is no such look, or its generator is built otherwise (but for its
            abstraction, which learns nothing); the message names the keys that differ.
        StyleError: The file is damaged, or none.
    """
    look = fitting_look(style, state.preset.model)
    for generator in (state.generator, state.averaged):
        generator.load_state_dict(look.weights)
    state.finetuned_from = {
        "name": look.header.name,
        "fingerprint": look.fingerprint,
        "provenance": look.header.provenance.model_dump_json(),
    }


def with_base_provenance(provenance: Provenance, origin: dict[str, Any]) -> Provenance:
    """The provenance of a run, joined with that of the look that it was fine-tuned from."""
    if not origin:
        return provenance
    before = Provenance.model_validate_json(origin["provenance"])
    begun = f"Fine-tuned from {origin['name']} ({origin['fingerprint'][:12]})."
    return Provenance(
        photos=(*provenance.photos, *before.photos),
        art=(*provenance.art, *before.art),
        painted=(*provenance.painted, *before.painted),
        notes=" ".join(note for note in (provenance.notes, begun, before.notes) if note),
    )


def _check_fit(theirs: ModelConfig, ours: ModelConfig, name: str) -> None:
    learned = {key: value for key, value in theirs if key not in _NOTHING_LEARNED}
    differing = [
        f"model.{key} ({getattr(ours, key)}, in {name} {value})"
        for key, value in learned.items()
        if value != getattr(ours, key)
    ]
    if differing:
        keys = ", ".join(f"{key} = {_toml(value)}" for key, value in learned.items())
        raise UsageError(
            f"the network of {name} is another than the preset's: {', '.join(differing)}",
            hint=f"in [model] set {keys}",
        )


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(list(value)) if isinstance(value, tuple) else str(value)
