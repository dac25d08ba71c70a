"""Small films, made with PyAV itself, through `read_video` and `VideoWriter`."""

from fractions import Fraction

import av
import numpy as np
import pytest
from skimage import data

from ganfx.errors import MediaError
from ganfx.media.video import VideoWriter, read_video, read_video_info
from ganfx.media.video.yuv import encoding_of, from_rgb

SIZE = (64, 96)  # height, width
PHOTO = (data.astronaut() / 255).astype(np.float32)
TAGS = {"color_range": 1, "colorspace": 1, "color_primaries": 1, "color_trc": 1}


def picture(index):
    """A camera move over a photo."""
    return PHOTO[60 + index : 60 + index + SIZE[0], 180 + 2 * index : 180 + 2 * index + SIZE[1]]


def film(
    path,
    *,
    codec="libx264",
    pixels="yuv420p",
    frames=12,
    rate=24,
    sound=False,
    times=None,
    options=None,
    **tags,
):
    """Write a film as another program would; ``times`` are pts in thousandths of a second."""
    index_first = {"movflags": "+faststart"} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", options=index_first) as output:
        video = output.add_stream(codec, rate=rate)
        video.height, video.width = SIZE
        video.pix_fmt = pixels
        video.options = options or {}
        if times:
            video.codec_context.time_base = Fraction(1, 1000)
        rotation = tags.pop("rotation", 0)
        if rotation:
            video.set_display_rotation(rotation)
        if "matrix" in tags:
            video.set_display_matrix(tags.pop("matrix"))
        for key, value in tags.pop("metadata", {}).items():
            video.metadata[key] = value
        for key, value in tags.items():
            setattr(video.codec_context, key, value)
        audio = output.add_stream("aac", rate=48000, layout="mono") if sound else None
        encoding = encoding_of(
            pixels, tags.get("colorspace", 2), tags.get("color_range", 0), SIZE[0]
        )
        for index in range(frames):
            frame = from_rgb(picture(index), encoding)
            frame = frame if frame.format.name == pixels else frame.reformat(format=pixels)
            frame.pts = times[index] if times else index
            output.mux(video.encode(frame))
        output.mux(video.encode(None))
        if audio:
            write_sound(output, audio, frames / rate)
    return path


def write_sound(output, stream, seconds):
    samples = np.sin(np.arange(int(48000 * seconds)) * 0.05).astype(np.float32)
    for start in range(0, len(samples) - 1024, 1024):
        frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], "fltp", "mono")
        frame.sample_rate, frame.pts = 48000, start
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def rewritten(path, name=None, change=lambda rgb: rgb, vfr=False):
    out = path.with_name(name or "out-" + path.name)
    with VideoWriter(out, like=path, vfr=vfr) as writer:
        for rgb in read_video(path, vfr=vfr):
            writer.write(change(rgb))
    return out


