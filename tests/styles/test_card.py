"""What a look's card says."""

from __future__ import annotations

from ganfx.preset import DabsConfig, HatchConfig
from ganfx.styles.card import card, mix_card
from ganfx.styles.file import save_style
from ganfx.styles.header import Provenance, Scores, Source

PHOTOS = Source(source="photos", count=3, licences={"CC0": 2, "CC-BY": 1}, authors=("Ada", "Bo"))
SCORES = Scores(
    kid_photo=0.31, kid=0.1, kid_error=0.01, swd_photo=0.2, swd=0.15, structure=0.7, warp_error=1.6
)


def read(tmp_path, header, weights):
    return card(save_style(tmp_path / "inked.safetensors", header, weights))


def test_a_card_says_what_a_look_is_good_at_and_whose_its_pictures_are(tmp_path, header, weights):
    told = header.model_copy(
        update={
            "good_at": "Streets.",
            "less_good_at": "Faces.",
            "provenance": Provenance(photos=(PHOTOS,), notes="Drawn with a pen."),
            "scores": SCORES,
        }
    )
    facts = read(tmp_path, told, weights)
    text = "\n".join(f"{name}: {value}" for name, value in facts)

    assert "good at: Streets." in text
    assert "less good at: Faces." in text
    assert "CC0-1.0; what you make with it is yours" in text
    assert "photos: 3 pictures, photos" in text
    assert ":     2  CC0" in text
    assert "by Ada; Bo" in text
    assert "notes: Drawn with a pen." in text
    assert "kernel distance 0.310 before, 0.100 after" in text
    assert "structure kept 0.70 of 1" in text
    assert "flicker of single frames 1.6 times the source's own" in text


def test_a_card_claims_nothing_that_was_not_measured(tmp_path, header, weights):
    names = {name for name, _ in read(tmp_path, header, weights)}
    assert not names & {"good at", "less good at", "measured", "photos", "notes"}

    unsteady = header.model_copy(update={"scores": SCORES.model_copy(update={"warp_error": None})})
    assert not any("flicker" in value for _, value in read(tmp_path, unsteady, weights))


def test_a_card_tells_of_grain_hatching_and_dabs(tmp_path, header, weights):
    hatch = HatchConfig(amount=0.5, spacing=9.0, angles=(-12.0, 47.5))
    facts = dict(read(tmp_path, header.model_copy(update={"hatch": hatch}), weights))
    assert facts["hatch"] == "0.5 at 9 px, -12, 47.5 degrees"
    dabs = DabsConfig(amount=0.7, size=22.0, angle=-12.0)
    facts = dict(read(tmp_path, header.model_copy(update={"dabs": dabs}), weights))
    assert facts["dabs"] == "0.7 at 22 px, -12 degrees"
    plain = header.model_copy(update={"hatch": HatchConfig()})
    assert "hatch" not in dict(read(tmp_path, plain, weights))


def test_a_card_tells_what_pictures_were_made_with(tmp_path, header, weights):
    painted = PHOTOS.model_copy(update={"made_with": {"Krita 5": 2, "not stated": 1}})
    made = Provenance(photos=(PHOTOS,), painted=(painted,))
    values = [v for _, v in read(tmp_path, header.model_copy(update={"provenance": made}), weights)]
    assert "3 pictures, of the same photos" in values
    assert "    2  made with Krita 5" in values
    assert "    1  by whom, or with what, they were made is not stated" in values


def test_a_card_promises_nothing_of_pictures_whose_terms_are_closed_or_unknown(
    tmp_path, header, weights
):
    art = Source(source="art", count=12, licences={"CC0": 9, "CC-BY-NC-4.0": 2, "not stated": 1})
    told = header.model_copy(update={"provenance": Provenance(art=(art,))})
    facts = read(tmp_path, told, weights)
    assert ("licence", "CC0-1.0") in facts
    less = "no commercial use (2 of 12), credit (2 of 12), unknown (1 of 12)"
    assert ("", f"CC0-1.0 asks for less than the pictures do: {less}") in facts
    assert ("unknown", "1 of 12 art pictures state no licence") in facts
    assert ("they ask for", "no commercial use (2 of 12), credit (2 of 12)") in facts


def test_the_card_of_a_mix_adds_up_its_looks(tmp_path, header, weights):
    files = {}
    for name, licence in (("first", "CC0"), ("second", "CC-BY-SA-4.0")):
        made = Provenance(art=(Source(source=name, count=2, licences={licence: 2}),))
        told = header.model_copy(update={"name": name, "provenance": made})
        files[save_style(tmp_path / f"{name}.safetensors", told, weights)] = 0.5
    assert mix_card(files) == [
        ("mix", "50% first, 50% second"),
        ("licence", "CC0-1.0, of first"),
        ("licence", "CC0-1.0, of second"),
        (
            "",
            "CC0-1.0 asks for less than the pictures do: share alike (2 of 4), credit (2 of 4)",
        ),
        ("pictures", "2 CC-BY-SA or alike, 2 public domain or CC0"),
        ("they ask for", "share alike (2 of 4), credit (2 of 4)"),
    ]
