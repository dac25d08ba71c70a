"""What an EXR says of itself: levels of compression, and that it is an ACES container."""

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.media.frames import read_frame, write_frame
from ganfx.media.picture_losses import losses_of_picture
from tests.media.picture_files import noise, save, stored

AP0 = ("float[8]", (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767))
PLAIN = ("R", "G", "B")
LAYERS = (*PLAIN, "Z", "diffuse.R", "diffuse.G", "diffuse.B")


def level(spec):
    return spec.getattribute("openexr:dwaCompressionLevel")


def changed(path, out, **options):
    frame = read_frame(path)
    write_frame(out, frame.rgb * np.float32(0.5), frame, **options)
    return stored(out)


@pytest.mark.parametrize("compression", ["dwaa:1", "dwab:200", "dwaa"])
def test_the_level_of_dwa_is_kept_and_in_force(tmp_path, compression):
    path = save(tmp_path / "a.exr", noise((64, 64, 3), "half"), compression=compression)
    spec, pixels = changed(path, tmp_path / "b.exr")

    name, _, number = compression.partition(":")
    assert spec.get_string_attribute("compression") == name
    assert level(spec) == (float(number) if number else None)
    error = np.abs(pixels.astype(np.float32) - stored(path)[1].astype(np.float32) / 2).max()
    assert error < {"dwaa:1": 0.2, "dwaa": 4.0, "dwab:200": 12.0}[compression]
    assert (error < 0.2) == (number == "1")
    assert list(losses_of_picture(path, tmp_path / "b.exr", None, partly=False)) == []


def test_layers_that_dwa_would_change_again_are_kept(tmp_path):
    pixels = noise((64, 64, 7), "half")
    path = save(tmp_path / "a.exr", pixels, names=LAYERS, compression="dwaa:200")
    spec, after = changed(path, tmp_path / "b.exr")

    names, before = list(spec.channelnames), stored(path)
    for name in LAYERS[3:]:
        kept = before[1][..., list(before[0].channelnames).index(name)]
        assert np.array_equal(after[..., names.index(name)], kept)
    assert spec.get_string_attribute("compression") == "zip"
    assert level(spec) == 200
    assert list(losses_of_picture(path, path, None, partly=False)) == [
        "written with zip: dwaa would change diffuse.R, diffuse.G, diffuse.B once more"
    ]


def test_channels_that_dwa_keeps_itself_stay_in_it(tmp_path):
    names = (*PLAIN, "A", "Z", "N.x")
    path = save(tmp_path / "a.exr", noise((32, 32, 6), "half"), names=names, compression="dwaa")
    spec, after = changed(path, tmp_path / "b.exr")

    assert spec.get_string_attribute("compression") == "dwaa"
    before = stored(path)[1]
    assert np.array_equal(after[..., 4:], before[..., 4:])
    assert list(losses_of_picture(path, path, None, partly=False)) == []


@pytest.mark.parametrize("compression", ["dwaa:200", "lj2k"])
def test_a_plate_that_shows_is_kept_to_the_bit(tmp_path, compression):
    path = save(tmp_path / "a.exr", noise((64, 64, 3), "half"), compression=compression)
    frame = read_frame(path)
    write_frame(tmp_path / "b.exr", frame.rgb, frame, partly=True)

    assert np.array_equal(stored(tmp_path / "b.exr")[1], stored(path)[1])
    (loss,) = losses_of_picture(path, path, None, partly=True)
    assert loss.startswith("written with zip")


def test_parts_that_are_copied_are_kept_to_the_bit(tmp_path):
    path, specs = tmp_path / "a.exr", []
    for name in ("beauty", "glow"):
        spec = oiio.ImageSpec(32, 32, 3, "half")
        spec.attribute("oiio:subimagename", name)
        spec.attribute("compression", "dwaa:100")
        specs.append(spec)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), tuple(specs))
    assert output.write_image(noise((32, 32, 3), "half"))
    assert output.open(str(path), specs[1], "AppendSubimage")
    assert output.write_image(noise((32, 32, 3), "half", 1))
    assert output.close()

    changed(path, tmp_path / "b.exr")
    assert np.array_equal(stored(tmp_path / "b.exr", 1)[1], stored(path, 1)[1])
    kept = [stored(tmp_path / "b.exr", part)[0] for part in (0, 1)]
    assert [spec.get_string_attribute("compression") for spec in kept] == ["dwaa", "zip"]
    assert [level(spec) for spec in kept] == [100, 100]


