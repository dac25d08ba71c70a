"""From one picture format to another, and files that are not what they should be."""

import os

import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from picture_files import noise, save, stored, write
from PIL import Image, ImageOps
from skimage import data

from ganfx.errors import MediaError, UsageError
from ganfx.media.color import linear_to_display
from ganfx.media.frames import (
    new_frame,
    read_frame,
    read_header,
    read_picture,
    write_frame,
    write_picture,
)

PHOTO = data.astronaut()[:48, :64]


def converted(path, name, **options):
    frame = read_frame(path)
    out = path.with_name(name)
    write_frame(out, frame.rgb, frame, **options)
    return out


@pytest.mark.parametrize(
    ("source", "kind", "target", "depth"),
    [
        ("a.png", np.uint8, "b.jpg", "uint8"),
        ("a.png", np.uint8, "b.exr", "half"),
        ("a.png", np.uint16, "b.exr", "float"),
        ("a.png", np.uint16, "b.dpx", "uint16"),
        ("a.png", np.uint16, "b.jpg", "uint8"),
        ("a.exr", np.float16, "b.png", "uint16"),
        ("a.exr", np.float16, "b.tif", "float"),
        ("a.exr", np.float32, "b.hdr", "float"),
    ],
)
def test_another_format_holds_the_nearest_depth(tmp_path, source, kind, target, depth):
    scale = 255 if np.issubdtype(kind, np.floating) else 1
    path = save(tmp_path / source, (PHOTO.astype(np.float32) / scale).astype(kind))
    assert read_header(converted(path, target)).depth == depth


def test_a_depth_that_the_format_cannot_hold_is_refused(tmp_path):
    path = save(tmp_path / "a.png", PHOTO)
    with pytest.raises(UsageError, match="png files cannot hold half") as caught:
        converted(path, "b.png", depth="half")
    assert caught.value.hint == "png holds uint8, uint16"
    assert read_header(converted(path, "c.png", depth="uint16")).depth == "uint16"


def test_what_is_said_of_an_exrs_part_is_not_said_of_another_format(tmp_path):
    light = np.float16([[[0.1, 0.2, 0.3]]])
    said = {"name": "beauty", "view": "left", "Copyright": "me"}
    path = save(tmp_path / "a.exr", light, **said, **{"openexr:lineOrder": "decreasingY"})
    kept = {"name", "view", "Copyright", "openexr:lineOrder", "DocumentName"}
    for name, expected in (("b.exr", kept - {"DocumentName"}), ("b.png", {"Copyright"})):
        (spec, *_) = stored(converted(path, name))
        assert {each.name for each in spec.extra_attribs} & kept == expected


def test_an_unknown_suffix_is_refused_with_the_known_ones(tmp_path):
    path = save(tmp_path / "a.png", PHOTO)
    with pytest.raises(UsageError, match=r"\.xyz is not a picture format") as caught:
        converted(path, "b.xyz")
    assert ".exr" in caught.value.hint


def test_light_is_encoded_for_display_formats_and_back(tmp_path):
    path = save(tmp_path / "a.exr", np.float16([[[0.18, 0.5, 4.0]]]))
    png = converted(path, "b.png", depth="uint8")
    back = converted(png, "c.exr")

    assert stored(png)[1].tolist() == [[[118, 188, 255]]]  # 0.4614, 0.7354 and 1, times 255
    assert stored(back)[1][0, 0].astype(float) == pytest.approx([0.18, 0.5, 1.0], abs=0.003)


def test_no_8_bit_code_is_lost_on_the_way_through_exr(tmp_path):
    path = save(tmp_path / "a.png", np.arange(256, dtype=np.uint8).reshape(8, 32, 1).repeat(3, 2))
    back = converted(converted(path, "b.exr"), "c.png", depth="uint8")
    assert np.array_equal(stored(back)[1], stored(path)[1])


def test_alpha_changes_its_convention_with_the_format(tmp_path):
    path = save(
        tmp_path / "a.exr", np.float16([[[0.25, 0.25, 0.25, 0.5]]]), names=("R", "G", "B", "A")
    )
    png = converted(path, "b.png", depth="uint8")
    assert stored(png)[1].tolist() == [[[188, 188, 188, 128]]]  # 0.25 / 0.5, encoded
    assert stored(converted(png, "c.exr"))[1][0, 0].astype(float) == pytest.approx(
        [0.25, 0.25, 0.25, 0.5], abs=0.003
    )


