"""Content credentials: signed, read back by C2PA's own reader, and no part of what is compared."""

from __future__ import annotations

import json
from pathlib import Path

import c2pa
import numpy as np
import OpenImageIO as oiio  # noqa: N813
import pytest

from ganfx.errors import UsageError
from ganfx.media.content_credentials import ORIGIN_LABEL, SOURCE_TYPE
from ganfx.media.frames import read_frame, write_picture
from ganfx.stylize import Options, prove_chunks
from ganfx.stylize.events import FrameFailed, FrameSkipped, Notice
from ganfx.stylize.job.credentials import read_credentials
from ganfx.stylize.job.history import facts_of, history_of
from ganfx.stylize.redo import redo
from tests.stylize.conftest import make_shot, of_kind, photo, run, visible, write_float
from tests.stylize.render.test_videos import make_clip
from tests.stylize.throwaway import Days, credentials_file

SHOW = """
[[assertions]]
label = "org.example.show"
data = { show = "Dune Buggy" }
"""


@pytest.fixture
def signing(places: Path) -> Path:
    return credentials_file(places / "keys", more=SHOW)


def manifest_of(path: Path) -> dict:
    with c2pa.Reader(path) as reader:
        assert reader.get_validation_state() == "Valid"
        report = json.loads(reader.json())
    return report["manifests"][report["active_manifest"]]


def assertions_of(path: Path) -> dict:
    return {each["label"]: each["data"] for each in manifest_of(path)["assertions"]}


@pytest.mark.parametrize("kind", ["png", "jpg", "tif", "webp", "jxl"])
def test_a_picture_says_by_a_signature_how_it_was_made(inked, signing, kind):
    write_picture(Path("a.png"), photo())
    run("a.png", inked, out=Path(f"out/a.{kind}"), credentials=signing)
    out = Path(f"out/a.{kind}")
    said = assertions_of(out)
    opened, edited = said["c2pa.actions.v2"]["actions"]
    assert opened["action"] == "c2pa.opened"
    assert edited["digitalSourceType"] == SOURCE_TYPE
    assert said["org.example.show"] == {"show": "Dune Buggy"}
    assert said[ORIGIN_LABEL]["styles"][0]["name"] == "inked"
    (source,) = manifest_of(out)["ingredients"]
    assert (source["title"], source["relationship"]) == ("a.png", "parentOf")
    run("a.png", inked, out=Path(f"plain/a.{kind}"))
    np.testing.assert_array_equal(read_frame(out).rgb, read_frame(Path(f"plain/a.{kind}")).rgb)
    assert "by leaf, valid" in dict(facts_of(history_of(out)))["signed"]


def test_a_picture_that_was_changed_is_not_valid_any_more(inked, signing):
    write_picture(Path("a.png"), photo())
    run("a.png", inked, out=Path("out.tif"), credentials=signing)
    data = bytearray(Path("out.tif").read_bytes())
    data[200] ^= 1
    Path("out.tif").write_bytes(data)
    with c2pa.Reader(Path("out.tif")) as reader:
        assert reader.get_validation_state() == "Invalid"


def test_a_video_is_signed(inked, signing):
    make_clip(Path("a.mp4"), codec="libx264", pixels="yuv420p", count=3)
    run("a.mp4", inked, out=Path("out.mp4"), credentials=signing)
    assert ORIGIN_LABEL in assertions_of(Path("out.mp4"))
    assert redo(Path("out.mp4")).is_there


def test_an_exr_gets_attributes_and_this_is_told(inked, signing):
    write_float(Path("a.exr"), photo(24, 24).astype(np.float32) / 255)
    events = run("a.exr", inked, out=Path("out.exr"), credentials=signing)
    assert [e.message for e in of_kind(events, Notice)] == [
        ".exr holds no content credentials: attributes say it instead"
    ]
    spec = oiio.ImageInput.open("out.exr").spec()
    assert spec.get_string_attribute("Iptc4xmpExt:DigitalSourceType") == SOURCE_TYPE
    assert redo(Path("out.exr")).is_there


def test_what_no_network_made_says_nothing(inked, signing):
    write_picture(Path("a.png"), photo(24, 24))
    run("a.png", inked, out=Path("out.jpg"), strength=0.0, credentials=signing)
    with pytest.raises(c2pa.C2paError):
        c2pa.Reader(Path("out.jpg"))
    region = (f"channel:R={inked}",)  # then a network has made a part of it
    run("a.png", inked, out=Path("part.jpg"), strength=0.0, region=region, credentials=signing)
    assert c2pa.Reader(Path("part.jpg")) is not None


