"""Colour is found under every program's names, and data is never taken for it."""

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from picture_files import noise, save, stored, write

from ganfx.errors import MediaError
from ganfx.media.channels import find_layout, is_data_layer
from ganfx.media.frames import read_frame, read_header, write_frame
from ganfx.media.headers import DataError, holds_data

IDS = np.uint32([[0x3F8A1B2C, 0x40112233, 0x00000001], [0x7F7FFFFF, 0x80000001, 0]])


def layer(name, letters="RGB"):
    return tuple(f"{name}.{letter}" for letter in letters)


@pytest.mark.parametrize(
    ("channels", "colors", "alpha"),
    [
        (("red", "green", "blue"), (0, 1, 2), None),
        (("Blue", "Green", "Red", "Alpha"), (2, 1, 0), 3),
        (layer("beauty", ("red", "green", "blue", "alpha")), (0, 1, 2), 3),
        (layer("N") + layer("diffuse", "rgb"), (3, 4, 5), None),
        (
            layer("P") + layer("motion") + layer("uv") + ("depth.Z",) + layer("spec"),
            (10, 11, 12),
            None,
        ),
        (layer("ViewLayer.CryptoObject00", "rgba") + layer("ViewLayer.Combined"), (4, 5, 6), None),
        (("R", "G", "B", "alpha.V"), (0, 1, 2), 3),
        ((*layer("rgba"), "A"), (0, 1, 2), None),
        (("X", "Y", "Z"), None, None),
        (layer("worldNormal"), None, None),
        (("beauty.red",), None, None),
        (("mask",), None, None),
    ],
)
def test_the_picture_is_colour_by_any_name(channels, colors, alpha):
    layout = find_layout(channels)
    assert (layout and layout.colors) == colors
    assert (layout and layout.alpha) == alpha


DATA = (
    *("N", "P", "Pref", "normal_world", "worldPosition", "motionVector", "motion_vectors", "uv"),
    *("depth", "ObjectID", "IndexOB", "CryptoAsset00", "uCryptoMaterial01", "multi_matte"),
    "ViewLayer.Vector",
)
COLOR = (
    *("diffuse", "specular", "motion_blur", "depth_fog", "beauty", "emission", "Mid"),
    *("normalized", "crypt", "ao", ""),
)


def test_names_of_data_and_of_colour():
    assert [name for name in DATA if not is_data_layer(name)] == []
    assert [name for name in COLOR if is_data_layer(name)] == []


def test_a_part_is_data_by_its_name(tmp_path):
    """Parts of a file whose channels are R, G and B in each."""
    path, pixels = tmp_path / "a.exr", noise((4, 5, 3), "half")
    write_parts(path, {"N": (pixels, "RGB"), "diffuse": (pixels * 2, "RGB")})

    frame = read_frame(path)

    assert frame.stored.picture == 1
    write_frame(tmp_path / "b.exr", frame.rgb * 0, frame)
    assert np.array_equal(stored(tmp_path / "b.exr", part=0)[1], pixels)
    assert not stored(tmp_path / "b.exr", part=1)[1].any()


def write_parts(path, parts, offsets=None):
    """A multi-part EXR from pixels and channel names by name of the part."""
    specs = []
    for name, (pixels, channels) in parts.items():
        spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], len(channels), "half")
        spec.channelnames = tuple(channels)
        spec.attribute("oiio:subimagename", name)
        spec.x, spec.y = (offsets or {}).get(name, (0, 0))
        spec.full_width, spec.full_height = 5, 4
        specs.append(spec)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), tuple(specs)), output.geterror()
    for index, (pixels, _) in enumerate(parts.values()):
        assert not index or output.open(str(path), specs[index], "AppendSubimage")
        assert output.write_image(np.ascontiguousarray(pixels))
    assert output.close()


def cryptomatte(path, names, *, manifest="{}", name="crypto_object", **options):
    """An EXR of 32-bit floats whose first channels hold the bits of ids."""
    pixels = noise((*IDS.shape, len(names)), "float")
    pixels[..., 0] = pixels[..., 2] = IDS.view(np.float32)
    attributes = {"cryptomatte/3ae39a5/name": name, "cryptomatte/3ae39a5/hash": "MurmurHash3_32"}
    if manifest:
        attributes["cryptomatte/3ae39a5/manifest"] = manifest
    return save(path, pixels, names=names, **attributes, **options), pixels


