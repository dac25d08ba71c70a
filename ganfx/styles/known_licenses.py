"""Known licences: what each asks for, by its SPDX id and the ways people write it.

A licence is known if its name is in the table, as whole words, whatever the case and punctuation
(``CC BY-SA 4.0`` is ``cc by sa 4 0``). Any other text, and any that doubts itself, is unknown:
nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Terms(StrEnum):
    """Kinds of licences, from the strictest on."""

    UNKNOWN = "of unknown licence"
    RESERVED = "all rights reserved"
    NONCOMMERCIAL = "not for commercial use"
    NO_DERIVATIVES = "not to be changed"
    GPL = "GPL or alike"
    SHARE_ALIKE = "CC-BY-SA or alike"
    CREDIT = "CC-BY or alike"
    STOCK = "Unsplash, Pexels or alike"
    FREE_IN_PLACE = "public domain in one place"
    FREE = "public domain or CC0"
    RENDERED = "rendered by ganfx"


class Ask(StrEnum):
    """What a licence asks of who passes a work or a change of it on."""

    CONSENT = "consent"
    NO_COMMERCE = "no commercial use"
    NO_CHANGES = "no changes"
    SHARE_ALIKE = "share alike"
    CREDIT = "credit"


@dataclass(frozen=True)
class License:
    """A licence, or a family of them whose versions ask for the same."""

    spdx: str
    """SPDX id without its version; empty where SPDX has none."""
    terms: Terms
    asks: tuple[Ask, ...]
    spellings: tuple[str, ...]
    """In small letters, with single spaces for all else."""


_BY, _SA, _NC, _ND = Ask.CREDIT, Ask.SHARE_ALIKE, Ask.NO_COMMERCE, Ask.NO_CHANGES
_ANY_SA = ("by sa", "sharealike", "share alike")
_ANY_NC = ("by nc", "noncommercial", "non commercial", "no commercial use")
_ANY_ND = ("by nd", "by nc nd", "noderivatives", "noderivs", "no derivatives", "no derivs")

KNOWN = (
    License("", Terms.RESERVED, (Ask.CONSENT,), ("all rights reserved", "proprietary")),
    License("", Terms.RESERVED, (Ask.CONSENT,), ("copyrighted", "c all rights reserved")),
    License("CC-BY-NC", Terms.NONCOMMERCIAL, (_BY, _NC), _ANY_NC),
    License("CC-BY-NC-SA", Terms.NONCOMMERCIAL, (_BY, _NC, _SA), ("by nc sa",)),
    License("CC-BY-NC-ND", Terms.NONCOMMERCIAL, (_BY, _NC, _ND), ("by nc nd",)),
    License("", Terms.NONCOMMERCIAL, (_NC,), ("not for commercial use", "personal use only")),
    License("", Terms.NONCOMMERCIAL, (_NC,), ("research only", "test only", "editorial use only")),
    License("CC-BY-ND", Terms.NO_DERIVATIVES, (_BY, _ND), _ANY_ND),
    License("GPL", Terms.GPL, (_BY, _SA), ("gpl", "gpl2", "gpl3", "gplv2", "gplv3")),
    License("LGPL", Terms.GPL, (_BY, _SA), ("lgpl", "lgpl2", "lgpl3", "lgplv2", "lgplv3")),
    License("AGPL", Terms.GPL, (_BY, _SA), ("agpl", "agpl3", "agplv3")),
    License("GPL", Terms.GPL, (_BY, _SA), ("gnu general public license",)),
    License("GFDL", Terms.GPL, (_BY, _SA), ("gfdl", "gnu free documentation license")),
    License("CC-BY-SA", Terms.SHARE_ALIKE, (_BY, _SA), _ANY_SA),
    License("LAL", Terms.SHARE_ALIKE, (_BY, _SA), ("lal", "free art license", "free art licence")),
    License("ODbL", Terms.SHARE_ALIKE, (_BY, _SA), ("odbl", "open database license")),
    License("CC-BY", Terms.CREDIT, (_BY,), ("cc by", "ccby", "creative commons attribution")),
    License("Apache", Terms.CREDIT, (_BY,), ("apache", "apache2")),
    License("MIT", Terms.CREDIT, (_BY,), ("mit", "mit license", "mit licence", "expat")),
    License("BSD", Terms.CREDIT, (_BY,), ("bsd", "bsd2", "bsd3")),
    License("ODC-By", Terms.CREDIT, (_BY,), ("odc by",)),
    License("OGL-UK", Terms.CREDIT, (_BY,), ("ogl uk", "open government licence")),
    License("etalab", Terms.CREDIT, (_BY,), ("etalab", "licence ouverte")),
    License("", Terms.STOCK, (), ("unsplash", "pexels", "pixabay")),
    License("CC0", Terms.FREE, (), ("cc0", "cc 0", "cc zero", "creative commons zero")),
    License("PDDL", Terms.FREE, (), ("pddl",)),
    License("CC-PDM", Terms.FREE, (), ("pdm", "public domain mark")),
    License("", Terms.FREE, (), ("public domain", "pd", "no known copyright restrictions")),
    License("Unlicense", Terms.FREE, (), ("unlicense",)),
    License("0BSD", Terms.FREE, (), ("0bsd",)),
    License("", Terms.RENDERED, (), ("rendered by ganfx",)),
)
_ALONE = ("mit", "pd", "lal")
"""Names that are words too: they count where nothing stands beside them."""
_DOUBTS = (
    *("unknown", "unclear", "unsure", "unverified", "not stated", "not known", "not checked"),
    *("not sure", "not clear", "maybe", "perhaps", "probably", "presumably", "possibly", "likely"),
    *("not public domain", "not in the public domain", "not cc0", "not cc by", "not free"),
)
_PLACES = (
    r"USA|U\.S\.A\.|US|U\.S\.|United States(?: of America)?|EU|European Union|UK|United Kingdom"
    r"|Australia|Austria|Brazil|Canada|China|France|Germany|India|Italy|Japan|Mexico|Netherlands"
    r"|Spain|Switzerland|(?:its )?country of origin|(?:its )?source country"
)
_IN_PLACE = re.compile(
    rf"public[-_ ]domain(?: work)?(?: in (?:the )?| ?\((?:in (?:the )?)?)(?:{_PLACES})(?!\w)\)?",
    re.IGNORECASE,
)


def licenses_in(text: str) -> list[License]:
    """The known licences that a text names, in the table's order; none where it doubts them."""
    words = f" {_words(text)} "
    if "?" in text or any(f" {doubt} " in words for doubt in _DOUBTS):
        return []
    parts = [_words(part) for part in re.split(r"[(/;,|]", text)]
    return [
        each for each in KNOWN if any(_stands_in(name, words, parts) for name in each.spellings)
    ]


def terms_of(text: str) -> Terms:
    """Kind of a licence; of several in a text, the strictest."""
    found = [license.terms for license in licenses_in(text)]
    kinds = [Terms.FREE_IN_PLACE if t is Terms.FREE and place_of(text) else t for t in found]
    return min(kinds, key=list(Terms).index, default=Terms.UNKNOWN)


def asks_of(text: str) -> frozenset[Ask]:
    """Everything that the licences of a text ask for; nothing where none is known."""
    return frozenset(ask for license in licenses_in(text) for ask in license.asks)


def place_of(text: str) -> str:
    """The words that limit a public domain to a place, as written: ``public domain (USA)``."""
    found = _IN_PLACE.search(text)
    return found[0] if found else ""


def _stands_in(name: str, words: str, parts: list[str]) -> bool:
    return name in parts if name in _ALONE else f" {name} " in words


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold()))
