"""What `VideoWriter` keeps of a film beside its pictures, and what it says it does not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.sidedata.sidedata import Type
from av.stream import Disposition

from ganfx.errors import MediaError
from ganfx.media.video import encoders, read_upright_frames, read_video
from ganfx.media.video.containers import check_container
from ganfx.media.video.reading import opened, stream_encoding
from ganfx.media.video.side_data import side_data
from ganfx.media.video.stream_metadata import losses_of, read_stream_metadata
from tests.media.video.test_video import SIZE, TAGS, facts, film, packets, picture, rewritten, times

ONE = 1 << 16
MIRRORED = (-ONE, 0, 0, 0, ONE, 0, 0, 0, 1 << 30)
UPSIDE_DOWN = (ONE, 0, 0, 0, -ONE, 0, 0, 0, 1 << 30)
QUARTER = (0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30)  # clockwise
TRANSPOSED = (0, ONE, 0, ONE, 0, 0, 0, 0, 1 << 30)
MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
PQ = {"color_range": 1, "colorspace": 9, "color_primaries": 9, "color_trc": 16}


def copied(path: Path, name: str, *, options=None, streams=None, set_up=lambda output: None):
    """The streams of a film as they are, in a file that is set up otherwise."""
    out = path.with_name(name)
    with av.open(str(path)) as source, av.open(str(out), "w", options=options or {}) as output:
        targets = [
            output.add_stream_from_template(source.streams[index], opaque=True)
            for index in streams or range(len(source.streams))
        ]
        set_up(output)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = targets[0]
                output.mux(packet)
    return out


def first_frame(path):
    with av.open(str(path)) as container:
        return next(container.decode(video=0))


@pytest.mark.parametrize(
    ("name", "matrix", "seen"),
    [
        ("a.mp4", MIRRORED, lambda rgb: rgb[:, ::-1]),
        ("a.mkv", MIRRORED, lambda rgb: rgb[:, ::-1]),
        ("a.mp4", UPSIDE_DOWN, lambda rgb: rgb[::-1]),
        ("a.mov", QUARTER, lambda rgb: np.rot90(rgb, -1)),
        ("a.mov", TRANSPOSED, lambda rgb: rgb.transpose(1, 0, 2)),
    ],
)
def test_turned_and_mirrored_films_stay_so(tmp_path, name, matrix, seen):
    path = film(tmp_path / name, frames=2, matrix=matrix)
    assert read_stream_metadata(path).matrix == matrix
    assert read_stream_metadata(rewritten(path)).matrix == matrix

    stored = next(read_video(path))
    _, shown = next(read_upright_frames(path, lambda number: number == 0))
    assert np.array_equal(shown, seen(stored))


def test_rgb_in_h264_stays_rgb(tmp_path):
    if "libx264rgb" not in av.codecs_available:
        pytest.skip("no libx264rgb in this FFmpeg")
    path = film(tmp_path / "a.mp4", codec="libx264rgb", pixels="rgb24", frames=3)
    out = rewritten(path)

    assert facts(path)["pixels"] == "gbrp"
    assert facts(out) == facts(path)
    for before, after in zip(read_video(path), read_video(out), strict=True):
        assert np.abs(before - after).mean() < 0.01


def test_rgb_without_an_encoder_is_yuv_of_a_matrix_that_is_told(tmp_path, monkeypatch):
    path = film(tmp_path / "a.mkv", codec="ffv1", pixels="bgr0", frames=2, colorspace=0)
    monkeypatch.setitem(encoders._ENCODERS, "ffv1", encoders.encoder_of("h264"))
    out = rewritten(path)

    assert facts(out)["pixels"] == "yuvj444p"
    assert facts(out)["tags"][:2] == (2, 6)  # full range, BT.601
    for before, after in zip(read_video(path), read_video(out), strict=True):
        assert np.abs(before - after).mean() < 0.02


def test_avi_begins_at_its_first_chunk_and_has_no_gap(tmp_path):
    path = film(tmp_path / "a.avi", codec="mpeg4", options={"bf": "2"}, sound=True)
    assert times(path)[0] == Fraction(1, 24)
    out = rewritten(path)

    assert times(out) == [Fraction(number, 24) for number in range(12)]
    with av.open(str(out)) as container:
        assert container.streams.video[0].frames == 12
    assert len(list(read_video(out))) == 12
    sounds = [[data for _, data in packets(each, "audio")] for each in (path, out)]
    assert sounds[0] == sounds[1] != []


def test_hdr10_metadata_stays_in_hevc(tmp_path):
    params = f"log-level=error:master-display={MASTERING}:max-cll=1000,400"
    options = {"x265-params": params}
    path = film(
        tmp_path / "a.mp4",
        codec="libx265",
        pixels="yuv420p10le",
        frames=4,
        options=options,
        **PQ,
    )
    before, after = first_frame(path), first_frame(rewritten(path))
    for kind in (Type.MASTERING_DISPLAY_METADATA, Type.CONTENT_LIGHT_LEVEL):
        assert side_data(before, kind)
        assert side_data(after, kind) == side_data(before, kind)
    assert read_stream_metadata(path).hdr.mastering.red == (34000, 16000)
    assert read_stream_metadata(path).hdr.mastering.luminance == (1, 10_000_000)
    assert read_stream_metadata(path).hdr.light == (1000, 400)
    assert list(losses_of(path)) == []


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_films_shorter_than_what_x265_looks_ahead_are_written(tmp_path, frames):
    options = {"x265-params": "log-level=error:bframes=0"}
    path = film(tmp_path / "a.mkv", codec="libx265", frames=frames, options=options)
    assert times(rewritten(path)) == times(path)
    assert len(times(path)) == frames


def test_hdr10_metadata_that_is_lost_is_told(tmp_path):
    options = {"x264-params": f"mastering-display={MASTERING}:cll=1000,400"}
    path = film(tmp_path / "a.mp4", pixels="yuv420p10le", frames=2, options=options, **PQ)
    (loss,) = losses_of(path)
    assert loss == "its HDR10 metadata (mastering display, light levels) is left out"
    assert read_stream_metadata(rewritten(path)).hdr is None


def test_attachments_of_matroska_are_passed_on(tmp_path):
    def attach(output):
        output.add_attachment("letters.ttf", "font/ttf", b"\x00\x01 letters")

    path = copied(film(tmp_path / "plain.mkv", frames=3), "a.mkv", set_up=attach)
    out = rewritten(path)

    with av.open(str(out)) as container:
        (attached,) = container.streams.attachments
        assert (attached.data, attached.mimetype) == (b"\x00\x01 letters", "font/ttf")
        assert attached.metadata["filename"] == "letters.ttf"
    assert out.read_bytes() == rewritten(path, "again.mkv").read_bytes()
    assert list(losses_of(path)) == []


def test_the_reel_stays_with_the_timecode(tmp_path):
    metadata = {"timecode": "01:00:00:00", "reel_name": "A001C002"}
    path = film(tmp_path / "a.mov", frames=2, metadata=metadata)
    for each in (path, rewritten(path)):
        with av.open(str(each)) as container:
            (timecode,) = container.streams.data
            assert timecode.metadata["reel_name"] == "A001C002"
            assert timecode.metadata["timecode"] == "01:00:00:00"


@pytest.mark.parametrize("suffix", [".mov", ".mp4"])
def test_keys_of_cameras_are_kept(tmp_path, suffix):
    def describe(output):
        output.metadata.update({"com.arri.camera.CameraModel": "ALEXA", "title": "reel 1"})

    plain = film(tmp_path / f"plain{suffix}", frames=2)
    options = {"movflags": "use_metadata_tags"}
    out = rewritten(copied(plain, f"a{suffix}", options=options, set_up=describe))

    with av.open(str(out)) as container:
        assert container.metadata["com.arri.camera.CameraModel"] == "ALEXA"
        assert container.metadata["title"] == "reel 1"
    assert b"mdta" not in rewritten(plain).read_bytes()


def add_pictures(output, count, disposition=None):
    """Another stream, encoded at once; muxed by whoever opened the file."""
    stream = output.add_stream("png", rate=24)
    stream.height, stream.width, stream.pix_fmt = *SIZE, "rgb24"
    if disposition:
        stream.disposition = disposition
    packets = []
    for number in range(count):
        codes = np.ascontiguousarray(np.round(picture(number) * 255).astype(np.uint8))
        frame = av.VideoFrame.from_ndarray(codes, "rgb24")
        frame.pts = number
        packets.append((stream, frame))
    return packets


def test_streams_that_are_left_out_are_named(tmp_path):
    plain, path = film(tmp_path / "plain.mp4", frames=3, **TAGS), tmp_path / "a.mp4"
    with av.open(str(plain)) as source, av.open(str(path), "w") as output:
        cover = add_pictures(output, 1, Disposition.attached_pic)
        film_stream = output.add_stream_from_template(source.streams.video[0], opaque=True)
        second = add_pictures(output, 3)
        for stream, frame in (*cover, *second):
            output.mux(stream.encode(frame))
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = film_stream
                output.mux(packet)

    assert list(losses_of(path)) == ["its second video stream and its cover picture are left out"]
    assert len(list(read_video(path))) == 3
    assert list(losses_of(plain)) == []


def test_an_interlaced_film_is_told_to_be_one(tmp_path):
    path = film(
        tmp_path / "a.mxf",
        codec="mpeg2video",
        pixels="yuv422p",
        frames=4,
        options={"flags": "+ildct+ilme"},
    )
    assert list(losses_of(path)) == [
        "is interlaced; its fields are done as one picture, deinterlace it first"
    ]


def anamorphic(path, aspect=Fraction(4, 3), **options):
    return film(path, frames=2, sample_aspect_ratio=aspect, **options)


@pytest.mark.parametrize(
    ("name", "codec", "pixels"),
    [
        ("a.mov", "prores_ks", "yuv422p10le"),
        ("a.mov", "cfhd", "yuv422p10le"),
        ("a.mp4", "ffv1", "yuv420p"),
        ("a.mxf", "prores_ks", "yuv422p10le"),
        ("a.mkv", "libx264", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
    ],
)
def test_pixel_aspect_is_kept_wherever_it_is(tmp_path, name, codec, pixels):
    path = anamorphic(tmp_path / name, codec=codec, pixels=pixels)
    assert facts(path)["aspect"] == Fraction(4, 3)
    assert facts(rewritten(path))["aspect"] == Fraction(4, 3)
    assert list(losses_of(path)) == []


def test_pixel_aspect_that_has_no_place_is_told(tmp_path):
    path = anamorphic(tmp_path / "a.mp4", codec="ffv1")
    assert list(losses_of(path, tmp_path / "b.mkv")) == [
        "its pixel aspect 4:3 is left out: .mkv with ffv1 has no place for it"
    ]


def test_what_an_encoder_has_less_of_is_told(tmp_path):
    deep = film(tmp_path / "a.mp4", codec="libx264", pixels="yuv422p10le", frames=2)
    with av.open(str(deep)) as container:
        stream = container.streams.video[0]
        encoding = stream_encoding(stream, deep)
        assert encoders.written_format("av1", "yuv422p10le", encoding) == "yuv420p10le"
        assert encoders.written_format("vp9", "yuv422p10le", encoding) == "yuv422p"
        assert encoders.written_format("prores", "yuv422p10le", encoding) == "yuv422p10le"
    for codec, told in (
        ("libsvtav1", "its 4:2:2 becomes 4:2:0, as the encoder of h264 has no more"),
        ("libvpx-vp9", "its 10 bits become 8 bits, as the encoder of h264 has no more"),
    ):
        with pytest.MonkeyPatch.context() as patch:
            other = encoders.encoder_of("h264")._replace(name=codec)
            patch.setitem(encoders._ENCODERS, "h264", other)
            assert list(losses_of(deep)) == [told]


def with_subtitles(path):
    (path.parent / "a.srt").write_text("1\n00:00:00,100 --> 00:00:00,400\nHello\n")
    plain = film(path.with_name("plain.mkv"), frames=24)
    with (
        av.open(str(plain)) as pictures,
        av.open(str(path.parent / "a.srt")) as words,
        av.open(str(path), "w") as output,
    ):
        for source in (pictures, words):
            output.add_stream_from_template(source.streams[0])
        for source, target in zip((pictures, words), output.streams, strict=True):
            for packet in source.demux():
                if packet.size:
                    packet.stream = target
                    output.mux(packet)
    return path


def test_subtitles_that_a_container_does_not_take_are_left_out_and_told(tmp_path):
    path = with_subtitles(tmp_path / "a.mkv")
    assert list(losses_of(path, tmp_path / "b.mp4")) == [
        "its subtitles (subrip) are left out: .mp4 does not take this codec"
    ]
    with av.open(str(rewritten(path, "b.mp4"))) as container:
        assert [stream.type for stream in container.streams] == ["video"]
    assert packets(rewritten(path, "b.mkv"), "subtitle") == [(Fraction(1, 10), b"Hello")]
    assert list(losses_of(path, tmp_path / "b.mkv")) == []


def test_a_container_and_a_size_that_cannot_be_are_found_before(tmp_path):
    path = film(tmp_path / "a.mkv", codec="ffv1", frames=2)
    with opened(path) as (_, stream):
        encoding = stream_encoding(stream, path)
        check_container(tmp_path / "b.mp4", stream, encoding, path)
        with pytest.raises(MediaError, match=r"a\.mkv cannot be written as \.mov of ffv1, 96x64"):
            check_container(tmp_path / "b.mov", stream, encoding, path)