def test_finished_frames_stay_and_a_renewed_certificate_changes_nothing(inked, signing):
    make_shot(Path("in"))
    run("in", inked, out=Path("out"), credentials=signing)
    credentials_file(signing.parent, more=SHOW)
    again = run("in", inked, out=Path("out"), credentials=signing)
    assert len(of_kind(again, FrameSkipped)) == 5
    with pytest.raises(UsageError, match=r"--credentials signing\.toml, now"):
        run("in", inked, out=Path("out"))


def test_a_signed_frame_is_compared_as_it_was_before_it_was_signed(inked, signing):
    make_shot(Path("in"))
    run("in", inked, out=Path("out"), credentials=signing)
    redone = redo(Path("out/plate.1003.png"), Path("again.png"))
    assert redone.is_there
    assert redone.sha256 != history_of(Path("out/plate.1003.png")).record.sha256
    signing.unlink()  # neither key nor certificate is needed
    assert redo(Path("out/plate.1003.png")).sha256 == redone.sha256
    with pytest.raises(c2pa.C2paError):
        c2pa.Reader(Path("again.png"))


def test_chunks_are_proved_without_signatures(inked, signing):
    make_shot(Path("in"))
    options = Options(credentials=signing, consistency=0.0)
    (proved,) = prove_chunks("in", inked, options, splits=1)
    assert proved.different == ()


def test_nothing_is_left_of_what_could_not_be_signed(inked, signing, monkeypatch):
    write_picture(Path("a.png"), photo(24, 24))
    trusted = read_credentials(signing)
    monkeypatch.setattr("ganfx.stylize.job.resolved.read_credentials", lambda _: trusted)
    monkeypatch.setattr(
        "ganfx.media.content_credentials._context",
        lambda: (_ for _ in ()).throw(c2pa.C2paError("the clock has stopped")),
    )
    (failed,) = of_kind(
        run("a.png", inked, out=Path("out/a.png"), credentials=signing), FrameFailed
    )
    assert failed.reason == "cannot sign out/a.png: the clock has stopped"
    assert visible(Path("out")) == []
    assert [p.name for p in Path("out").iterdir()] == [".ganfx.jsonl"]


@pytest.mark.parametrize(
    ("days", "says"),
    [(Days(-9, -2), r"certificate of .*leaf.* expired on"), (Days(3, 9), "not valid before")],
)
def test_a_certificate_that_is_out_of_date_stops_the_run(inked, places, days, says):
    write_picture(Path("a.png"), photo(24, 24))
    path = credentials_file(places / "keys", days)
    with pytest.raises(UsageError, match=says):
        run("a.png", inked, out=Path("out/a.png"), credentials=path)
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("key.pem", "gone.pem", r"key .*gone\.pem: No such file"),
        ("key =", "keys =", "unknown key keys"),
        ('algorithm = "es256"', "", "lacks algorithm"),
        ("es256", "es999", "algorithm: expected one of es256"),
        ('"es256"', "256", "algorithm: expected text, got 256"),
        ("es256", "ps256", "cannot sign: "),
        ("key.pem", "chain.pem", "cannot sign: "),
        ('"chain.pem"', '"key.pem"', "certificate key.pem: not PEM"),
        ("label =", "name =", "each has a label and data"),
        ("es256", "es256", None),
        ("= ", "", "not TOML"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(signing, before, after, says):
    text = signing.read_text()
    assert before in text
    signing.write_text(text.replace(before, after))
    if says is None:
        assert read_credentials(signing).signature is not None
        return
    with pytest.raises(UsageError, match=says):
        read_credentials(signing)


def test_an_authority_that_does_not_answer_is_told_at_once(signing):
    signing.write_text('timestamp = "http://127.0.0.1:9/"\n' + signing.read_text())
    with pytest.raises(UsageError, match="cannot sign"):
        read_credentials(signing)


def test_a_missing_extra_is_named(signing, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "c2pa", None)
    with pytest.raises(UsageError) as caught:
        read_credentials(signing)
    assert "ganfx[credentials]" in caught.value.hint