def test_hidden_texture_color_does_not_glow_in_an_exr(tmp_path):
    path = save(tmp_path / "a.png", np.uint8([[[255, 255, 255, 0]]]), oiio__UnassociatedAlpha=1)
    assert stored(converted(path, "b.exr"))[1].tolist() == [[[0.0, 0.0, 0.0, 0.0]]]


def test_without_alpha_a_premultiplied_picture_looks_as_over_black(tmp_path):
    path = save(
        tmp_path / "a.exr", np.float16([[[0.25, 0.25, 0.25, 0.5]]] * 8), names=("R", "G", "B", "A")
    )
    pixels = stored(converted(path, "b.jpg"))[1]
    assert np.abs(pixels.astype(int) - 137).max() <= 1  # 0.25, encoded


def test_the_display_window_is_what_a_display_format_shows(tmp_path):
    spec = oiio.ImageSpec(4, 3, 3, "half")
    spec.x, spec.y, spec.full_width, spec.full_height = -1, 2, 6, 4
    pixels = np.ones((3, 4, 3), np.float16)
    write(tmp_path / "a.exr", spec, pixels)
    shown = stored(converted(tmp_path / "a.exr", "b.png"))[1][..., 0] > 0

    assert shown.astype(int).tolist() == [[0] * 6, [0] * 6, [1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 0, 0]]


@pytest.mark.parametrize("tag", [3, 6])
def test_a_picture_is_turned_upright_where_the_format_has_no_tag_for_it(tmp_path, tag):
    exif = Image.Exif()
    exif[0x0112] = tag
    Image.fromarray(PHOTO).save(tmp_path / "a.webp", exif=exif, lossless=True)
    path = save(tmp_path / "a.png", PHOTO, Orientation=tag)
    expected = read_picture(path)

    for source, name in ((path, "b.tga"), (path, "b.dpx"), (tmp_path / "a.webp", "c.webp")):
        out = converted(source, name)
        assert read_header(out).orientation == 1
        assert np.array_equal(read_picture(out), expected)
    assert read_header(converted(path, "d.tif")).orientation == tag
    assert np.array_equal(read_picture(tmp_path / "d.tif"), expected)


def test_gray_stays_one_channel_only_while_it_is_gray(tmp_path):
    path = save(tmp_path / "a.png", noise((5, 4, 1), "uint8"))
    frame = read_frame(path)
    tinted = frame.rgb + np.float32([0.0, 0.0, 0.01])
    write_frame(tmp_path / "grey.png", frame.rgb * np.float32([1, 1, 1.0005]), frame)
    write_frame(tmp_path / "tint.png", tinted, frame)

    assert read_header(path).color == "gray"
    assert stored(tmp_path / "grey.png")[0].nchannels == 1
    assert stored(tmp_path / "tint.png")[0].channelnames == ("R", "G", "B")
    assert stored(converted(path, "b.webp"))[0].nchannels == 3  # which has no grey


def test_gray_with_alpha_and_gray_exr_keep_or_grow_their_channels(tmp_path):
    texture = save(
        tmp_path / "a.png", noise((5, 4, 2), "uint8"), names=("Y", "A"), oiio__UnassociatedAlpha=1
    )
    light = save(tmp_path / "a.exr", noise((5, 4, 2), "half"), names=("Y", "Z"))
    frame = read_frame(light)
    write_frame(tmp_path / "c.exr", frame.rgb * np.float32([1, 1, 0.5]), frame)

    assert stored(converted(texture, "b.tga"))[0].channelnames == ("R", "G", "B", "A")
    assert stored(tmp_path / "c.exr")[0].channelnames == ("R", "G", "B", "Z")
    assert np.array_equal(stored(tmp_path / "c.exr")[1][..., 3], stored(light)[1][..., 1])