def container(path, *, names=PLAIN, kind="half", **attributes):
    """A file whose flag is put in after it was written: OpenImageIO refuses some of them."""
    attributes = {"chromaticities": AP0, "placeholder": "x" * 12, **attributes}
    save(path, noise((8, 8, len(names)), kind), names=names, **attributes)
    taken = b"placeholder\0string\0\x0c\0\0\0" + b"x" * 12
    flag = b"acesImageContainerFlag\0int\0\x04\0\0\0\x01\0\0\0"
    assert len(taken) == len(flag)
    data = path.read_bytes()
    assert data.count(taken) == 1
    path.write_bytes(data.replace(taken, flag))
    return path


def flag(spec):
    return spec.get_int_attribute("acesImageContainerFlag")


@pytest.mark.parametrize("names", [PLAIN, (*PLAIN, "A")])
def test_an_aces_container_stays_one(tmp_path, names):
    path = container(tmp_path / "a.exr", names=names, compression="none")
    spec, _ = changed(path, tmp_path / "b.exr")

    assert flag(spec) == 1
    assert spec.getattribute("chromaticities") == pytest.approx(AP0[1])
    assert list(losses_of_picture(path, path, None, partly=False)) == []


@pytest.mark.parametrize(
    ("names", "options", "depth", "why"),
    [
        (PLAIN, {"compression": "zip"}, None, "its compression is zip, not none"),
        (PLAIN, {"compression": "none"}, "float", "it holds float, not half"),
        (
            (*PLAIN, "Z"),
            {"compression": "none"},
            None,
            "it has channels R, G, B, Z, not R, G, B and A alone",
        ),
        (
            PLAIN,
            {"compression": "none", "colorInteropID": "lin_ap1_scene"},
            None,
            "its colours are not ACES2065-1",
        ),
    ],
)
def test_what_is_no_aces_container_has_no_flag_and_is_told(tmp_path, names, options, depth, why):
    path = container(tmp_path / "a.exr", names=names, **options)
    assert flag(stored(path)[0]) == 1
    spec, _ = changed(path, tmp_path / "b.exr", depth=depth)

    assert flag(spec) == 0
    assert str(spec.format) == (depth or "half")
    assert list(losses_of_picture(path, path, depth, partly=False)) == [
        f"the result is no ACES container, and has no flag of one: {why}"
    ]


def test_chromaticities_that_contradict_a_container_are_corrected(tmp_path):
    """The flag counts: the picture is taken for ACES2065-1, and says so."""
    wrong = ("float[8]", (0.64, 0.33, *AP0[1][2:]))
    path = container(tmp_path / "a.exr", names=PLAIN, compression="none", chromaticities=wrong)
    spec, _ = changed(path, tmp_path / "b.exr")

    assert flag(spec) == 1
    assert spec.getattribute("chromaticities") == pytest.approx(AP0[1])
    assert list(losses_of_picture(path, path, None, partly=False)) == []


def test_half_float_tiff_stays_one_and_none_is_made_anew(tmp_path):
    pixels = np.linspace(-3, 900, 8 * 8 * 3, dtype=np.float32).reshape(8, 8, 3).astype(np.float16)
    oiio.attribute("tiff:half", 1)
    path = save(tmp_path / "a.tif", pixels)
    oiio.attribute("tiff:half", 0)
    spec, after = changed(path, tmp_path / "b.tif")

    assert str(spec.format) == "half"
    assert np.array_equal(after, (pixels.astype(np.float32) / 2).astype(np.float16))
    exr = save(tmp_path / "a.exr", pixels)
    assert str(changed(exr, tmp_path / "c.tif")[0].format) == "float"
    assert str(changed(exr, tmp_path / "d.tif", depth="half")[0].format) == "half"
