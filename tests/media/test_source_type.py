"""The IPTC digital source type in XMP: beside what is there, once, and in a file that is whole."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from ganfx.media.frames import new_frame, read_frame, write_frame
from ganfx.media.png_damage import SIGNATURE
from ganfx.media.source_type import put_source_type

KIND = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OTHER = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' dc:source="a film"/></rdf:RDF></x:xmpmeta>'
)


def picture(path: Path) -> Path:
    rgb = np.random.default_rng(0).random((16, 24, 3)).astype(np.float32)
    write_frame(path, rgb, new_frame(rgb, depth="uint8"))
    return path


def description(path: Path) -> dict[str, str]:
    """The properties that Pillow finds, by name without their namespace."""
    with Image.open(path) as opened:
        packet = opened.info["xmp"]
    (found,) = ElementTree.fromstring(packet).iter(f"{{{RDF}}}Description")
    return {name.rpartition("}")[2]: value for name, value in found.items()}


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_other_readers_find_it(tmp_path: Path, name: str) -> None:
    path = picture(tmp_path / name)
    before = read_frame(path).rgb
    put_source_type(path, KIND)
    assert description(path)["DigitalSourceType"] == KIND
    np.testing.assert_array_equal(read_frame(path).rgb, before)


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_what_is_said_already_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    pixels = Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    if name.endswith("png"):
        from PIL.PngImagePlugin import PngInfo

        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", OTHER)
        pixels.save(path, pnginfo=info)
    else:
        pixels.save(path, xmp=OTHER.encode())
    put_source_type(path, KIND)
    found = description(path)
    assert (found["source"], found["DigitalSourceType"]) == ("a film", KIND)
    assert path.read_bytes().count(b"<x:xmpmeta") == 1


@pytest.mark.parametrize("name", ["a.png", "a.jpg"])
def test_it_is_said_once(tmp_path: Path, name: str) -> None:
    path = picture(tmp_path / name)
    put_source_type(path, KIND.replace("composite", "other"))
    put_source_type(path, KIND)
    once = path.read_bytes()
    put_source_type(path, KIND)
    assert path.read_bytes() == once
    assert once.count(b"DigitalSourceType=") == 1
    assert description(path)["DigitalSourceType"] == KIND


def test_a_png_begins_with_its_header(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    put_source_type(path, KIND)
    assert path.read_bytes()[len(SIGNATURE) + 4 :].startswith(b"IHDR")
