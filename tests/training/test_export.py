"""The finished style says what it learned from, and under which licence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.media.sources import write_sources
from ganfx.preset import Preset, load_preset, override_data, renamed
from ganfx.styles.header import read_style_header
from ganfx.training import train
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.export import (
    describe_method,
    describe_provenance,
    own_words,
    portable_folder,
)
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
    assert source.credits == {"CC0": ("Ada", "Bob")}


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


def test_a_look_of_the_users_pictures_does_not_take_over_what_a_shipped_preset_says() -> None:
    noir = load_preset("noir")
    picture = (np.zeros((64, 64, 3), np.uint8),)
    rendered = TrainingSet(
        PictureSet(picture, "samples:scenes"), PictureSet(picture, "samples:noir"), None
    )
    mine = PictureSet(picture * 2, "art", (Path("art/a.png"), Path("art/b.png")))
    own = TrainingSet(PictureSet(picture, "photos", (Path("photos/a.png"),)), mine, None)

    assert own_words(noir, rendered) == noir
    assert noir.licence == "Apache-2.0"
    told = own_words(noir, own)
    assert (told.description, told.licence) == ("Learned from 2 pictures in art.", "")
    written = noir.model_copy(update={"description": "Mine.", "licence": "CC0-1.0"})
    assert own_words(written, own) == written
    silent = renamed(noir, "mine")
    assert own_words(silent, own).description == "Learned from 2 pictures in art."


def test_a_style_file_names_no_place_of_this_machine(
    tmp_path: Path, preset: Preset, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    art = write_pictures(tmp_path / "work/mine/art", 3, seed=0)
    photos = write_pictures(tmp_path / "elsewhere/photos", 3, seed=1)
    own = override_data(preset, photos=str(photos.absolute()), art=str(art.absolute()))
    (*_, done) = train(own, tmp_path / "run", device="cpu")

    assert str(tmp_path).encode() not in done.style.read_bytes()
    header = read_style_header(done.style)
    assert header.provenance.art[0].source == header.preset["data"]["art"] == "mine/art"
    assert header.provenance.photos[0].source == header.preset["data"]["photos"] == "photos"
    assert portable_folder("C:\\Users\\ada\\art") == "art"
    assert portable_folder("../art") == "../art"
    assert portable_folder("samples:scenes") == "samples:scenes"
