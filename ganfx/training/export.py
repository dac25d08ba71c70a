"""Style export: the averaged generator with its provenance, as a ``.safetensors`` file."""

from __future__ import annotations

import datetime
from collections import Counter
from pathlib import Path

import torch

from ganfx.media.sources import AUTHOR, LICENSE, find_sources
from ganfx.models.borders import measure_border
from ganfx.preset import EffectSections, Preset
from ganfx.styles.file import save_style
from ganfx.styles.header import SUFFIX, Provenance, Source, StyleHeader, TrainingFacts
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.finetune import with_base_provenance
from ganfx.training.previews import preview_photos
from ganfx.training.state import State

UNKNOWN = "not stated"
RENDERED = "rendered by ganfx"
VGG_NOTE = "Trained against features of VGG19, a network pretrained on ImageNet photographs."


def write_style(state: State, pictures: TrainingSet, run: Path, *, device: str) -> Path:
    """Write ``noir.safetensors`` into the run folder.

    Args:
        state: After the last step.
        pictures: What it learned from, for the provenance.
        run: The run folder.
        device: What it was trained on, in words.
    """
    preset = state.preset
    header = StyleHeader(
        name=preset.name,
        description=preset.description,
        licence=preset.licence,
        good_at=preset.good_at,
        less_good_at=preset.less_good_at,
        model=preset.model,
        border=measure_border(state.averaged, preview_photos(state, pictures)),
        **{name: getattr(preset, name) for name in EffectSections.model_fields},
        scale=preset.scale,
        preset=preset.model_dump(mode="json"),
        provenance=provenance_of(state, pictures),
        training=TrainingFacts(
            steps=state.step,
            seconds=round(state.seconds, 1),
            device=device,
            torch=torch.__version__,
            date=datetime.datetime.now(datetime.UTC).date().isoformat(),
        ),
    )
    return save_style(run / f"{preset.name}{SUFFIX}", header, state.averaged.state_dict())


def provenance_of(state: State, pictures: TrainingSet) -> Provenance:
    """Everything that a run's look comes from, the look that it began with included."""
    own = describe_provenance(pictures, describe_method(state.preset))
    return with_base_provenance(own, state.finetuned_from)


def describe_provenance(pictures: TrainingSet, notes: str = "") -> Provenance:
    """Sources, licences and authors of everything that was learned from."""
    sets = (pictures.photos, pictures.art, pictures.painted)
    photos, art, painted = (() if each is None else (_describe(each),) for each in sets)
    return Provenance(photos=photos, art=art, painted=painted, notes=notes)


def describe_method(preset: Preset) -> str:
    """The preset's notes, and whether a pretrained network had a part in the look."""
    loss = preset.loss
    pretrained = loss.features == "vgg19" and loss.compares_features
    return " ".join(part for part in (preset.notes, VGG_NOTE if pretrained else "") if part)


def _describe(pictures: PictureSet) -> Source:
    if not pictures.paths:
        licences, authors = Counter({RENDERED: len(pictures.pictures)}), set[str]()
    else:
        licences, authors = _credits(pictures.paths)
    return Source(
        source=pictures.source,
        count=len(pictures.pictures),
        licences=dict(licences.most_common()),
        authors=tuple(sorted(authors)),
    )


def _credits(paths: tuple[Path, ...]) -> tuple[Counter[str], set[str]]:
    """Licences with counts, and authors, from the ``SOURCES.tsv`` that speaks of each."""
    licences: Counter[str] = Counter()
    authors: set[str] = set()
    tables = {folder: find_sources(folder) for folder in {path.parent for path in paths}}
    for path in paths:
        table = tables[path.parent]
        row = table.rows.get(path.resolve(), {}) if table else {}
        licences[row.get(LICENSE) or UNKNOWN] += 1
        if row.get(AUTHOR):
            authors.add(row[AUTHOR])
    return licences, authors
