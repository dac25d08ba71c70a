"""What pictures' licences ask for, as people write them."""

from __future__ import annotations

import pytest

from ganfx.styles.header import Provenance, Source
from ganfx.styles.known_licenses import Ask, Terms, asks_of, licenses_in, place_of, terms_of
from ganfx.styles.licensing import excess, is_name, rights_of


@pytest.mark.parametrize(
    ("licence", "terms"),
    [
        ("not stated", Terms.UNKNOWN),
        ("", Terms.UNKNOWN),
        ("see the README", Terms.UNKNOWN),
        ("All rights reserved", Terms.RESERVED),
        ("CC BY-NC-SA 4.0", Terms.NONCOMMERCIAL),
        ("CC-BY-ND-3.0", Terms.NO_DERIVATIVES),
        ("BSD-3 code licence; footage not checked: test only", Terms.UNKNOWN),
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
        ("Public domain in the USA (Project Gutenberg)", Terms.FREE_IN_PLACE),
        ("public domain (USA)", Terms.FREE_IN_PLACE),
        ("Public domain in the EU; CC0", Terms.FREE_IN_PLACE),
        ('Unsplash, "in the public domain" (README.md)', Terms.STOCK),
        ("rendered by ganfx", Terms.RENDERED),
        ("CC0?", Terms.UNKNOWN),
        ("probably CC-BY", Terms.UNKNOWN),
        ("not public domain", Terms.UNKNOWN),
        ("mit Genehmigung", Terms.UNKNOWN),
        ("MIT (LICENSE)", Terms.CREDIT),
    ],
)
def test_the_strictest_words_of_a_licence_count(licence: str, terms: Terms) -> None:
    assert terms_of(licence) is terms


def test_every_term_of_a_licence_is_collected() -> None:
    everything = {Ask.CREDIT, Ask.SHARE_ALIKE, Ask.NO_COMMERCE}
    assert asks_of("CC BY-NC-SA 4.0") == everything
    assert asks_of("Creative Commons Attribution-NonCommercial-ShareAlike 4.0") == everything
    assert asks_of("cc_by_nd") == {Ask.CREDIT, Ask.NO_CHANGES}
    assert asks_of("CC-BY-4.0") == asks_of("Apache-2.0") == {Ask.CREDIT}
    assert asks_of("CC0") == asks_of("see the README") == frozenset()
    assert [license.spdx for license in licenses_in("CC-BY-SA-3.0")] == ["CC-BY-SA", "CC-BY"]


@pytest.mark.parametrize("text", ["public domain (USA)", "Public domain in the United States"])
def test_a_public_domain_of_one_place_is_repeated_as_it_is_written(text: str) -> None:
    assert place_of(f"{text}, by a scan") == text
    assert place_of('Public domain ("All assets are public domain", README.md)') == ""
    made = Provenance(art=(Source(source="a", count=2, licences={text: 2}),))
    assert rights_of(made).pictures == f"2 {text}"


def source(**licences: int) -> Source:
    named = {name.replace("_", "-"): count for name, count in licences.items()}
    return Source(source="a", count=sum(named.values()), licences=named, authors=("Ada", "Bo"))


def test_free_pictures_ask_for_nothing_and_name_nobody() -> None:
    rights = rights_of(Provenance(photos=(source(CC0=3),), art=(source(CC0=2),)))
    assert rights.pictures == "5 public domain or CC0"
    assert (rights.asked, rights.named, rights.unknown) == ("", (), ())
    assert excess("CC0-1.0", rights) == ""


def test_what_pictures_ask_for_is_counted_with_names() -> None:
    rights = rights_of(Provenance(photos=(source(CC0=3, CC_BY=1),), art=(source(CC_BY_SA=2),)))
    assert rights.pictures == "2 CC-BY-SA or alike, 1 CC-BY or alike, 3 public domain or CC0"
    assert rights.asked == "share alike (2 of 6), credit (3 of 6)"
    assert rights.named == ("Ada", "Bo")


def test_only_those_are_named_whose_pictures_ask_for_it() -> None:
    credited = source(CC0=1, CC_BY=1).model_copy(
        update={"credits": {"CC0": ("Ada",), "CC-BY": ("Bo", "159")}}
    )
    assert rights_of(Provenance(photos=(credited,))).named == ("Bo",)


def test_what_is_unknown_stays_unknown_by_kind_of_picture() -> None:
    photos = Source(source="a", count=32, licences={"CC0": 30, "not stated": 2})
    made = Provenance(photos=(photos,), art=(Source(source="b", count=1),))
    assert rights_of(made).pictures == "3 of unknown licence, 30 public domain or CC0"
    assert rights_of(made).unknown == (
        "2 of 32 photos state no licence",
        "1 of 1 art pictures state no licence",
    )
    (fact,) = rights_of(Provenance(art=(source(CC0=2, see_README=1),))).unknown
    assert fact == "1 of 3 art pictures state one that is not known here: see-README"


@pytest.mark.parametrize(
    ("licence", "licences", "left_out"),
    [
        ("CC-BY-4.0", {"CC_BY": 1}, ""),
        ("CC-BY-SA-4.0", {"CC_BY": 1, "CC_BY_SA": 1}, ""),
        ("Apache-2.0", {"CC_BY_NC": 1, "CC0": 2}, "no commercial use (1 of 3)"),
        ("CC0-1.0", {"CC_BY": 1}, "credit (1 of 1)"),
        ("CC-BY-4.0", {"CC_BY_ND": 1, "CC0": 1}, "no changes (1 of 2)"),
        ("CC0-1.0", {"CC0": 1, "of_mine": 2}, "unknown (2 of 3)"),
        ("", {"CC_BY_NC": 1}, ""),  # claims nothing
        ("All rights reserved", {"CC_BY_NC": 1}, ""),
        ("as agreed with the studio", {"CC_BY_NC": 1}, ""),  # not known: not compared
    ],
)
def test_a_licence_that_asks_for_less_than_its_pictures_is_told(
    licence: str, licences: dict[str, int], left_out: str
) -> None:
    assert excess(licence, rights_of(Provenance(art=(source(**licences),)))) == left_out


def test_looks_that_are_mixed_add_up_and_count_a_source_once() -> None:
    first = Provenance(photos=(source(CC0=3),), art=(source(CC_BY=1),))
    second = Provenance(photos=(source(CC0=3),), art=(source(CC_BY_NC=2),))
    rights = rights_of(first, second)
    assert rights.total == 6
    assert rights.asked == "no commercial use (2 of 6), credit (3 of 6)"


def test_painted_versions_of_the_photos_are_counted_with_them() -> None:
    photos = source(CC0=2)
    painted = photos.model_copy(update={"made_with": {"a filter": 2}})
    assert rights_of(Provenance(photos=(photos,), painted=(painted,))).total == 2
    assert rights_of(Provenance(photos=(photos,), painted=(source(CC_BY=2),))).total == 4


@pytest.mark.parametrize(("author", "name"), [("159", False), ("", False), ("Bo", True)])
def test_numbers_are_no_names(author: str, name: bool) -> None:
    assert is_name(author) is name