def facts(path):
    """What a player sees of a film: codec, format, tags, timing."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        first = next(container.decode(stream))
        return {
            "codec": context.codec.canonical_name,
            "pixels": context.pix_fmt,
            "tags": (
                context.color_range,
                context.colorspace,
                context.color_primaries,
                context.color_trc,
            ),
            "rate": stream.average_rate,
            "rotation": first.rotation,
            "aspect": stream.sample_aspect_ratio,
        }


def packets(path, kind):
    with av.open(str(path)) as container:
        streams = [stream for stream in container.streams if stream.type == kind]
        return [
            (packet.pts * packet.time_base, bytes(packet))
            for packet in container.demux(streams)
            if packet.size
        ]


def times(path):
    return sorted(time for time, _ in packets(path, "video"))


def test_decoded_pictures_are_display_rgb_in_order(tmp_path):
    path = film(tmp_path / "a.mp4", options={"crf": "4"}, **TAGS)
    decoded = list(read_video(path))

    assert len(decoded) == 12
    for index, rgb in enumerate(decoded):
        assert (rgb.dtype, rgb.shape) == (np.float32, (*SIZE, 3))
        assert rgb.min() >= 0
        assert rgb.max() <= 1
        assert np.abs(rgb - picture(index)).mean() < 0.02


def test_info_is_read_without_decoding(tmp_path):
    info = read_video_info(film(tmp_path / "a.mp4", rate=Fraction(24000, 1001), sound=True))
    assert (info.width, info.height, info.frames, info.bits) == (96, 64, 12, 8)
    assert (info.codec, info.pixel_format, info.rate) == ("h264", "yuv420p", Fraction(24000, 1001))
    assert info.has_audio


@pytest.mark.parametrize(
    ("name", "codec", "pixels", "options"),
    [
        ("a.mp4", "libx264", "yuv420p", {}),
        ("a.mp4", "libx264", "yuv444p", {}),
        ("a.mp4", "libx264", "yuv422p10le", {}),
        ("a.mov", "prores_ks", "yuv422p10le", {"profile": "3"}),
        ("a.mkv", "ffv1", "yuv420p10le", {}),
        ("a.mkv", "ffv1", "gbrp16le", {}),
        ("a.mp4", "libx265", "yuv420p10le", {"x265-params": "log-level=error"}),
        ("a.webm", "libvpx-vp9", "yuv420p", {}),
        ("a.avi", "mjpeg", "yuvj420p", {}),
        ("a.avi", "mpeg4", "yuv420p", {}),
        ("a.mov", "qtrle", "rgb24", {}),
        ("a.mxf", "mpeg2video", "yuv422p", {}),
        ("a.mkv", "mpeg1video", "yuv420p", {}),
        ("a.mov", "cfhd", "yuv422p10le", {}),
        ("a.mov", "cfhd", "gbrp12le", {}),
        ("a.mxf", "jpeg2000", "yuv422p10le", {}),
        ("a.mov", "v410", "yuv444p10le", {}),
        ("a.mov", "v308", "yuv444p", {}),
        ("a.mov", "r210", "gbrp10le", {}),
        ("a.avi", "ffvhuff", "yuv411p", {}),
    ],
)
def test_codec_depth_and_chroma_stay_those_of_the_source(tmp_path, name, codec, pixels, options):
    path = film(tmp_path / name, codec=codec, pixels=pixels, options=options, frames=4)
    out = rewritten(path)

    assert facts(out) == facts(path)
    for before, after in zip(read_video(path), read_video(out), strict=True):
        assert np.abs(before - after).mean() < 0.02


@pytest.mark.parametrize(
    ("codec", "pixels"),
    [
        *(("ffv1", pixels) for pixels in ("bgr0", "gbrp10le", "yuv444p", "yuv444p12le")),
        ("huffyuv", "rgb24"),  # decoded as bgr0
        ("ffvhuff", "gbrp"),
        ("utvideo", "gbrp"),
        ("magicyuv", "gbrp"),
        ("jpeg2000", "gbrp"),
    ],
)
def test_lossless_film_comes_out_bit_for_bit(tmp_path, codec, pixels):
    suffix = ".mkv" if codec == "ffv1" else ".avi"
    path = film(tmp_path / f"a{suffix}", codec=codec, pixels=pixels, frames=3)
    for before, after in zip(read_video(path), read_video(rewritten(path)), strict=True):
        assert np.array_equal(before, after)


def test_a_gray_film_can_take_color(tmp_path):
    path = film(tmp_path / "a.mkv", codec="ffv1", pixels="gray", frames=2)
    out = rewritten(path, change=lambda rgb: rgb * np.float32([1, 0.5, 0.25]))
    assert facts(out)["pixels"] == "yuv444p"
    for before, after in zip(read_video(path), read_video(out), strict=True):
        assert np.abs(before * np.float32([1, 0.5, 0.25]) - after).max() < 0.01


@pytest.mark.parametrize(
    "tags",
    [
        TAGS,
        {"color_range": 2, "colorspace": 6, "color_primaries": 6, "color_trc": 6},
        {"color_range": 1, "colorspace": 9, "color_primaries": 9, "color_trc": 16},
    ],
)
def test_color_tags_are_kept(tmp_path, tags):
    path = film(tmp_path / "a.mp4", frames=2, **tags)
    assert facts(path)["tags"] == tuple(tags.values())
    assert facts(rewritten(path)) == facts(path)


def test_rate_start_rotation_aspect_and_timecode_are_kept(tmp_path):
    path = film(
        tmp_path / "a.mov",
        rate=Fraction(30000, 1001),
        rotation=90,
        sample_aspect_ratio=Fraction(4, 3),
        metadata={"timecode": "01:02:03:04"},
    )
    out = rewritten(path)

    assert facts(out) == facts(path)
    assert facts(path)["rotation"] == 90
    assert times(out) == times(path)
    with av.open(str(out)) as container:
        assert container.streams.video[0].metadata["timecode"] == "01:02:03:04"


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_sound_is_passed_through_untouched(tmp_path, name):
    path = film(tmp_path / name, sound=True, frames=30)
    out = rewritten(path)

    before, after = packets(path, "audio"), packets(out, "audio")
    assert len(before) > 50
    assert [data for _, data in after] == [data for _, data in before]
    assert [time for time, _ in after] == [time for time, _ in before]
    assert times(out) == times(path)


def test_subtitles_chapters_and_titles_are_passed_through(tmp_path):
    (tmp_path / "a.srt").write_text("1\n00:00:00,100 --> 00:00:00,400\nHello\n")
    plain, path = film(tmp_path / "plain.mkv", frames=24), tmp_path / "a.mkv"
    chapter = {"id": 1, "start": 0, "end": 500, "time_base": Fraction(1, 1000), "metadata": {}}
    with (
        av.open(str(plain)) as pictures,
        av.open(str(tmp_path / "a.srt")) as words,
        av.open(str(path), "w") as output,
    ):
        output.set_chapters([chapter])
        output.metadata["title"] = "reel 1"
        for source in (pictures, words):  # streams first: the header goes out with a packet
            output.add_stream_from_template(source.streams[0])
        for source, target in zip((pictures, words), output.streams, strict=True):
            for packet in source.demux():
                if packet.size:
                    packet.stream = target
                    output.mux(packet)

    out = rewritten(path)

    assert packets(out, "subtitle") == packets(path, "subtitle") == [(Fraction(1, 10), b"Hello")]
    with av.open(str(out)) as container:
        assert container.metadata["title"] == "reel 1"
        assert container.chapters()[0]["end"] == 500_000_000


def test_a_film_that_starts_late_stays_in_step_with_its_sound(tmp_path):
    path = film(tmp_path / "a.mkv", rate=25, times=[200 + 40 * n for n in range(12)], sound=True)
    out = rewritten(path)
    assert times(path)[0] == Fraction(1, 5)
    assert times(out) == times(path)


def test_two_writes_of_a_film_give_the_same_bytes(tmp_path):
    for name, options in (("a.mp4", {}), ("a.mkv", {"codec": "ffv1"})):
        path = film(tmp_path / name, frames=3, sound=True, **options)
        assert rewritten(path).read_bytes() == rewritten(path, "again-" + name).read_bytes()


def test_a_variable_frame_rate_is_refused_with_what_to_do(tmp_path):
    uneven = [0, 40, 80, 200, 240, 280, 320, 360, 400, 440, 480, 520]
    path = film(tmp_path / "a.mkv", rate=25, times=uneven)
    for use in (lambda: next(read_video(path)), lambda: rewritten(path)):
        with pytest.raises(MediaError, match="variable frame rate") as caught:
            use()
        assert "--vfr keep" in caught.value.message
        assert "ffmpeg -i" in caught.value.hint


@pytest.mark.parametrize("name", ["a.mkv", "a.mp4", "a.mov"])
@pytest.mark.parametrize("codec", ["libx264", "prores_ks", "ffv1"])
def test_a_variable_frame_rate_can_be_kept(tmp_path, name, codec):
    if (codec, name) in (("ffv1", "a.mov"), ("ffv1", "a.mp4"), ("prores_ks", "a.mp4")):
        pytest.skip("not in that container")
    uneven = [200, 240, 280, 400, 407, 520, 560, 600, 640, 900, 940, 1000]
    pixels = "yuv422p10le" if codec == "prores_ks" else "yuv420p"
    path = film(
        tmp_path / name, codec=codec, pixels=pixels, rate=25, times=uneven, sound=name == "a.mkv"
    )
    out = rewritten(path, vfr=True)

    assert times(out) == times(path)
    assert len(set(np.diff(times(path)))) > 4  # x264 has B-frames: decoded in another order
    for before, after in zip(read_video(path, vfr=True), read_video(out, vfr=True), strict=True):
        assert np.abs(before - after).mean() < 0.02
    if name == "a.mkv":
        assert packets(out, "audio") == packets(path, "audio")


def test_an_uneven_film_cut_short_is_refused(tmp_path):
    uneven = [40 * n + 15 * (n % 3) for n in range(60)]
    path = film(tmp_path / "a.mkv", rate=25, frames=60, times=uneven, options={"g": "12"})
    assert len(list(read_video(path, vfr=True))) == 60
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MediaError, match=r"is cut short: [01]\.\d+ of 2\.\d+ s; frame \d+ is"):
        list(read_video(path, vfr=True))


def test_an_even_rate_is_the_same_whether_uneven_ones_are_kept_or_not(tmp_path):
    path = film(tmp_path / "a.mp4", sound=True)
    kept = rewritten(path, "kept.mp4", vfr=True).read_bytes()
    assert rewritten(path).read_bytes() == kept


def test_times_rounded_to_milliseconds_are_an_even_rate(tmp_path):
    path = film(tmp_path / "a.mkv", rate=Fraction(24000, 1001))
    assert len({b - a for a, b in zip(times(path), times(path)[1:], strict=False)}) == 2
    assert len(list(read_video(path))) == 12
    assert times(rewritten(path)) == times(path)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_film_cut_short_names_its_last_good_frame(tmp_path, name, kept):
    path = film(tmp_path / name, frames=60, options={"g": "12"})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])

    with pytest.raises(
        MediaError, match=r"of 60 frames; frame \d+ is the last good one|of 5\d frames"
    ):
        list(read_video(path))


def test_an_mp4_without_its_index_is_refused(tmp_path):
    path = film(tmp_path / "a.mov", frames=20)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(MediaError, match=r"a\.mov"):
        read_video_info(path)


@pytest.mark.parametrize("content", [b"", b"not a film\n" * 100])
def test_what_is_no_film_is_refused(tmp_path, content):
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    for use in (read_video_info, lambda p: next(read_video(p)), rewritten):
        with pytest.raises(MediaError, match=r"cannot read .*a\.mp4"):
            use(path)
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(MediaError, match="No such file"):
        read_video_info(tmp_path / "none.mp4")


def test_a_film_with_sound_only_is_refused(tmp_path):
    with av.open(str(tmp_path / "a.mp4"), "w") as output:
        write_sound(output, output.add_stream("aac", rate=48000, layout="mono"), 0.2)
    with pytest.raises(MediaError, match="no moving picture"):
        read_video_info(tmp_path / "a.mp4")


def test_an_exception_in_the_block_leaves_no_file(tmp_path):
    path = film(tmp_path / "a.mp4", frames=4)
    out = tmp_path / "sub" / "b.mp4"

    def stop_in_the_middle():
        with VideoWriter(out, like=path) as writer:
            writer.write(picture(0))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stop_in_the_middle()
    assert list(out.parent.iterdir()) == []


def test_a_container_that_cannot_hold_the_codec_is_an_error(tmp_path):
    path = film(tmp_path / "a.mov", codec="qtrle", pixels="rgb24", frames=2)
    with pytest.raises(MediaError, match=r"cannot write .*b\.webm"):
        rewritten(path, "b.webm")
    assert not (tmp_path / "b.webm").exists()