@pytest.mark.parametrize("compression", [None, "tga_rle"])
def test_gray_with_alpha_in_tga_is_read_and_kept(tmp_path, compression):
    codes = noise((6, 8, 2), "uint8")
    Image.fromarray(codes, "LA").save(tmp_path / "a.tga", compression=compression)
    header = read_header(tmp_path / "a.tga")
    assert (header.channels, header.color, header.has_alpha) == (("Y", "A"), "gray", True)

    out = converted(tmp_path / "a.tga", "b.tga")
    with Image.open(out) as image:
        assert image.mode == "LA"
        assert np.array_equal(np.asarray(image), codes)
    assert np.array_equal(stored(converted(tmp_path / "a.tga", "c.png"))[1], codes)
    frame = read_frame(tmp_path / "a.tga")
    write_frame(tmp_path / "d.tga", frame.rgb * np.float32([1, 1, 0.5]), frame)
    tinted = stored(tmp_path / "d.tga")[1]
    assert np.array_equal(tinted[..., [0, 1, 3]], codes[..., [0, 0, 1]])


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "uint8"), ("a.png", "uint16"), ("a.exr", "half")]
)
def test_gray_goes_through_jpeg_xl(tmp_path, name, kind):
    codes = noise((30, 40, 1), kind)
    path = save(tmp_path / name, codes, names=("Y",))
    once = converted(path, "b.jxl")
    again = converted(once, "c.jxl")
    back = converted(again, "d" + path.suffix)

    for out in (once, again, back):
        assert read_header(out).color == "gray"
        assert np.array_equal(stored(out)[1], codes)
    frame = read_frame(once)
    write_frame(tmp_path / "e.jxl", frame.rgb * np.float32([1, 1, 0.5]), frame)
    assert np.array_equal(stored(tmp_path / "e.jxl")[1][..., :1], codes)


def test_palette_and_cmyk_files_become_rgb(tmp_path):
    photo = Image.fromarray(PHOTO)
    palette = photo.convert("P", palette=Image.Palette.ADAPTIVE)
    for name in ("p.png", "p.bmp", "p.tif", "p.tga"):
        palette.save(tmp_path / name)
        assert read_header(tmp_path / name).color == "palette"
        out = converted(tmp_path / name, "out-" + name)
        assert np.array_equal(stored(out)[1], stored(tmp_path / name)[1])
        assert np.abs(stored(out)[1].astype(int) - np.asarray(palette.convert("RGB"))).max() <= 1
    photo.convert("CMYK").save(tmp_path / "c.jpg", quality=95)
    photo.convert("CMYK").save(tmp_path / "c.tif")
    for name in ("c.jpg", "c.tif"):
        assert read_header(tmp_path / name).color == "cmyk"
        got = stored(converted(tmp_path / name, "out-" + name))[1]
        assert np.abs(got.astype(int) - PHOTO).mean() < 2


def test_one_bit_pictures_become_eight_bit_ones(tmp_path):
    Image.fromarray(PHOTO).convert("1").save(tmp_path / "a.tif")
    out = converted(tmp_path / "a.tif", "b.tif")
    assert stored(out)[0].getattribute("oiio:BitsPerSample") == 8
    assert set(np.unique(stored(out)[1])) == {0, 255}


def test_jpeg_is_written_with_full_color_resolution_and_little_loss(tmp_path):
    out = converted(save(tmp_path / "a.png", data.chelsea()[:100, :100]), "b.jpg")
    spec, pixels = stored(out)
    assert spec.getattribute("jpeg:subsampling") == "4:4:4"
    assert np.abs(pixels.astype(int) - data.chelsea()[:100, :100]).mean() < 2


@pytest.mark.parametrize("shape", [(1, 1), (3, 5000), (5000, 3)])
@pytest.mark.parametrize(
    "name",
    ["a.png", "a.jpg", "a.exr", "a.tif", "a.dpx", "a.webp", "a.tga", "a.hdr", "a.bmp", "a.jxl"],
)
def test_tiny_and_thin_pictures_work_in_every_format(tmp_path, shape, name):
    if (shape, name) == ((1, 1), "a.jxl"):
        pytest.skip("OpenImageIO takes a JPEG XL of a few bytes for a damaged one")
    frame = new_frame(np.full((*shape, 3), 0.5, np.float32), depth="uint8")
    write_frame(tmp_path / name, frame.rgb, frame)
    assert read_frame(tmp_path / name).rgb.shape == (*shape, 3)


# --- damaged and missing files


@pytest.mark.parametrize(
    "name",
    ["a.png", "a.jpg", "a.exr", "a.tif", "a.dpx", "a.webp", "a.tga", "a.hdr", "a.bmp", "a.jxl"],
)
@pytest.mark.parametrize("kept", [0.1, 0.6, 0.9])
def test_a_file_cut_short_is_an_error_that_names_it(tmp_path, name, kept):
    frame = new_frame(PHOTO.astype(np.float32) / 255, depth="uint8")
    path = tmp_path / name
    write_frame(path, frame.rgb, frame)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])

    with pytest.raises(MediaError) as caught:
        read_frame(path)
    assert str(path) in caught.value.message
    assert "copy it again" in caught.value.hint


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".exr", ".tif", ".dpx", ".tga", ".hdr"])
@pytest.mark.parametrize("content", [b"", b"\0", b"this is a text file, not a picture\n" * 40])
def test_what_is_no_picture_is_refused_whatever_its_name(tmp_path, suffix, content):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    for read in (read_header, read_frame, read_picture):
        with pytest.raises(MediaError, match=f"cannot read .*a{suffix}"):
            read(path)


