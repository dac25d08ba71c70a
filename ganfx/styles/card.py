"""Model cards of looks: description, training data, scores, build and licence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ganfx.preset import EffectConfig, EffectSections
from ganfx.styles.header import Provenance, Scores, Source, StyleHeader, read_style_header
from ganfx.styles.library import BUILT_IN
from ganfx.styles.licensing import is_name, rights_of

SHOWN_AUTHORS = 12


def card(path: Path) -> list[tuple[str, str]]:
    """The facts of a style file, as name and value, in the order to read them.

    Raises:
        UsageError: There is no such file.
        StyleError: It is no style, or one of a newer format.
    """
    return list(_facts(read_style_header(path), path))


def _facts(header: StyleHeader, path: Path) -> Iterator[tuple[str, str]]:
    yield "style", header.name
    yield "is", header.description
    yield "file", f"{path}, {path.stat().st_size / 1e6:.1f} MB, format {header.format}"
    rights = rights_of(_told_apart(header.provenance, path))
    yield "licence", f"{header.licence or 'not stated'}; what you make with it is yours"
    if rights.counts:
        yield "pictures", rights.pictures
        yield "may be used", rights.use
    if rights.named:
        yield "to be named", _some(rights.named)
    if header.good_at:
        yield "good at", header.good_at
    if header.less_good_at:
        yield "less good at", header.less_good_at
    yield from _origin(header)
    if header.scores is not None:
        yield from _measured(header.scores)
    yield from _build(header)


def _told_apart(made: Provenance, path: Path) -> Iterator[Source]:
    """Every picture once: painted versions count where they are not known to be the photos'."""
    yield from (*made.photos, *made.art)
    for source in made.painted:
        ours = path.parent == BUILT_IN  # they are made of the photos by ganfx samples
        if source not in made.photos and not ours:
            yield source


def _origin(header: StyleHeader) -> Iterator[tuple[str, str]]:
    """The provenance: photos, art and painted versions, with their credits."""
    made = header.provenance
    for source in made.photos:
        yield from _source("photos", source)
    for source in made.painted:
        if source in made.photos:
            yield "painted", f"{source.count} pictures, of the same photos"
        else:
            yield from _source("painted", source)
    for source in made.art:
        yield from _source("art", source)
    if made.notes:
        yield "notes", made.notes


def _measured(scores: Scores) -> Iterator[tuple[str, str]]:
    yield "measured", "on photos that it was not trained on; distances are to held-out art"
    yield "", f"kernel distance {scores.kid_photo:.3f} before, {scores.kid:.3f} after"
    yield "", f"patch distance {scores.swd_photo:.3f} before, {scores.swd:.3f} after"
    yield "", f"structure kept {scores.structure:.2f} of 1"
    if scores.warp_error is not None:
        yield "", f"flicker of single frames {scores.warp_error:.1f} times the source's own"


def _build(header: StyleHeader) -> Iterator[tuple[str, str]]:
    """How it was made, and what it is made of."""
    facts = header.training
    planned = f" of {facts.planned_steps:,}" if facts.planned_steps is not None else ""
    yield (
        "trained",
        f"{facts.steps:,}{planned} steps, {facts.seconds / 60:.0f} min on {facts.device}",
    )
    yield "with", f"ganfx {header.created_with}, torch {facts.torch}, {facts.date}"
    model = header.model
    color = ", monochrome" if model.monochrome else ""
    areas = f", on areas of {list(model.abstraction)} pixels" if model.abstraction else ""
    areas += " where there is texture" if areas and model.keep_detail else ""
    yield "network", f"channels {list(model.channels)}, {model.blocks} blocks{color}{areas}"
    for name in EffectSections.model_fields:
        effect: EffectConfig = getattr(header, name)
        if effect.amount or name == "grain":
            yield name, effect.summary if effect.amount else "none"


def _source(kind: str, source: Source) -> Iterator[tuple[str, str]]:
    yield kind, f"{source.count} pictures, {source.source}"
    for licence, count in source.licences.items():
        yield "", f"{count:>5}  {licence}"
    authors = tuple(filter(is_name, source.authors))
    if authors:
        yield "", f"by {_some(authors)}"


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_AUTHORS
    rest = f"; and {more} more (in the file's header)" if more > 0 else ""
    return "; ".join(names[:SHOWN_AUTHORS]) + rest
