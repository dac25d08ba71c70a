"""What the cards of the built-in looks never say: that a generative model made their pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ganfx.samples.writing import MAKER
from ganfx.styles.card import card
from ganfx.styles.header import read_style_header
from ganfx.styles.library import BUILT_IN
from ganfx.training.export import VGG_NOTE

GENERATIVE = re.compile(
    r"diffusion|generative|pre-?trained|img2img|midjourney|dall-?e|firefly|imagen|\bflux\b"
    r"|\bSDXL\b|\bSD ?[123]|\bLoRA\b|stylegan|\bAI[- ](made|generated)",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", sorted(BUILT_IN.glob("*.safetensors")), ids=lambda path: path.stem)
def test_no_generative_model_made_the_pictures_of_a_built_in_look(path: Path) -> None:
    # The features that a look was compared by may be a network's: its card says so in one sentence.
    facts = "\n".join(value for _, value in card(path)).replace(VGG_NOTE, "")
    assert GENERATIVE.findall(facts) == []
    made = read_style_header(path).provenance
    for source in (*made.photos, *made.art, *made.painted):
        assert all(maker == "not stated" or maker.startswith(MAKER) for maker in source.made_with)


@pytest.mark.parametrize(
    "words",
    ["SD1.5 img2img", "Stable Diffusion", "compared by a pretrained network"],
)
def test_the_names_of_such_models_would_be_seen(words: str) -> None:
    assert GENERATIVE.search(words)
    assert GENERATIVE.search(VGG_NOTE)
