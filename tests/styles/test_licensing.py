"""What pictures' licences ask for, as people write them."""

from __future__ import annotations

import pytest

from ganfx.styles.header import Source
from ganfx.styles.licensing import Terms, is_name, rights_of, terms_of


@pytest.mark.parametrize(
    ("licence", "terms"),
    [
        ("not stated", Terms.UNKNOWN),
        ("", Terms.UNKNOWN),
        ("see the README", Terms.UNKNOWN),
        ("All rights reserved", Terms.RESERVED),
        ("CC BY-NC-SA 4.0", Terms.NONCOMMERCIAL),
        ("CC-BY-ND-3.0", Terms.NO_DERIVATIVES),
        ("BSD-3 code licence; footage not checked: test only", Terms.NONCOMMERCIAL),
        ("CC-BY-4.0/GPL (COPYING.CCBY4.0)", Terms.GPL),
        ("CC-BY-SA-4.0/LGPL3", Terms.GPL),
        ("CC-BY-SA-3.0 (debian/copyright)", Terms.SHARE_ALIKE),
        ("Creative Commons Attribution-ShareAlike 4.0", Terms.SHARE_ALIKE),
        ("PD/CC0/CC-BY/CC-BY-SA required by README.md", Terms.SHARE_ALIKE),
        ("CC-BY-4.0 (dep5); older history: CC0 in debian/copyright", Terms.CREDIT),
        ("CC BY 2.0", Terms.CREDIT),
        ("Unsplash License (README.md)", Terms.STOCK),
        ("public-domain Taken from unsplash.com", Terms.STOCK),
        ("CC0-1.0 (LICENSE)", Terms.FREE),
        ("Public domain work (artist died >70 years ago; no attribution required)", Terms.FREE),
        ("Public domain in the USA (Project Gutenberg)", Terms.FREE_IN_USA),
        ("rendered by ganfx", Terms.RENDERED),
    ],
)
def test_the_strictest_words_of_a_licence_count(licence: str, terms: Terms) -> None:
    assert terms_of(licence) is terms


def source(**licences: int) -> Source:
    named = {name.replace("_", "-"): count for name, count in licences.items()}
    return Source(source="a", count=sum(named.values()), licences=named, authors=("Ada", "Bo"))


def test_free_pictures_leave_a_look_free_and_nobody_to_name() -> None:
    rights = rights_of([source(CC0=3), source(CC0=2)])
    assert rights.pictures == "5 public domain or CC0"
    assert rights.use == "for anything, commercial work too, and to be passed on"
    assert rights.named == ()


def test_credit_and_shared_terms_are_asked_for_with_names() -> None:
    rights = rights_of([source(CC0=3, CC_BY=1)])
    assert rights.use.startswith("for anything")
    assert rights.use.endswith("name the authors where the look is passed on")
    assert rights.named == ("Ada", "Bo")
    shared = rights_of([source(CC_BY_SA=2, GPL_3=1)])
    assert "; 3 pictures under CC-BY-SA or the GPL: who passes the look itself on" in shared.use
    assert "and to be passed on" not in shared.use


def test_only_those_are_named_whose_pictures_ask_for_it() -> None:
    credited = source(CC0=1, CC_BY=1).model_copy(
        update={"credits": {"CC0": ("Ada",), "CC-BY": ("Bo", "159")}}
    )
    assert rights_of([credited]).named == ("Bo",)


def test_what_is_unknown_stays_unknown() -> None:
    rights = rights_of([source(CC0=30), source(not_stated=2), Source(source="b", count=1)])
    assert rights.pictures == "3 of unknown licence, 30 public domain or CC0"
    assert rights.use.startswith("not known for 3 pictures")
    assert "for anything" not in rights.use


@pytest.mark.parametrize(("author", "name"), [("159", False), ("", False), ("Bo", True)])
def test_numbers_are_no_names(author: str, name: bool) -> None:
    assert is_name(author) is name