@pytest.mark.parametrize("manifest", ["{}", ""])
@pytest.mark.parametrize("compression", ["zip", "dwaa:45", "b44"])
def test_ids_beside_a_layer_of_colour_are_copied_bit_for_bit(tmp_path, manifest, compression):
    path, _ = cryptomatte(
        tmp_path / "a.exr",
        (*layer("crypto_object00", "RGBA"), *layer("diffuse")),
        manifest=manifest,
        compression=compression,
    )
    frame, (_, before) = read_frame(path), stored(path)
    write_frame(tmp_path / "b.exr", frame.rgb * np.float32(0.5), frame)
    spec, after = stored(tmp_path / "b.exr")

    assert frame.header.cryptomattes == ("crypto_object",)
    assert after[..., :4].tobytes() == before[..., :4].tobytes()
    if compression != "dwaa:45":  # which is what the source has already been rounded by
        assert np.array_equal(before[..., 0].view(np.uint32), IDS)
        assert np.array_equal(after[..., 4:], before[..., 4:] * np.float32(0.5))
    assert spec.get_string_attribute("cryptomatte/3ae39a5/hash") == "MurmurHash3_32"


def test_a_cryptomatte_of_any_name_is_known_by_its_metadata(tmp_path):
    channels = (*layer("aMat00", "RGBA"), *layer("zinc"))
    path, _ = cryptomatte(tmp_path / "a.exr", channels, name="aMat")
    frame = read_frame(path)
    assert frame.header.channels[frame.stored.layout.colors[0]] == "zinc.R"

    alone, _ = cryptomatte(tmp_path / "b.exr", layer("aMat00", "RGBA"), name="aMat")
    with pytest.raises(DataError, match="no colour channels"):
        read_header(alone)
    assert holds_data(alone)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("beauty.red", "beauty.blue"), "layer beauty has no green"),
        (("R", "B", "Z"), "it has no green"),
        (("foo", "bar"), "colour is called R, G, B, or red, green, blue, or Y"),
    ],
)
def test_colour_that_is_half_there_is_no_data_and_says_what_lacks(tmp_path, names, told):
    path = save(tmp_path / "a.exr", noise((2, 2, len(names)), "half"), names=names)
    with pytest.raises(MediaError, match="no colour channels") as caught:
        read_frame(path)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(told)
    assert not holds_data(path)


def test_a_part_that_says_it_is_data_is_no_picture(tmp_path):
    path = save(tmp_path / "a.exr", noise((2, 2, 3), "half"), colorInteropID="data")
    assert holds_data(path)


def test_alpha_of_a_part_of_its_own(tmp_path):
    """It covers two of five columns; another data window is 0 outside."""
    path = tmp_path / "a.exr"
    color, alpha = np.full((4, 5, 3), 0.25, np.float16), np.full((2, 2, 1), 0.5, np.float16)
    write_parts(path, {"rgb": (color, "RGB"), "alpha": (alpha, "A")}, offsets={"alpha": (3, 1)})
    expected = np.zeros((4, 5), np.float32)
    expected[1:3, 3:] = 0.5

    frame = read_frame(path)
    write_frame(tmp_path / "b.exr", frame.rgb * 2, frame)
    write_frame(tmp_path / "b.png", frame.rgb, frame, depth="uint8")

    assert read_header(path).has_alpha
    assert np.array_equal(frame.alpha, expected)
    assert frame.rgb[1, 3, 0] == 0.5  # unpremultiplied
    assert (stored(tmp_path / "b.exr", part=0)[1] == 0.5).all()
    assert stored(tmp_path / "b.exr", part=1)[1].tobytes() == alpha.tobytes()
    png = stored(tmp_path / "b.png")[1]
    assert png[1, 3, 3] == 128
    assert png[0, 0, 3] == 0


def test_an_id_pass_called_rgb_is_data(tmp_path):
    spec = oiio.ImageSpec(3, 2, 3, "uint")
    write(tmp_path / "a.exr", spec, np.repeat(IDS[..., None], 3, axis=-1))
    assert holds_data(tmp_path / "a.exr")
