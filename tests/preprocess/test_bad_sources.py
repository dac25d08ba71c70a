"""Sources that cannot be read, change, or leave nothing: told, and the others go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folders import OPTIONS, PLAIN, contents, make_folder, of_kind, photo, pictures_in, run

from ganfx.errors import GanfxError, MediaError
from ganfx.media.background import Color
from ganfx.media.frames import new_frame, read_header, read_picture, write_frame, write_picture
from ganfx.media.scans import Scan, read_scan, write_scan
from ganfx.preprocess import Options, preprocess
from ganfx.preprocess.events import (
    PassStarted,
    PreprocessDone,
    SourceFailed,
)

MANY = [f"{folder}{index:02d}.png" for folder in ("", "x/") for index in range(6)]


def test_a_source_that_cannot_be_read_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "c.jpg", "d.png")
    (source / "b.png").write_bytes(b"")
    (source / "c.jpg").write_bytes((source / "c.jpg").read_bytes()[:700])

    events = run(source, tmp_path / "dst")
    failed = {event.source: event.reason for event in of_kind(events, SourceFailed)}
    assert list(failed) == ["b.png", "c.jpg"]
    assert failed["b.png"] == "the file is empty"
    assert pictures_in(tmp_path / "dst") == ["a.png", "d.png"]
    assert of_kind(events, PreprocessDone)[0].failed == 2


def test_a_source_that_changes_while_it_is_read_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "c.png")

    def read_slowly(path: Path, *, background: Color) -> Scan:
        scan = read_scan(path, background=background)
        if path.name == "b.png":
            path.write_bytes(path.read_bytes() + b"more")
        return scan

    monkeypatch.setattr("ganfx.preprocess.inputs.read_scan", read_slowly)
    events = run(source, tmp_path / "dst")
    (failed,) = of_kind(events, SourceFailed)
    assert (failed.source, failed.reason) == ("b.png", "changed while it was read")
    assert pictures_in(tmp_path / "dst") == ["a.png", "c.png"]


@pytest.mark.parametrize("change", ["rewritten", "gone"])
def test_a_source_that_changes_between_the_passes_fails_alone(tmp_path: Path, change: str) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png", "c.png")
    failed = []
    for event in preprocess(source, tmp_path / "dst", PLAIN, workers=1):
        if isinstance(event, PassStarted) and event.kind == "writing":
            if change == "gone":
                (source / "b.png").unlink()
            else:
                write_picture(source / "b.png", photo("rocket", 50, 50))
        if isinstance(event, SourceFailed):
            failed.append(event)

    assert [event.source for event in failed] == ["b.png"]
    assert failed[0].reason == (
        "changed while it was read" if change == "rewritten" else "No such file or directory"
    )
    assert pictures_in(tmp_path / "dst") == ["a.png", "c.png"]
    assert '{"source": "b.png", "failed": ' in (tmp_path / "dst" / "manifest.jsonl").read_text()


@pytest.mark.parametrize(
    ("options", "says", "switch"),
    [
        (replace(PLAIN, min_side=999), "dropped 4 small", "--min-side 0"),
        (replace(PLAIN, max_aspect=1.2), "dropped 4 aspect", "--max-aspect 0"),
        (replace(PLAIN, min_sharpness=99.0), "dropped 4 blurred", "--min-sharpness 0"),
        (
            replace(PLAIN, crop="center", crop_width=999, crop_height=999),
            "dropped 4 crop",
            "a smaller --crop-size",
        ),
    ],
)
def test_when_nothing_is_left_the_filter_and_its_switch_are_told(
    tmp_path: Path, options: Options, says: str, switch: str
) -> None:
    source = make_folder(tmp_path / "src")

    with pytest.raises(GanfxError) as caught:
        run(source, tmp_path / "dst", options)
    assert caught.value.exit_code == 1
    assert says in caught.value.message
    assert switch in str(caught.value.hint)
    assert not (tmp_path / "dst").exists()


def test_when_nothing_can_be_read_that_is_told(tmp_path: Path) -> None:
    source = make_folder(tmp_path / "src", "a.png", "b.png")
    for path in source.iterdir():
        path.write_bytes(b"no picture")

    with pytest.raises(GanfxError, match="could be read") as caught:
        run(source, tmp_path / "dst")
    assert "a.png: " in caught.value.message
    assert not (tmp_path / "dst").exists()


def test_a_folder_that_cannot_be_written_stops_the_run_and_it_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_folder(tmp_path / "src", *MANY)

    def write_until_full(path: Path, *arguments: object, **how: object) -> None:
        if path.name.startswith("04"):
            raise MediaError(f"cannot write {path}: No space left on device")
        write_scan(path, *arguments, **how)  # type: ignore[arg-type]

    with monkeypatch.context() as full:
        full.setattr("ganfx.preprocess.workers.write_scan", write_until_full)
        with pytest.raises(MediaError, match="No space left") as caught:
            run(source, tmp_path / "dst", OPTIONS)
    assert "--resume" in str(caught.value.hint)
    run(source, tmp_path / "dst", OPTIONS, resume=True)
    run(source, tmp_path / "fresh", OPTIONS)
    assert contents(tmp_path / "dst") == contents(tmp_path / "fresh")


def test_tiny_narrow_and_odd_pictures_are_no_trouble(tmp_path: Path) -> None:
    for name, size in {"dot": (1, 1), "line": (5000, 3), "row": (2, 700)}.items():
        write_picture(tmp_path / "src" / f"{name}.png", np.full((*size, 3), 90, np.uint8))
    make_folder(tmp_path / "src", "good.png")
    everything = replace(PLAIN, deskew=True, trim=True, captions=True, exposure=True)

    for options in (PLAIN, everything):
        (done,) = of_kind(
            run(tmp_path / "src", tmp_path / "dst", options, overwrite=True), PreprocessDone
        )
        assert done.failed == 0


def test_pictures_of_every_kind_are_taken(tmp_path: Path) -> None:
    from PIL import Image

    picture = Image.fromarray(photo("coffee", 80, 60))
    (tmp_path / "src").mkdir()
    picture.convert("L").save(tmp_path / "src" / "grey.png")
    picture.convert("P").save(tmp_path / "src" / "palette.png")
    picture.convert("CMYK").save(tmp_path / "src" / "cmyk.jpg")
    picture.convert("RGBA").save(tmp_path / "src" / "alpha.png")
    turned = picture.getexif()
    turned[0x0112] = 6
    picture.save(tmp_path / "src" / "upright.jpg", exif=turned)
    write_scan(tmp_path / "src" / "deep.tif", photo("coffee", 80, 60), "uint16")
    linear = np.full((60, 80, 3), 0.5, np.float32)
    write_frame(tmp_path / "src" / "light.exr", linear, new_frame(linear, depth="half"))

    options = replace(PLAIN, duplicates=False, depth="source")
    (done,) = of_kind(run(tmp_path / "src", tmp_path / "dst", options), PreprocessDone)
    assert (done.kept, done.failed) == (7, 0)
    headers = {p.stem: read_header(p) for p in (tmp_path / "dst").glob("*.png")}
    assert {name for name, h in headers.items() if h.depth == "uint16"} == {"deep", "light"}
    assert (headers["upright"].width, headers["upright"].height) == (60, 80)
    assert all(header.color == "rgb" for header in headers.values())
    assert read_picture(tmp_path / "dst" / "light.png").max() == 188  # 0.5 of light, encoded
