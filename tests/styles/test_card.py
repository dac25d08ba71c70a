"""What a look's card says."""

from __future__ import annotations

from ganfx.preset import DabsConfig, HatchConfig
from ganfx.styles.card import card
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
