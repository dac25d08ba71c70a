"""Model cards of looks: description, training data, scores, build and licence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ganfx.preset import EffectConfig, EffectSections
from ganfx.styles.header import Provenance, Scores, Source, StyleHeader, read_style_header
from ganfx.styles.known_licenses import Terms
from ganfx.styles.library import BUILT_IN
from ganfx.styles.licensing import UNSTATED, Rights, excess, is_name, is_of_photos, rights_of

SHOWN_AUTHORS = 12
_MADE = {UNSTATED: "by whom, or with what, they were made is not stated"}


def card(path: Path) -> list[tuple[str, str]]:
    """The facts of a style file, as name and value, in the order to read them.

    Raises:
        UsageError: There is no such file.
        StyleError: It is no style, or one of a newer format.
    """
    return list(_facts(read_style_header(path), path))


def mix_card(shares: Mapping[Path, float]) -> list[tuple[str, str]]:
    """The facts of several looks at once: their licences, and those of all their pictures.

    Args:
        shares: Style files, each with its share of the mix.

    Raises:
        UsageError: There is no such file.
        StyleError: One is no style, or one of a newer format.
    """
    return list(_mix_facts(shares))


def _mix_facts(shares: Mapping[Path, float]) -> Iterator[tuple[str, str]]:
    headers = {path: read_style_header(path) for path in shares}
    parts = [f"{shares[path]:.0%} {header.name}" for path, header in headers.items()]
    yield "mix", ", ".join(parts)
    made = [_counted(header, path) for path, header in headers.items()]
    rights = rights_of(*made)
    yield from (("licence", f"{h.licence or 'not stated'}, of {h.name}") for h in headers.values())
    yield from _rights(rights, [header.licence for header in headers.values()])


def _counted(header: StyleHeader, path: Path) -> Provenance:
    """What a look's pictures are counted by: the painted ones of built-in looks are the photos."""
    made = header.provenance
    return made.model_copy(update={"painted": ()}) if path.parent == BUILT_IN else made


def _facts(header: StyleHeader, path: Path) -> Iterator[tuple[str, str]]:
    yield "style", header.name
    yield "is", header.description
    yield "file", f"{path}, {path.stat().st_size / 1e6:.1f} MB, format {header.format}"
    rights = rights_of(_counted(header, path))
    yield "licence", _licence(header.licence, rights)
    yield from _rights(rights, [header.licence])
    if header.good_at:
        yield "good at", header.good_at
    if header.less_good_at:
        yield "less good at", header.less_good_at
    yield from _origin(header)
    if header.scores is not None:
        yield from _measured(header.scores)
    yield from _build(header)


def _licence(licence: str, rights: Rights) -> str:
    """The file's licence; what is made with the look is said only where all terms are known."""
    closed = rights.counts.keys() & {Terms.UNKNOWN, Terms.RESERVED, Terms.NONCOMMERCIAL}
    return (licence or "not stated") + ("" if closed else "; what you make with it is yours")


def _rights(rights: Rights, licences: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Facts about the pictures' licences, and where the file's own leave something out."""
    for licence in dict.fromkeys(licences):
        if left_out := excess(licence, rights):
            yield "", f"{licence} asks for less than the pictures do: {left_out}"
    if rights.counts:
        yield "pictures", rights.pictures
    for fact in rights.unknown:
        yield "unknown", fact
    if rights.asks:
        yield "they ask for", rights.asked
    if rights.named:
        yield "to be named", _some(rights.named)


def _origin(header: StyleHeader) -> Iterator[tuple[str, str]]:
    """The provenance: photos, art and painted versions, with their credits."""
    made = header.provenance
    for source in made.photos:
        yield from _source("photos", source)
    for source in made.painted:
        if is_of_photos(source, made):
            yield "painted", f"{source.count} pictures, of the same photos"
            yield from _makers(source)
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
    areas += f", on flat areas to edges of {model.flatten:g}" if model.flatten else ""
    areas += f", in {model.tones} tones" if model.tones else ""
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
    yield from _makers(source)


def _makers(source: Source) -> Iterator[tuple[str, str]]:
    for maker, count in source.made_with.items():
        yield "", f"{count:>5}  " + _MADE.get(maker, f"made with {maker}")


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN_AUTHORS
    rest = f"; and {more} more (in the file's header)" if more > 0 else ""
    return "; ".join(names[:SHOWN_AUTHORS]) + rest
