import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.flow_files import write_flow
from ganfx.media.frames import read_frame, read_picture, write_picture
from ganfx.samples import Scene, sample_pictures, teach
from ganfx.samples.events import FileWritten, PictureSkipped
from ganfx.samples.writing import teach_folder, write_samples


def files(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def photo(seed, height=24, width=32):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def test_a_shot_comes_with_its_flow_and_an_art_set(tmp_path):
    events = list(
        write_samples(tmp_path, frames=3, width=48, height=32, seed=2, teacher="noir", art=2)
    )

    assert files(tmp_path) == [
        "art/noir/001.png", "art/noir/002.png",
        "flow/flow.1001.flo", "flow/flow.1002.flo",
        "flow/occlusion.1001.png", "flow/occlusion.1002.png",
        "shot/plate.1001.png", "shot/plate.1002.png", "shot/plate.1003.png",
    ]  # fmt: skip
    assert sorted(e.path.relative_to(tmp_path).as_posix() for e in events) == files(tmp_path)
    assert {e.total for e in events} == {9}
    assert sum(isinstance(e, FileWritten) for e in events) == 9


def test_exr_frames_are_half_and_keep_light_above_one(tmp_path):
    list(write_samples(tmp_path, frames=1, width=96, height=64, seed=2, format="exr"))

    frame = read_frame(tmp_path / "shot" / "plate.1001.exr")
    light = Scene(2, 96, 64).render(1001)
    assert frame.header.depth == "half"
    assert frame.rgb.max() > 3.0
    assert frame.rgb == pytest.approx(light, rel=2**-10, abs=1e-4)


def test_a_flow_file_has_the_tag_the_size_and_pairs_in_rows(tmp_path):
    flow = np.array([[[1.0, -2.0], [0.5, 0.25]]], dtype=np.float32)  # one row, two pixels

    write_flow(tmp_path / "a.flo", flow)

    stored = (tmp_path / "a.flo").read_bytes()
    assert stored[:4] == b"PIEH"
    assert np.frombuffer(stored, "<i4", 2, 4).tolist() == [2, 1]
    assert np.frombuffer(stored, "<f4", 4, 12).tolist() == [1.0, -2.0, 0.5, 0.25]
    assert len(stored) == 28


def test_occlusion_is_white_where_the_next_frame_hides_it(tmp_path):
    list(write_samples(tmp_path, frames=2, width=64, height=48, seed=3))

    _, occluded = Scene(3, 64, 48).flow(1001, 1002)
    written = read_picture(tmp_path / "flow" / "occlusion.1001.png")
    assert np.array_equal(written[..., 0] == 255, occluded)


def test_the_art_is_the_sample_set_of_its_seed(tmp_path):
    list(write_samples(tmp_path, frames=1, width=32, height=32, seed=4, teacher="noir", art=1))

    (expected,) = sample_pictures("samples:noir", 1, seed=4)
    assert np.array_equal(read_picture(tmp_path / "art" / "noir" / "001.png"), expected)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"width": 4}, "4x32"),
        ({"frames": 0}, "0 frames"),
        ({"format": "gif"}, "gif"),
        ({"teacher": "sepia"}, "sepia"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_written(tmp_path, options, says):
    out = tmp_path / "out"

    with pytest.raises(UsageError, match=says):
        next(write_samples(out, **{"frames": 1, "width": 32, "height": 32, "seed": 1, **options}))

    assert not out.exists()


def test_a_file_in_the_place_of_the_output_folder_is_named(tmp_path):
    (tmp_path / "out").write_text("mine")

    with pytest.raises(UsageError, match="it is a file"):
        next(write_samples(tmp_path / "out", frames=1, width=32, height=32, seed=1))

    assert (tmp_path / "out").read_text() == "mine"


def test_an_output_folder_without_write_permission_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write everywhere

    with pytest.raises(UsageError, match="no permission"):
        next(write_samples(tmp_path, frames=1, width=32, height=32, seed=1))


def test_a_folder_of_photos_becomes_pairs_with_the_same_names(tmp_path):
    photos, out = tmp_path / "in", tmp_path / "out"
    for seed, name in enumerate(("a.jpg", "deep/er/b.png", ".hidden/c.png")):
        write_picture(photos / name, photo(seed))
    (photos / "notes.txt").write_text("no picture")

    events = list(teach_folder(photos, out, "noir"))

    assert files(out) == [
        "painted/a.png", "painted/deep/er/b.png", "photos/a.png", "photos/deep/er/b.png",
    ]  # fmt: skip
    assert [e.path.relative_to(out).parts[0] for e in events] == ["photos", "painted"] * 2
    picture = read_picture(out / "photos" / "deep" / "er" / "b.png")
    assert np.array_equal(picture, photo(1))
    painted = read_picture(out / "painted" / "deep" / "er" / "b.png")
    assert np.array_equal(painted, teach("noir", picture))


def test_photos_that_differ_in_their_suffix_alone_do_not_overwrite_each_other(tmp_path):
    for seed, name in enumerate(("a.bmp", "a.jpg", "a.png", "a.PNG")):
        write_picture(tmp_path / "in" / name, photo(seed))

    list(teach_folder(tmp_path / "in", tmp_path / "out", "noir"))

    names = [p.name for p in (tmp_path / "out" / "photos").iterdir()]
    assert sorted(names) == ["a.png", "a_PNG.png", "a_bmp.png", "a_jpg.png"]
    assert np.array_equal(read_picture(tmp_path / "out" / "photos" / "a.png"), photo(2))


def test_photos_that_cannot_be_used_are_left_out_with_the_reason(tmp_path):
    write_picture(tmp_path / "in" / "good.png", photo(1))
    write_picture(tmp_path / "in" / "tiny.png", photo(2, height=9))
    (tmp_path / "in" / "broken.png").write_bytes(b"not a picture at all")

    events = list(teach_folder(tmp_path / "in", tmp_path / "out", "noir"))

    skipped = {e.path.name: e for e in events if isinstance(e, PictureSkipped)}
    assert sorted(skipped) == ["broken.png", "tiny.png"]
    assert "32x9" in skipped["tiny.png"].reason
    assert sum(isinstance(e, FileWritten) for e in events) == events[-1].total == 2


def test_a_second_run_does_not_paint_what_the_first_one_wrote(tmp_path):
    write_picture(tmp_path / "a.png", photo(1))

    for _ in range(2):
        list(teach_folder(tmp_path, tmp_path, "noir"))

    assert files(tmp_path) == ["a.png", "painted/a.png", "photos/a.png"]


def test_who_made_the_photos_is_written_beside_the_pairs(tmp_path):
    write_picture(tmp_path / "in" / "a.jpg", photo(1))
    write_picture(tmp_path / "in" / "b.jpg", photo(2))
    table = "file\tlicence\tauthor\na.jpg\tCC0\tAda\nother.jpg\tCC0\tBob\n"
    (tmp_path / "in" / "SOURCES.tsv").write_text(table)

    list(teach_folder(tmp_path / "in", tmp_path / "out", "noir"))

    rows = (tmp_path / "out" / "SOURCES.tsv").read_text().splitlines()
    assert rows == [
        "file\tlicence\tauthor\tmade with",
        "photos/a.png\tCC0\tAda\t",
        "painted/a.png\tCC0\tAda\tganfx samples --teacher noir",
    ]


def test_rows_of_other_pictures_stay_where_more_are_painted(tmp_path):
    for name, author in (("first", "Ada"), ("second", "Bo")):
        write_picture(tmp_path / name / f"{name}.png", photo(1))
        table = f"file\tauthor\tmade with\n{name}.png\t{author}\tBlender\n"
        (tmp_path / name / "SOURCES.tsv").write_text(table)
        list(teach_folder(tmp_path / name, tmp_path / "out", "noir"))
    list(teach_folder(tmp_path / "first", tmp_path / "out", "ink"))

    rows = (tmp_path / "out" / "SOURCES.tsv").read_text().splitlines()
    assert sorted(rows) == [
        "file\tauthor\tmade with",
        "painted/first.png\tAda\tBlender; ganfx samples --teacher ink",
        "painted/second.png\tBo\tBlender; ganfx samples --teacher noir",
        "photos/first.png\tAda\tBlender",
        "photos/second.png\tBo\tBlender",
    ]


def test_subfolders_may_have_tables_of_their_own(tmp_path):
    for part, author in (("hills", "Ada"), ("towns", "Bob")):
        write_picture(tmp_path / "in" / part / "a.png", photo(1))
        table = f"file\tauthor\tby {part}\na.png\t{author}\t1\n"
        (tmp_path / "in" / part / "SOURCES.tsv").write_text(table)

    list(teach_folder(tmp_path / "in", tmp_path / "out", "noir"))

    rows = (tmp_path / "out" / "SOURCES.tsv").read_text().splitlines()
    assert rows[0] == "file\tauthor\tby hills\tmade with\tby towns"
    assert "painted/hills/a.png\tAda\t1\tganfx samples --teacher noir\t" in rows
    assert "painted/towns/a.png\tBob\t\tganfx samples --teacher noir\t1" in rows


def test_stopping_early_leaves_whole_pairs(tmp_path):
    for seed in range(3):
        write_picture(tmp_path / "in" / f"{seed}.png", photo(seed))
    events = teach_folder(tmp_path / "in", tmp_path / "out", "noir")

    next(events)
    events.close()

    assert files(tmp_path / "out") == ["painted/0.png", "photos/0.png"]


@pytest.mark.parametrize("folder", ["missing", "empty"])
def test_a_folder_without_photos_is_refused(tmp_path, folder):
    (tmp_path / "empty").mkdir()

    with pytest.raises(UsageError, match=folder):
        next(teach_folder(tmp_path / folder, tmp_path / "out", "noir"))

    assert not (tmp_path / "out").exists()