@given(st.binary(max_size=200), st.sampled_from([".png", ".jpg", ".exr", ".tif", ".dpx", ".tga"]))
@settings(max_examples=60)
def test_random_bytes_never_crash(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("bytes") / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(MediaError):
        read_frame(path)


def test_missing_files_and_folders_say_so(tmp_path):
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(MediaError, match="No such file"):
        read_frame(tmp_path / "none.png")
    with pytest.raises(MediaError, match="Is a directory"):
        read_header(tmp_path / "folder.png")


def test_a_picture_is_read_by_its_content_where_its_suffix_is_wrong(tmp_path):
    path = save(tmp_path / "a.jpg", PHOTO).rename(tmp_path / "b.png")
    assert read_header(path).format == "jpeg"


def test_an_animated_webp_is_refused(tmp_path):
    frames = [Image.fromarray(PHOTO), Image.fromarray(PHOTO[::-1])]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:])
    with pytest.raises(MediaError, match="animation"):
        read_frame(tmp_path / "a.webp")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    frame = new_frame(PHOTO.astype(np.float32) / 255, depth="uint8")
    path = tmp_path / "a.webp"
    write_frame(path, frame.rgb, frame)
    before = path.read_bytes()
    tall = new_frame(np.zeros((16384, 1, 3), np.float32), depth="uint8")  # one more than WebP has

    with pytest.raises(MediaError, match=r"cannot write .*a\.webp"):
        write_frame(path, tall.rgb, tall)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    frame = new_frame(np.zeros((2, 2, 3), np.float32), depth="uint8")
    with pytest.raises(MediaError, match="cannot write") as caught:
        write_frame(tmp_path / "file" / "a.png", frame.rgb, frame)
    assert "--out" in caught.value.hint


def test_a_folder_without_write_permission_is_an_error(tmp_path):
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("root may write everywhere")
    frame = new_frame(np.zeros((2, 2, 3), np.float32), depth="uint8")
    with pytest.raises(MediaError, match="no permission"):
        write_frame(tmp_path / "a.png", frame.rgb, frame)
    tmp_path.chmod(0o700)


# --- pictures to learn from and to look at


@pytest.mark.parametrize("tag", range(1, 9))
def test_a_picture_is_upright_whatever_its_orientation_tag(tmp_path, tag):
    exif = Image.Exif()
    exif[0x0112] = tag
    Image.fromarray(PHOTO).save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as image:
        expected = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(read_picture(tmp_path / "a.png"), expected)


def test_a_large_picture_is_reduced_to_the_longest_side(tmp_path):
    path = save(tmp_path / "a.png", np.repeat(np.repeat(PHOTO[:16, :32], 4, 0), 4, 1))
    small = read_picture(path, max_side=32)

    assert np.array_equal(small, PHOTO[:16, :32])  # each pixel is the mean of four equal ones
    assert read_picture(path, max_side=4000).shape == (64, 128, 3)
    assert read_picture(
        save(tmp_path / "b.png", noise((3, 5000, 3), "uint8")), max_side=100
    ).shape == (1, 100, 3)


def test_light_above_one_is_white_in_a_picture(tmp_path):
    path = save(tmp_path / "a.exr", np.float16([[[0.18, 1.0, 7.0]]]))
    expected = np.floor(linear_to_display(np.float32([0.18, 1.0, 1.0])) * 255 + 0.5)
    assert read_picture(path)[0, 0].tolist() == expected.tolist()


def test_an_8_bit_picture_survives_png_exactly_and_jpeg_nearly(tmp_path):
    write_picture(tmp_path / "a.png", PHOTO)
    write_picture(tmp_path / "a.jpg", PHOTO)
    assert np.array_equal(read_picture(tmp_path / "a.png"), PHOTO)
    assert np.abs(read_picture(tmp_path / "a.jpg").astype(int) - PHOTO).mean() < 2
