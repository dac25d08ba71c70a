"""Two looks never come to lie in one folder without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.stylize import Options, stylize
from ganfx.stylize.engine import rehearse
from ganfx.stylize.events import FrameDone
from ganfx.stylize.job.manifest import MANIFEST
from tests.stylize.conftest import make_shot, of_kind, photo, random_generator, run, save_look

OUT = Path("out")


@pytest.fixture
def done(inked: Path) -> Path:
    """A finished run into a folder; the style."""
    make_shot(Path("shots"), range(1, 5))
    run("shots", inked, out=OUT)
    return inked


def frames_done(source: str, style: Path, **options) -> list[int]:
    return [event.frame for event in of_kind(run(source, style, out=OUT, **options), FrameDone)]


def refusal(source: str, style: Path, **options) -> str:
    """What a run is told that may not begin, and neither may its rehearsal; nothing is written."""
    before = {path.name: path.read_bytes() for path in OUT.iterdir()}
    with pytest.raises(UsageError) as told:
        list(rehearse(source, style, Options(out=OUT, **options)))
    with pytest.raises(UsageError, match="made with other options") as again:
        run(source, style, out=OUT, **options)
    assert str(told.value) == str(again.value)
    assert {path.name: path.read_bytes() for path in OUT.iterdir()} == before
    assert "--overwrite" in told.value.hint
    assert "--out" in told.value.hint
    return str(told.value)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"strength": 0.5}, "--strength 1.0, now 0.5"),
        ({"grain": 0.0}, "--grain the style's, now 0.0"),
        ({"keep_color": True}, "--keep-color none, now on"),
        ({"seed": 3, "depth": "uint16"}, "--seed 0, now 3, --depth the source's, now 16"),
        ({"consistency": 0.0}, "--consistency 0.5, now 0.0"),
        ({"colorspace": "ACEScg"}, "--colorspace auto, now ACEScg"),
    ],
)
def test_frames_of_other_options_are_not_made_again(done, options, told):
    message = refusal("shots", done, **options)
    assert message.startswith("out/plate.1.png and 3 more are there already")
    assert message.endswith(f": {told}")


def test_another_look_is_told_by_its_name(done):
    other = save_look(Path(), "other", random_generator(seed=3), grain=0.05)
    assert refusal("shots", other).endswith(": look inked, now other")
    shares = {done: 0.25, other: 0.75}
    with pytest.raises(UsageError, match=r"look inked, now inked:0\.25,other:0\.75$"):
        list(stylize("shots", shares, Options(out=OUT)))


def test_some_frames_of_another_look_do_not_join_the_others(done):
    make_shot(Path("shots"), range(1, 9))
    message = refusal("shots", done, frames="5-8", strength=0.5)
    assert message == (
        "out/plate.1.png and 3 more are in the folder that is to be written to, made with other"
        " options: --strength 1.0, now 0.5"
    )


def test_the_same_options_by_another_name_are_the_same(done):
    assert frames_done("shots", done, grain=0.05, seed=0) == []


def test_chunks_and_further_shots_with_the_same_options_share_a_folder(inked):
    make_shot(Path("shots"), range(1, 9))
    make_shot(Path("more"), range(1, 4), name="second")
    assert frames_done("shots", inked, frames="5-8", grain=0.0) == [5, 6, 7, 8]
    assert frames_done("shots", inked, frames="1-4", grain=0.0) == [1, 2, 3, 4]
    assert frames_done("more", inked, grain=0.0, cuts="none") == [1, 2, 3]
    assert "second.1.png and 2 more" in refusal("more", inked, grain=0.0)  # it has cuts of its own


def test_a_changed_source_is_simply_redone(done):
    write_picture(Path("shots/plate.1.png"), photo()[::-1].copy())
    assert frames_done("shots", done) == [1, 2, 3, 4]


def test_overwrite_and_an_emptied_folder_begin_anew(done):
    assert frames_done("shots", done, strength=0.5, overwrite=True) == [1, 2, 3, 4]
    assert frames_done("shots", done, strength=0.5) == []
    for path in OUT.glob("*.png"):
        path.unlink()
    assert frames_done("shots", done) == [1, 2, 3, 4]


def test_a_single_picture_goes_beside_pictures_of_other_looks(inked):
    other = save_look(Path(), "other", random_generator(seed=3))
    write_picture(Path("photo.png"), photo())
    run("photo.png", inked)
    run("photo.png", other, strength=0.5)
    assert Path("photo-inked.png").is_file()
    assert Path("photo-other.png").is_file()
    with pytest.raises(
        UsageError, match=r"photo-other\.png is there already, .* --strength 0\.5, now"
    ):
        run("photo.png", other)


def test_a_record_is_short_and_names_no_folder_of_this_machine(inked):
    make_shot(Path("shots"), range(1, 4))
    write_picture(Path("roto/matte.png"), photo())
    run("shots", inked, out=OUT, matte=str(Path("roto/matte.png").absolute()), grain=0.0)
    lines = [json.loads(line) for line in (OUT / MANIFEST).read_text().splitlines() if line]
    records = [line["settings"] for line in lines if "file" in line]
    assert records == 3 * [
        {"look": "inked", "grain": 0.0, "matte": "matte.png", "consistency": 0.5}
    ]
