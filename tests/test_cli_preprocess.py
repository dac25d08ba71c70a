"""`ganfx preprocess` on the command line: exit codes, both streams, what the user is told."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from skimage import data

from ganfx.media.frames import read_picture, write_picture
from ganfx.media.scans import write_scan
from ganfx.preprocess.options import Options, flag

Run = Callable[..., tuple[int, str, str]]

PHOTOS = (data.astronaut(), data.coffee(), data.chelsea(), data.rocket())
SMALL = ("--min-side", 16, "--no-trim", "--no-pages", "--no-split", "--workers", 2)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Four photographs in a tree."""
    for name, picture in zip(("a.png", "b[1].jpg", "x/c.png", "x/d.png"), PHOTOS, strict=True):
        write_picture(tmp_path / "scans" / name, np.ascontiguousarray(picture[60:140, 60:180]))
    return tmp_path / "scans"


def test_a_folder_becomes_training_pictures_and_the_next_command_is_told(
    ganfx: Run, scans: Path
) -> None:
    code, out, err = ganfx("preprocess", "scans", "art", *SMALL)

    assert code == 0, err
    assert out == "art\n"
    assert "4 stills" in err
    assert "kept" in err
    assert "ganfx train look --art art" in err
    assert sorted(p.name for p in Path("art").rglob("*.png")) == [
        "a.png",
        "b[1].png",
        "c.png",
        "d.png",
    ]


def test_the_next_command_for_photos_is_another(ganfx: Run, scans: Path) -> None:
    _, _, err = ganfx("preprocess", "scans", "p", "--preset", "photos", *SMALL, "--max-noise", 0)
    assert "ganfx train look --photos p" in err


def test_cut_out_drawings_are_put_on_a_background_and_that_is_told(
    ganfx: Run, tmp_path: Path
) -> None:
    Path("cut").mkdir()
    drawing = Image.new("RGBA", (300, 300), (255, 0, 255, 0))
    drawing.paste((20, 20, 20, 255), (100, 100, 180, 180))
    drawing.save("cut/a.png")
    code, _, err = ganfx("preprocess", "cut", "art", "--workers", 1)

    assert code == 0, err
    told = "1 of 1 sources are transparent in part and put on white, the first is a.png"
    assert told in " ".join(err.split())
    picture = read_picture(Path("art/a.png"))
    assert picture.shape == (300, 300, 3)
    assert picture[0, 0].tolist() == [255, 255, 255]
    assert picture[150, 150].tolist() == [20, 20, 20]
    ganfx("preprocess", "cut", "red", "--background", "#ff0000", "--workers", 1)
    assert read_picture(Path("red/a.png"))[0, 0].tolist() == [255, 0, 0]
    code, _, err = ganfx("preprocess", "cut", "no", "--background", "wite")
    assert code == 2
    assert "--background wite: not a colour" in err


