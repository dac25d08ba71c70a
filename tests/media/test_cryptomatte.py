"""Cryptomattes: ids, ranks, names, and what cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import MediaError
from ganfx.media.cryptomatte import check_crypto, crypto_matte, id_of
from ganfx.media.frames import read_frame
from ganfx.media.headers import read_specs
from ganfx.stylize.render.aovs import drop_aovs

HEIGHT, WIDTH = 4, 6
NAMES = ("hero", "hero_hat", "sky", "/World/tree")
Ranks = list[tuple[str, float]]


def write_render(
    path: Path,
    ranks: Ranks,
    *,
    levels: int = 2,
    manifest: str | None = "",
    beside: str = "",
    layer: str = "CryptoObject",
    kind: str = "float",
    letters: str = "RGBA",
    hashed: str = "MurmurHash3_32",
) -> Path:
    """A render whose left half has ``ranks``, and whose right half is all sky."""
    held = (f"{layer}{level:02d}.{letter}" for level in range(levels) for letter in letters)
    names = ("R", "G", "B", *held)
    spec = oiio.ImageSpec(WIDTH, HEIGHT, len(names), kind)
    spec.channelnames = names
    key = "cryptomatte/1234567"
    told = {"name": layer, "hash": hashed, "conversion": "uint32_to_float32"}
    if manifest == "":
        manifest = json.dumps({name: f"{id_of(name):08x}" for name in NAMES})
    told |= {"manifest": manifest} if manifest is not None else {}
    told |= {"manif_file": beside} if beside else {}
    for name, value in told.items():
        spec.attribute(f"{key}/{name}", value)
    pixels = np.zeros((HEIGHT, WIDTH, len(names)), np.float32)
    if levels:
        pixels[:, 3:, 3:5] = as_float("sky"), 1
    for rank, (name, coverage) in enumerate(ranks):
        pixels[:, :3, 3 + 2 * rank : 5 + 2 * rank] = as_float(name), coverage
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec)
    assert output.write_image(pixels)
    assert output.close()
    return path


def as_float(name: str) -> np.float32:
    return np.array([id_of(name)], np.uint32).view(np.float32)[0]


def left_and_right(path: Path, *wanted: str) -> tuple[float, float]:
    matte = crypto_matte(read_frame(path), wanted)
    check_crypto(read_specs(path), path, wanted)
    assert matte.shape == (HEIGHT, WIDTH)
    return float(matte[0, 0]), float(matte[0, -1])


@pytest.fixture
def render(tmp_path: Path) -> Path:
    """An edge pixel: hero, hat, tree and sky, in that order of coverage."""
    ranks = [("hero", 0.5), ("hero_hat", 0.25), ("/World/tree", 0.125), ("sky", 0.125)]
    return write_render(tmp_path / "a.exr", ranks)


def test_ids_are_hashes_that_are_numbers():
    assert id_of("hello") == 0x248BFA47  # MurmurHash3_32 of it, seed 0
    # Those of 300 names are finite, and neither 0 nor denormal.
    floats = np.array([id_of(f"mesh_{n}") for n in range(300)], np.uint32).view(np.float32)
    assert np.isfinite(floats).all()
    assert (np.abs(floats) >= np.finfo(np.float32).tiny).all()


def test_coverages_of_names_and_wildcards_add_up(render):
    assert left_and_right(render, "hero") == (0.5, 0.0)
    assert left_and_right(render, "hero*") == (0.75, 0.0)
    assert left_and_right(render, "hero", "sky") == (0.625, 1.0)
    assert left_and_right(render, "/World/*") == (0.125, 0.0)
    assert left_and_right(render, "*") == (1.0, 1.0)
    assert left_and_right(render, f"{id_of('sky'):08x}") == (0.125, 1.0)


def test_mattes_of_all_objects_are_the_coverage_of_all(render):
    frame = read_frame(render)
    whole = sum(crypto_matte(frame, [name]) for name in NAMES)
    np.testing.assert_array_equal(whole, crypto_matte(frame, ["*"]))


def test_a_layer_can_be_named(render):
    assert left_and_right(render, "CryptoObject/hero") == (0.5, 0.0)
    with pytest.raises(MediaError, match="no CryptoMaterial/hero in Cryptomatte CryptoObject"):
        crypto_matte(read_frame(render), ["CryptoMaterial/hero"])


def test_eight_ranks_in_small_letters(tmp_path):
    ranks = [(f"leaf{n}", 0.125) for n in range(7)] + [("hero", 0.125)]
    path = write_render(tmp_path / "a.exr", ranks, levels=4, letters="rgba")
    assert left_and_right(path, "hero") == (0.125, 0.0)


def test_without_a_manifest_whole_names_are_hashed(tmp_path):
    path = write_render(tmp_path / "a.exr", [("hero", 0.5), ("sky", 0.5)], manifest=None)
    assert left_and_right(path, "hero") == (0.5, 0.0)
    assert left_and_right(path, f"0x{id_of('hero'):08x}") == (0.5, 0.0)
    with pytest.raises(MediaError, match=r"has no manifest: her\? cannot be looked up"):
        crypto_matte(read_frame(path), ["her?"])


def test_a_manifest_may_lie_beside_the_file(tmp_path):
    path = write_render(tmp_path / "a.exr", [("hero", 1.0)], manifest=None, beside="shot.json")
    with pytest.raises(MediaError, match=r"manifest shot\.json cannot be read beside it"):
        crypto_matte(read_frame(path), ["hero"])
    (tmp_path / "shot.json").write_text(json.dumps({"renamed": f"{id_of('hero'):08x}"}))
    assert left_and_right(path, "ren*") == (1.0, 0.0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "half"}, "stored in half floats, which lose its ids"),
        ({"hashed": "sha1"}, "has hash sha1, not MurmurHash3_32"),
        ({"manifest": "{"}, "manifest of its Cryptomatte is damaged"),
        ({"layer": "other", "levels": 0}, "there is no Cryptomatte"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path, changed, message):
    ranks = [("hero", 1.0)] if changed.get("levels", 1) else []
    path = write_render(tmp_path / "a.exr", ranks, **changed)
    with pytest.raises(MediaError, match=message):
        check_crypto(read_specs(path), path, ["hero"])
    with pytest.raises(MediaError, match=message):
        crypto_matte(read_frame(path), ["hero"])


def test_a_name_that_is_not_there_is_told_with_one_that_is(render):
    with pytest.raises(MediaError, match="no heroo in Cryptomatte CryptoObject") as error:
        crypto_matte(read_frame(render), ["heroo"])
    assert error.value.hint == "did you mean hero?"


def write_parts(path: Path, ranks: Ranks) -> Path:
    """As Blender writes it: the picture's part has the metadata, and each level is another."""
    one = write_render(path.with_name("one.exr"), ranks)
    whole, specs = oiio.ImageBuf(str(one)), []
    pixels = whole.get_pixels("float")
    chosen = [("picture", range(3)), ("levels.0", range(3, 7)), ("levels.1", range(7, 11))]
    for name, channels in chosen:
        spec = oiio.ImageSpec(WIDTH, HEIGHT, len(channels), "float")
        spec.channelnames = tuple(whole.spec().channelnames[n] for n in channels)
        spec.attribute("oiio:subimagename", name)
        for each in whole.spec().extra_attribs if name == "picture" else ():
            if each.name.startswith("cryptomatte/"):
                spec.attribute(each.name, each.value)
        specs.append(spec)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), tuple(specs))
    for number, (_, channels) in enumerate(chosen):
        if number:
            assert output.open(str(path), specs[number], "AppendSubimage")
        assert output.write_image(np.ascontiguousarray(pixels[..., list(channels)]))
    assert output.close()
    return path


def test_levels_may_be_parts_of_their_own(tmp_path):
    ranks = [("hero", 0.5), ("hero_hat", 0.25), ("sky", 0.25)]
    path = write_parts(tmp_path / "a.exr", ranks)
    assert left_and_right(path, "hero*") == (0.75, 0.0)
    assert left_and_right(path, "sky") == (0.25, 1.0)
    frame = read_frame(path)
    held = drop_aovs(frame, [n for s in read_specs(path) for n in s.channelnames if "Crypto" in n])
    np.testing.assert_array_equal(crypto_matte(held, ["sky"]), crypto_matte(frame, ["sky"]))
