"""The finished style says what it learned from, and under which licence."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ganfx.media.sources import write_sources
from ganfx.preset import Preset, override_data
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.export import describe_method, describe_provenance
from tests.training.conftest import load_all, write_pictures


def test_licences_and_authors_come_from_the_table_beside_the_pictures(
    tmp_path: Path, preset: Preset
) -> None:
    art = write_pictures(tmp_path / "art", 3, seed=0)
    rows = [
        {"file": "art/p0.png", "licence": "CC0", "author": "Ada"},
        {"file": "art/p1.png", "licence": "CC0", "author": "Bob"},
    ]
    write_sources(tmp_path / "SOURCES.tsv", ("file", "licence", "author"), rows)

    pictures = load_all(override_data(preset, art=str(art)))
    (source,) = describe_provenance(pictures).art
    assert source.count == 3
    assert source.licences == {"CC0": 2, "not stated": 1}
    assert source.authors == ("Ada", "Bob")


def test_rendered_pictures_are_named_as_such() -> None:
    rendered = PictureSet((np.zeros((64, 64, 3), np.uint8),) * 2, "samples:scenes")

    (source,) = describe_provenance(TrainingSet(rendered, None, None)).photos
    assert (source.source, source.licences) == ("samples:scenes", {"rendered by ganfx": 2})


def test_a_pretrained_network_is_named_where_it_had_a_part(preset: Preset) -> None:
    noted = preset.model_copy(update={"notes": "By hand."})

    def notes(**loss: object) -> str:
        return describe_method(
            noted.model_copy(update={"loss": noted.loss.model_copy(update=loss)})
        )

    assert notes() == "By hand."
    assert notes(features="vgg19") == "By hand."  # no term looks at it
    assert notes(features="vgg19", gram=1.0).startswith(
        "By hand. Trained against features of VGG19"
    )