def test_every_field_of_the_options_is_a_flag(ganfx: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    code, shown, _ = ganfx("preprocess", "--help")
    assert code == 0
    for field in fields(Options):
        assert f"{flag(field.name)} " in shown
        if isinstance(field.default, bool) and field.name != "no":
            assert f"--no-{field.name.replace('_', '-')} " in shown
    assert "Edge-smoothed copies" in shown


def test_options_reach_the_pictures(ganfx: Run, scans: Path) -> None:
    code, _, err = ganfx(
        *("preprocess", "scans", "t", *SMALL, "--turn", 90, "--flip", "vertical", "--crop", "grid"),
        *("--crop-size", "40x30", "--overlap", 0.25, "--format", "tif", "--depth", 16, "--flat"),
    )
    assert code == 0, err
    names = sorted(path.name for path in Path("t").glob("*.tif"))
    assert names[0] == "a-01.tif"
    assert "x_c-01.tif" in names
    assert read_picture(Path("t/a-01.tif")).shape == (30, 40, 3)
    head = json.loads(Path("t/manifest.jsonl").read_text().splitlines()[0])
    chosen = head["options"]
    assert (chosen["turn"], chosen["crop"], chosen["depth"]) == (90, "grid", "16")
    assert (chosen["crop_width"], chosen["crop_height"], chosen["deskew"]) == (40, 30, True)
    assert (chosen["trim"], chosen["pages"], head["preset"]) == (False, False, "art")


def test_json_is_all_there_is_on_stdout(ganfx: Run, scans: Path) -> None:
    write_picture(scans / "tiny.png", np.zeros((9, 9, 3), np.uint8))
    code, out, _ = ganfx("preprocess", "scans", "art", *SMALL, "--json")

    counts = json.loads(out)
    assert code == 0
    assert (counts["sources"], counts["kept"], counts["files"], counts["failed"]) == (5, 4, 4, 0)
    assert counts["dropped"] == {"small": 1}
    assert counts["output"] == "art"
    assert counts["seconds"] >= 0


def test_a_dry_run_prints_its_counts_and_writes_nothing(ganfx: Run, scans: Path) -> None:
    code, out, err = ganfx("preprocess", "scans", "art", *SMALL, "--dry-run")
    assert code == 0
    assert "kept" in out
    assert "nothing was written; 4 pictures would be" in err
    assert not Path("art").exists()

    code, out, _ = ganfx("preprocess", "scans", "art", *SMALL, "--dry-run", "--json")
    assert json.loads(out)["dry_run"] is True


def test_the_report_is_told(ganfx: Run, scans: Path) -> None:
    _, _, err = ganfx("preprocess", "scans", "art", *SMALL, "--report")
    assert "art-report (1 page)" in err


def test_a_bad_source_is_told_and_the_exit_code_says_so(ganfx: Run, scans: Path) -> None:
    (scans / "x" / "c.png").write_bytes((scans / "x" / "c.png").read_bytes()[:400])
    code, out, err = ganfx("preprocess", "scans", "art", *SMALL, "--log", "log.jsonl")

    assert code == 3
    assert out == "art\n"
    assert "1 source failed, the rest is done" in err
    assert "x/c.png" in err
    assert "--resume" in err
    kinds = [json.loads(line)["event"] for line in Path("log.jsonl").read_text().splitlines()]
    assert kinds[0] == "PreprocessStarted"
    assert kinds[-1] == "PreprocessDone"
    assert kinds.count("SourceFailed") == 1


def test_nothing_left_is_an_error_that_names_the_filter(ganfx: Run, scans: Path) -> None:
    code, out, err = ganfx("preprocess", "scans", "art", "--no-pages", "--no-split", "--json")

    assert code == 1
    counts, error = (json.loads(line) for line in out.splitlines())
    assert counts["dropped"] == {"small": 4}
    assert error["event"] == "Error"
    assert "nothing is left of scans: dropped 4 small" in err
    assert "--min-side 0" in err
    assert not Path("art").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("scan", "art"), "did you mean scans?"),
        (("empty", "art"), "empty"),
        (("words", "art"), "holds no picture or video"),
        (("words/a.txt", "art"), "neither a picture nor a video"),
        (("scans", "scans"), "is the source itself"),
        (("scans", "scans/art"), "is inside the source"),
        (("scans", "."), "is inside the output"),
        (("scans", "words"), "did not write: a.txt"),
        (("scans", "words/a.txt"), "cannot write to words/a.txt"),
        (("scans", "art", "--preset", "arts"), "did you mean art?"),
        (("scans", "art", "--crop", "smrt"), "did you mean smart?"),
        (("scans", "art", "--crop-size", "big", "--crop", "center"), "--crop-size big"),
        (("scans", "art", "--crop-size", "300x", "--crop", "center"), "--crop-size 300x"),
        (("scans", "art", "--crop-size", "300"), "but not where"),
        (("scans", "art", "--copies", "2"), "they would all be equal"),
        (("scans", "art", "--frames", "1-5x"), "1-5x"),
        (("scans", "art", "--frames", "1-5"), "1-5"),
        (("scans", "art", "--resume", "--overwrite"), "choose one"),
        (("scans/plate.1-9#.png", "art"), "cannot find"),
    ],
)
def test_wrong_input_is_told_before_anything_is_written(
    ganfx: Run, scans: Path, arguments: tuple[str, ...], says: str
) -> None:
    Path("empty").mkdir()
    Path("words").mkdir()
    Path("words/a.txt").write_text("x")
    before = sorted(Path().rglob("*"))

    code, out, err = ganfx("preprocess", *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert says in err
    assert "Traceback" not in err
    assert sorted(Path().rglob("*")) == before


def test_wrong_types_are_a_usage_error(ganfx: Run, scans: Path) -> None:
    for wrong in (("--min-side", "many"), ("--turn", "left"), ("--workers", 0), ("--flup",)):
        assert ganfx("preprocess", "scans", "art", *wrong)[0] == 2


def test_another_run_is_refused_and_then_replaced(ganfx: Run, scans: Path) -> None:
    ganfx("preprocess", "scans", "art", *SMALL)

    code, _, err = ganfx("preprocess", "scans", "art", *SMALL, "--flip", "vertical")
    assert code == 2
    assert "--overwrite" in err
    code, _, err = ganfx("preprocess", "scans", "art", *SMALL, "--flip", "vertical", "--resume")
    assert code == 2
    assert "--flip none, now vertical" in err
    assert ganfx("preprocess", "scans", "art", *SMALL, "--resume")[0] == 0
    code, _, _ = ganfx("preprocess", "scans", "art", *SMALL, "--flip", "vertical", "--overwrite")
    assert code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupted_run_says_how_to_go_on(
    ganfx: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_and_stop(path: Path, *pixels: Any) -> None:
        write_scan(path, *pixels)
        os.kill(os.getpid(), signal.SIGTERM)

    for index in range(12):
        part = PHOTOS[index % 4][10 + index : 210 + index, 20 + 3 * index : 320 + 3 * index]
        write_picture(tmp_path / "scans" / f"p{index}x.png", np.ascontiguousarray(part))
    command = ("preprocess", "scans", "art", "--no-duplicates", "--no-pages", "--no-split")
    command += ("--min-side", 100, "--workers", 1)
    with monkeypatch.context() as patch:
        patch.setattr("ganfx.preprocess.workers.write_scan", write_and_stop)
        code, _, err = ganfx(*command)

    assert code == 143, err
    assert "--workers 1 --resume" in err
    assert 1 <= len(list((tmp_path / "art").glob("*.png"))) < 12
    assert not list((tmp_path / "art").glob(".*.png"))
    code, _, err = ganfx(*command, "--resume")
    assert code == 0, err
    assert "(resumed)" in err
    assert len(list((tmp_path / "art").glob("*.png"))) == 12
    assert sorted(p.name for p in (tmp_path / "art").glob("*[!g]")) == ["manifest.jsonl"]
