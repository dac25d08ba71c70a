"""The finished style says what it learned from, and under which licence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.sources import write_sources
from ganfx.preset import Preset, load_preset, override_data, renamed
from ganfx.styles.card import card
from ganfx.styles.header import read_style_header
from ganfx.training import train
from ganfx.training.data import PictureSet, TrainingSet
from ganfx.training.events import Notice
from ganfx.training.export import (
    describe_method,
    describe_provenance,
    own_words,
    portable_folder,
)
from ganfx.training.picture_credits import silent_tables
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


def pairs_with_credits(folder: Path) -> Path:
    """Three pairs; the table speaks of two of the photos, and of one painting."""
    for part, seed in (("photos", 1), ("painted", 2)):
        write_pictures(folder / part, 3, seed)
    rows = [
        {"file": "photos/p0.png", "licence": "CC0", "author": "Ada"},
        {"file": "photos/p1.png", "licence": "CC-BY-4.0", "author": "Bob"},
        {"file": "painted/p1.png", "made with": "GIMP"},
    ]
    write_sources(folder / "SOURCES.tsv", ("file", "licence", "author", "made with"), rows)
    return folder


def test_painted_versions_have_the_credits_of_their_photos(tmp_path: Path, preset: Preset) -> None:
    pairs = pairs_with_credits(tmp_path / "pairs")
    paired = describe_provenance(load_all(override_data(preset, pairs=str(pairs)))).painted
    own = override_data(preset, art=str(pairs / "painted"))
    as_art = describe_provenance(load_all(own)).art
    for (source,) in (paired, as_art):
        assert source.licences == {"CC0": 1, "CC-BY-4.0": 1, "not stated": 1}
        assert source.credits == {"CC-BY-4.0": ("Bob",), "CC0": ("Ada",)}


def test_what_painted_versions_are_made_with_is_kept(tmp_path: Path, preset: Preset) -> None:
    pairs = pairs_with_credits(tmp_path / "pairs")
    (source,) = describe_provenance(load_all(override_data(preset, pairs=str(pairs)))).painted
    assert source.made_with == {"not stated": 2, "GIMP": 1}


def test_a_licence_that_asks_for_less_than_the_pictures_is_told_once(
    tmp_path: Path, preset: Preset
) -> None:
    art = write_pictures(tmp_path / "art", 2, seed=0)
    row = {"file": "art/p0.png", "licence": "CC-BY-NC-4.0", "author": "Ada"}
    write_sources(tmp_path / "SOURCES.tsv", tuple(row), [row])
    data, steps = override_data(preset, art=str(art)), preset.train.model_copy

    def told(licence: str, count: int, *, resume: bool = False) -> list[str]:
        update = {"licence": licence, "train": steps(update={"steps": count})}
        events = train(data.model_copy(update=update), tmp_path / "run", resume=resume)
        notices = [event.message for event in events if isinstance(event, Notice)]
        return [message for message in notices if "asks for less" in message]

    (message,) = told("CC0-1.0", 1)
    assert "no commercial use (1 of 7), credit (1 of 7), unknown (6 of 7)" in message
    facts = [value for _, value in card(tmp_path / "run" / "tiny.safetensors")]
    assert any(value.startswith("CC0-1.0 asks for less than the pictures do") for value in facts)
    assert told("CC0-1.0", 2, resume=True) == []


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("file,licence\np0.png,CC0\n", "it has no column file; columns have tabs between them"),
        ("file\tlicence\nart/p0.png\tCC0\n", "its column file names none of them, relative to"),
        ("file\tlicence\np0.png\tCC0\n", ""),
    ],
)
def test_a_table_that_says_nothing_of_its_pictures_is_told(
    tmp_path: Path, preset: Preset, table: str, why: str
) -> None:
    art = write_pictures(tmp_path / "art", 2, seed=0)
    (art / "SOURCES.tsv").write_text(table)

    events = train(override_data(preset, art=str(art)), tmp_path / "run")
    told = [e.message for e in events if isinstance(e, Notice) and "says nothing" in e.message]

    says = f"{art / 'SOURCES.tsv'} says nothing of the pictures: {why}"
    assert [message.startswith(says) for message in told] == ([True] if why else [])


def test_a_table_that_cannot_be_read_leaves_no_run(tmp_path: Path, preset: Preset) -> None:
    art = write_pictures(tmp_path / "art", 2, seed=0)
    (art / "SOURCES.tsv").write_bytes(b"file\tauthor\np0.png\tBob\xe9\n")

    with pytest.raises(UsageError, match="it is not UTF-8 text"):
        list(train(override_data(preset, art=str(art)), tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_pairs_need_a_table_of_one_of_their_sides(tmp_path: Path, preset: Preset) -> None:
    pairs = load_all(override_data(preset, pairs=str(pairs_with_credits(tmp_path / "pairs"))))
    assert pairs.painted is not None
    assert list(silent_tables(tmp_path / "pairs", pairs.painted.paths)) == []
    (tmp_path / "pairs" / "SOURCES.tsv").write_text("file\tlicence\nphotos/p0.png\tCC0\n")
    assert list(silent_tables(tmp_path / "pairs", pairs.painted.paths)) != []
    both = (*pairs.photos.paths, *pairs.painted.paths)
    assert list(silent_tables(tmp_path / "pairs", both)) == []


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
