"""Licences of everything that a look learned from, summed up.

Facts only: what the tables beside the pictures state, and what such licences ask for
(`known_licenses`). What is not stated or not known stays unknown.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ganfx.styles.header import Provenance, Source
from ganfx.styles.known_licenses import Ask, Terms, asks_of, place_of, terms_of

UNSTATED = "not stated"
"""What stands for the licence of a picture in a header where no table states one."""
_SHOWN_UNKNOWN = 3
_MODEST = (Terms.UNKNOWN, Terms.RESERVED)  # licences that claim too little to claim too much


@dataclass(frozen=True)
class Rights:
    """The terms of all pictures of a look, each picture counted once."""

    counts: dict[Terms, int]
    """Pictures by the strictest terms of each, the strictest first."""
    asks: dict[Ask, int]
    """Pictures whose licences ask for it."""
    places: dict[str, int] = field(default_factory=dict)
    """Pictures whose public domain is said of one place, by the words for it."""
    unknown: tuple[str, ...] = ()
    """``12 of 150 art pictures state no licence``, by kind of picture."""
    named: tuple[str, ...] = ()
    """Whom the terms ask to name; of some looks all authors, as it is not on record whose
    picture is under which licence."""

    @property
    def total(self) -> int:
        """All pictures."""
        return sum(self.counts.values())

    @property
    def pictures(self) -> str:
        """``40 CC-BY-SA or alike, 12 public domain (USA), 130 public domain or CC0``."""
        return ", ".join(
            f"{count:,} {words}"
            for terms, whole in self.counts.items()
            for words, count in self._told(terms, whole)
        )

    @property
    def asked(self) -> str:
        """``share alike (40 of 182), credit (40 of 182)``."""
        return ", ".join(f"{ask} ({n:,} of {self.total:,})" for ask, n in self.asks.items())

    def _told(self, terms: Terms, count: int) -> Iterable[tuple[str, int]]:
        return self.places.items() if terms is Terms.FREE_IN_PLACE else ((str(terms), count),)


def rights_of(*looks: Provenance) -> Rights:
    """The terms of all pictures of a look, or of several that are mixed.

    Args:
        looks: What each learned from. The same source of several is counted once; painted
            versions that are on record as the photos' own are counted with the photos.
    """
    sources = _told_apart(looks)
    counts, asks, places = Counter[Terms](), Counter[Ask](), Counter[str]()
    names: dict[str, None] = {}
    for source in itertools.chain(*sources.values()):
        for licence, count in _licenses(source):
            counts[terms_of(licence)] += count
            asks.update(dict.fromkeys(asks_of(licence), count))
            if terms_of(licence) is Terms.FREE_IN_PLACE:
                places[place_of(licence)] += count
        names |= dict.fromkeys(_to_be_named(source))
    return Rights(
        {terms: counts[terms] for terms in Terms if counts[terms]},
        {ask: asks[ask] for ask in Ask if asks[ask]},
        dict(places.most_common()),
        tuple(_unknown(sources)),
        tuple(names),
    )


def excess(licence: str, rights: Rights) -> str:
    """What the pictures of a look ask for and its licence does not.

    Returns:
        ``share alike (3 of 33), unknown (2 of 33)``; nothing where the licence asks for all of
        it, claims nothing, or is not known itself.
    """
    if terms_of(licence) in _MODEST:
        return ""
    missing = [ask for ask in rights.asks if ask not in asks_of(licence)]
    left_out = [f"{ask} ({rights.asks[ask]:,} of {rights.total:,})" for ask in missing]
    if unknown := rights.counts.get(Terms.UNKNOWN, 0):
        left_out.append(f"unknown ({unknown:,} of {rights.total:,})")
    return ", ".join(left_out)


def is_of_photos(source: Source, made: Provenance) -> bool:
    """Whether painted pictures are on record as versions of the photos."""
    plain = [each.model_copy(update={"made_with": {}}) for each in (source, *made.photos)]
    return plain[0] in plain[1:]


def is_name(author: str) -> bool:
    """Whether an author can be one: tables have numbers of other tables in that column."""
    return bool(re.search(r"[^\W\d_]{2}", author))


def _told_apart(looks: Iterable[Provenance]) -> dict[str, list[Source]]:
    """Every source once, by the kind of its pictures."""
    found: dict[str, list[Source]] = {"photos": [], "art pictures": [], "painted pictures": []}
    for made in looks:
        paintings = [source for source in made.painted if not is_of_photos(source, made)]
        for kept, sources in zip(found.values(), (made.photos, made.art, paintings), strict=True):
            kept += [source for source in sources if source not in kept]
    return found


def _licenses(source: Source) -> Iterable[tuple[str, int]]:
    return source.licences.items() or ((UNSTATED, source.count),)


def _unknown(by_kind: Mapping[str, Iterable[Source]]) -> Iterator[str]:
    for kind, sources in by_kind.items():
        licences = Counter[str]()
        for source in sources:
            licences.update(dict(_licenses(source)))
        total = sum(licences.values())
        silent = sum(licences[text] for text in ("", UNSTATED))
        if silent:
            yield f"{silent:,} of {total:,} {kind} state no licence"
        foreign = [text for text in licences if text not in ("", UNSTATED)]
        foreign = [text for text in foreign if terms_of(text) is Terms.UNKNOWN]
        if foreign:
            count, more = sum(licences[text] for text in foreign), len(foreign) - _SHOWN_UNKNOWN
            shown = "; ".join(foreign[:_SHOWN_UNKNOWN]) + (f"; and {more} more" * (more > 0))
            yield f"{count:,} of {total:,} {kind} state one that is not known here: {shown}"


def _to_be_named(source: Source) -> Iterator[str]:
    if source.credits:
        for licence, authors in source.credits.items():
            if Ask.CREDIT in asks_of(licence):
                yield from filter(is_name, authors)
    elif any(Ask.CREDIT in asks_of(licence) for licence in source.licences):
        yield from filter(is_name, source.authors)
