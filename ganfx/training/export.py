"""Style export: the averaged generator with its provenance, as a ``.safetensors`` file."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

import torch

from ganfx.media.sources import AUTHOR, LICENSE, MADE_WITH
from ganfx.models.borders import measure_border
from ganfx.preset import EffectSections, Preset, shipped_words
from ganfx.styles.file import save_style
from ganfx.styles.header import SUFFIX, Provenance, Source, StyleHeader, TrainingFacts
from ganfx.styles.licensing import UNSTATED, excess, rights_of
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.finetune import with_base_provenance
from ganfx.training.picture_credits import Row, rows_of, rows_of_pairs, silent_tables
from ganfx.training.previews import preview_photos
from ganfx.training.run_length import has_time_for, known_steps
from ganfx.training.schedule import BORDER
from ganfx.training.state import State

RENDERED = "rendered by ganfx"
VGG_NOTE = "Trained against features of VGG19, a network pretrained on ImageNet photographs."


def style_path(run: Path, preset: Preset) -> Path:
    """Where a run's look is, from its first preview on: ``runs/noir-001/noir.safetensors``."""
    return run / f"{preset.name}{SUFFIX}"


@dataclass(frozen=True)
class StyleWriter:
    """Writes the look of a run: as it is by now, or finished."""

    pictures: TrainingSet  # that it learned from
    run: Path
    device: str  # that it was trained on, in words
    provenance: Provenance

    def write(self, state: State, *, finished: bool) -> Path:
        """Write ``noir.safetensors`` into the run folder, in one move.

        Args:
            state: Between two steps, its weights all numbers.
            finished: Whether it stays as it is, and is worth measuring its border if there is time:
                that takes several times as long as all the rest.

        Raises:
            StyleError: A weight is not a number.
            MediaError: It cannot be written.
        """
        preset = own_words(state.preset, self.pictures)
        photos = preview_photos(state, self.pictures)
        measured = finished and has_time_for(state, BORDER)
        header = StyleHeader(
            name=preset.name,
            description=preset.description,
            licence=preset.licence,
            good_at=preset.good_at,
            less_good_at=preset.less_good_at,
            model=preset.model,
            border=measure_border(state.averaged, photos) if measured else None,
            **{name: getattr(preset, name) for name in EffectSections.model_fields},
            scale=preset.scale,
            preset=without_machine(preset).model_dump(mode="json"),
            provenance=_portable(self.provenance),
            training=_facts(state, self.device, finished=finished),
        )
        return save_style(style_path(self.run, preset), header, state.averaged.state_dict())


def _facts(state: State, device: str, *, finished: bool) -> TrainingFacts:
    return TrainingFacts(
        steps=state.step,
        planned_steps=None if finished else known_steps(state),
        seconds=round(state.seconds, 1),
        device=device,
        torch=torch.__version__,
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )


def own_words(preset: Preset, pictures: TrainingSet) -> Preset:
    """A preset without the words that a shipped one says of a look from other pictures.

    Its description and its licence are not those of a look that learned from the user's pictures.
    What the user wrote in their place stays.
    """
    learned = pictures.painted or pictures.art
    if learned is None or not learned.paths:  # rendered here: the shipped words fit
        return preset
    shipped = shipped_words(preset.name)
    kept = {key: "" for key, value in shipped.items() if getattr(preset, key) == value}
    if "description" in kept or not preset.description:
        count, folder = len(learned.pictures), portable_folder(learned.source)
        kept["description"] = f"Learned from {count} picture{'s' * (count != 1)} in {folder}."
    return preset.model_copy(update=kept)


def without_machine(preset: Preset) -> Preset:
    """A preset whose folders and files name no place of this machine."""
    data = {key: portable_folder(getattr(preset.data, key)) for key in ("photos", "art", "pairs")}
    features = portable_folder(preset.loss.features_file)
    return preset.model_copy(
        update={
            "data": preset.data.model_copy(update=data),
            "loss": preset.loss.model_copy(update={"features_file": features}),
        }
    )


def portable_folder(text: str) -> str:
    """A path as it is read elsewhere: below this folder, else by its last name alone."""
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(text).is_absolute():
            here = kind(Path.cwd())
            inside = kind(text).is_relative_to(here)
            return kind(text).relative_to(here).as_posix() if inside else kind(text).name
    return text


def _portable(made: Provenance) -> Provenance:
    return made.model_copy(
        update={
            kind: tuple(
                each.model_copy(update={"source": portable_folder(each.source)})
                for each in getattr(made, kind)
            )
            for kind in ("photos", "art", "painted")
        }
    )


def provenance_of(state: State, pictures: TrainingSet) -> Provenance:
    """Everything that a run's look comes from, the look that it began with included."""
    own = describe_provenance(pictures, describe_method(state.preset))
    return with_base_provenance(own, state.finetuned_from)


def license_notices(state: State, pictures: TrainingSet) -> Iterator[str]:
    """What to know of licences as a run begins, a sentence each.

    Tables that say nothing of the pictures, and a licence that asks for less than they do.
    """
    photos, painted, art = pictures.photos, pictures.painted, pictures.art
    yield from silent_tables(
        Path(photos.source), (*photos.paths, *(painted.paths if painted else ()))
    )
    if art is not None:
        yield from silent_tables(Path(art.source), art.paths)
    licence = own_words(state.preset, pictures).licence
    left_out = excess(licence, rights_of(provenance_of(state, pictures)))
    if left_out:
        yield (
            f"licence = {licence!r} asks for less than the pictures do: {left_out}; the look's card"
            " says so (ganfx styles show)"
        )


def describe_provenance(pictures: TrainingSet, notes: str = "") -> Provenance:
    """Sources, licences and authors of everything that was learned from.

    A painted version of a photo has the photo's, unless a table states its own.
    """
    photos, art, painted = pictures.photos, pictures.art, pictures.painted
    paired = rows_of_pairs(painted.paths, photos.paths) if painted else []
    return Provenance(
        photos=(_describe(photos, rows_of(photos.paths)),),
        art=(_describe(art, rows_of(art.paths)),) if art else (),
        painted=(_describe(painted, paired),) if painted else (),
        notes=notes,
    )


def describe_method(preset: Preset) -> str:
    """The preset's notes, and whether a pretrained network had a part in the look."""
    loss = preset.loss
    pretrained = loss.features == "vgg19" and loss.compares_features
    return " ".join(part for part in (preset.notes, VGG_NOTE if pretrained else "") if part)


def _describe(pictures: PictureSet, rows: Sequence[Row]) -> Source:
    """The source of pictures, from the row of each in its table; rendered ones have none."""
    count = len(pictures.pictures)
    if not rows:
        return Source(source=pictures.source, count=count, licences={RENDERED: count})
    authors: dict[str, set[str]] = {}
    for row in rows:
        if row.get(AUTHOR):
            authors.setdefault(row.get(LICENSE) or UNSTATED, set()).add(row[AUTHOR])
    return Source(
        source=pictures.source,
        count=count,
        licences=dict(Counter(row.get(LICENSE) or UNSTATED for row in rows).most_common()),
        authors=tuple(sorted(set().union(*authors.values()))),
        credits={licence: tuple(sorted(names)) for licence, names in sorted(authors.items())},
        made_with=dict(Counter(filter(None, (row.get(MADE_WITH) for row in rows))).most_common()),
    )
