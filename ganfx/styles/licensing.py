"""Terms of the pictures that a look learned from, read from what is said of them.

Licences stand in ``SOURCES.tsv`` as people write them. This says what each asks for, and sums it up
for a look. It is no legal advice: what is not known stays unknown, and of several licences of a
picture the strictest counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ganfx.styles.header import Source


class Terms(StrEnum):
    """Terms of licences, from the strictest on."""

    UNKNOWN = "of unknown licence"
    RESERVED = "all rights reserved"
    NONCOMMERCIAL = "not for commercial use"
    NO_DERIVATIVES = "not to be changed"
    GPL = "GPL or alike"
    SHARE_ALIKE = "CC-BY-SA"
    CREDIT = "CC-BY or alike"
    STOCK = "Unsplash, Pexels or alike"
    FREE_IN_USA = "public domain in the USA"
    FREE = "public domain or CC0"
    RENDERED = "rendered by ganfx"


_WORDS = {
    Terms.RESERVED: r"all rights reserved|proprietary|\bcopyrighted\b",
    Terms.NONCOMMERCIAL: r"\bNC\b|non-?commercial|(research|test|personal use) only|editorial",
    Terms.NO_DERIVATIVES: r"\bND\b|no-?deriv",
    Terms.GPL: r"\b[AL]?GPL|\bGFDL\b|GNU ",
    Terms.SHARE_ALIKE: r"\bBY[- ]SA\b|share-?alike|free art licen[cs]e",
    Terms.CREDIT: r"\bCC[- ]BY\b|commons attribution|\bBSD\b|\bMIT\b|\bApache\b|\bODC-BY\b",
    Terms.STOCK: r"\bunsplash\b|\bpexels\b|\bpixabay\b",
    Terms.FREE_IN_USA: r"public[- ]domain in the (USA|US\b|U\.S\.|United States)",
    Terms.FREE: r"public[- ]domain|\bCC[- ]?0\b|\bPD\b|no known (copyright )?restrictions",
    Terms.RENDERED: r"^rendered by ganfx$",
}
_CLOSED = (Terms.UNKNOWN, Terms.RESERVED, Terms.NONCOMMERCIAL, Terms.NO_DERIVATIVES)
_COPYLEFT = (Terms.GPL, Terms.SHARE_ALIKE)
_NAMING = (*_COPYLEFT, Terms.CREDIT, Terms.NONCOMMERCIAL, Terms.NO_DERIVATIVES)


@dataclass(frozen=True)
class Rights:
    """The terms of all pictures of a look."""

    counts: dict[Terms, int]
    """Pictures by the strictest terms of each, the strictest first."""
    named: tuple[str, ...]
    """Whom these terms ask to name; of some looks all authors, as it is not on record whose
    picture is under which licence."""

    @property
    def pictures(self) -> str:
        """``40 CC-BY-SA, 130 public domain or CC0``."""
        return ", ".join(f"{count:,} {terms}" for terms, count in self.counts.items())

    @property
    def use(self) -> str:
        """Permitted use of the look, and why, in a sentence or two."""
        return "; ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        closed = [terms for terms in _CLOSED if terms in self.counts]
        for terms in closed:
            yield _CLOSED_USE[terms].format(_pictures(self.counts[terms]))
        copyleft = sum(self.counts.get(terms, 0) for terms in _COPYLEFT)
        if copyleft:
            if not closed:
                yield "to make pictures for anything, commercial work too"
            yield (
                f"{_pictures(copyleft)} under CC-BY-SA or the GPL: who passes the look itself on"
                " keeps to these terms to be safe, as it is not settled whether weights are adapted"
                " from pictures"
            )
        if not (closed or copyleft):
            yield "for anything, commercial work too, and to be passed on"
        if (count := self.counts.get(Terms.FREE_IN_USA, 0)) and not closed:
            yield f"outside the USA the dates of {_pictures(count)} decide"
        if Terms.CREDIT in self.counts or copyleft:
            yield "name the authors where the look is passed on"


_CLOSED_USE = {
    Terms.UNKNOWN: "not known for {}, whose licence is not stated or not understood: ask who holds"
    " the rights before the look is passed on or sold",
    Terms.RESERVED: "not without the consent of who holds the rights to {}",
    Terms.NONCOMMERCIAL: "not for commercial work, because of {}",
    Terms.NO_DERIVATIVES: "not to be passed on, because of {} that are not to be changed",
}


def terms_of(licence: str) -> Terms:
    """Terms of a licence, by its words; of several, the strictest."""
    text = licence.replace("_", " ")
    found = (terms for terms, words in _WORDS.items() if re.search(words, text, re.IGNORECASE))
    return next(found, Terms.UNKNOWN)


def rights_of(sources: Iterable[Source]) -> Rights:
    """The terms of all pictures of some sources."""
    counts: Counter[Terms] = Counter()
    names: dict[str, None] = {}
    for source in sources:
        by_terms = Counter[Terms]()
        for licence, count in source.licences.items():
            by_terms[terms_of(licence)] += count
        if not source.licences:
            by_terms[Terms.UNKNOWN] += source.count
        counts += by_terms
        names |= dict.fromkeys(_to_be_named(source, by_terms))
    return Rights({terms: counts[terms] for terms in Terms if counts[terms]}, tuple(names))


def is_name(author: str) -> bool:
    """Whether an author can be one: tables have numbers of other tables in that column."""
    return bool(re.search(r"[^\W\d_]{2}", author))


def _to_be_named(source: Source, by_terms: Counter[Terms]) -> Iterator[str]:
    if source.credits:
        for licence, authors in source.credits.items():
            if terms_of(licence) in _NAMING:
                yield from filter(is_name, authors)
    elif any(terms in by_terms for terms in _NAMING):
        yield from filter(is_name, source.authors)


def _pictures(count: int) -> str:
    return f"{count:,} picture{'' if count == 1 else 's'}"
