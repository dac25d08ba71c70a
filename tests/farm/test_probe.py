"""The probe: the same twice, and telling what differs."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest

from ganfx.console import GateError
from ganfx.console.farming import check_probe
from ganfx.errors import UsageError
from ganfx.farm import probe as module
from ganfx.farm.probe import differences, distances, read_probe, take_probe


@pytest.fixture(scope="module")
def probe():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganfx.farm.probe.SIZE", (96, 54))
        yield take_probe(threads=1)


def test_a_node_agrees_with_itself(probe, tmp_path):
    (tmp_path / "node.json").write_text(json.dumps(probe), encoding="utf-8")
    again = take_probe(threads=2)
    kept = read_probe(tmp_path / "node.json")
    assert differences(kept, again) == []
    assert set(distances(kept, again).values()) == {0}
    assert again["node"]["ganfx"]


def test_every_look_is_there_alone_stabilized_and_drawn(probe):
    names = list(probe["hashes"])
    assert names[:2] == ["plates", "motion"]
    for step in ("alone", "held", "drawn"):
        assert f"engraving {step}" in names
        assert f"engraving {step} 8 bits" in names
        assert f"engraving {step}" in probe["pixels"]
    assert len(set(probe["hashes"].values())) == len(names)


def test_a_probe_in_half_precision_is_near_but_for_marks(monkeypatch):
    """Marks lie where networks are near a threshold: there a hair decides."""
    monkeypatch.setattr(module, "SIZE", (96, 54))
    monkeypatch.setattr(module, "_looks", lambda: ["noir"])
    exact, half = (take_probe(device="cpu", precision=each) for each in ("float32", "bfloat16"))
    apart = distances(exact, half)
    assert 0 < apart["noir alone"] <= 2
    assert 0 < apart["noir held"] <= 2
    assert [exact["node"]["precision"], half["node"]["precision"]] == ["float32", "bfloat16"]
    assert "light" not in differences(exact, half)


def test_what_differs_is_named_from_the_plates_on(probe):
    other = {"hashes": {**probe["hashes"], "motion": "0", "new look": "1"}}
    assert differences(probe, other) == ["motion", "new look"]


def moved(probe, name, by):
    """The probe, with one pixel of a picture ``by`` code values brighter."""
    code = bytearray(zlib.decompress(base64.b85decode(probe["pixels"][name])))
    code[100] += by if code[100] + by < 256 else -by
    packed = base64.b85encode(zlib.compress(bytes(code))).decode()
    return {**probe, "pixels": {**probe["pixels"], name: packed}}


@pytest.mark.parametrize("by", [1, 7])
def test_how_far_pictures_are_apart_is_told_in_code_values(probe, by):
    apart = distances(probe, moved(probe, "noir held", by))
    assert {name: value for name, value in apart.items() if value} == {"noir held": by}


def test_a_picture_of_one_node_only_is_as_far_as_can_be(probe):
    other = {**probe, "pixels": {"new look alone": probe["pixels"]["noir alone"]}}
    apart = distances(probe, other)
    assert set(apart.values()) == {255}
    assert {"new look alone", "noir alone"} < set(apart)


@pytest.mark.parametrize("text", ["", "~~~~ not base 85", "0000"])
def test_a_damaged_picture_is_told(probe, text):
    other = {**probe, "pixels": {**probe["pixels"], "noir held": text}}
    with pytest.raises(UsageError, match="damaged"):
        distances(probe, other)


def test_nodes_may_differ_as_far_as_is_let_pass(capsys):
    check_probe(["noir held"], {"noir held": 1, "anime stabilized": 0}, within=1)
    assert "apart by 1 code value of 8 bits at most" in capsys.readouterr().err
    with pytest.raises(GateError, match=r"by 2 code values of 8 bits at most, in: noir held"):
        check_probe(["noir held"], {"noir held": 2}, within=1)
    apart = {"noir alone": 1, "noir drawn": 9, "anime held": 0}
    with pytest.raises(GateError, match=r"by 9 code values of 8 bits at most, in: noir drawn$"):
        check_probe(["noir alone", "noir alone 8 bits", "noir drawn"], apart, within=1)
    with pytest.raises(GateError, match="differ, by 0 code values"):
        check_probe(["noir held"], {"noir held": 0})


@pytest.mark.parametrize("optimize", [0, 1])  # without asserts, as ``python -O`` runs it
@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"hashes": 3}',
        '{"hashes": {}}',
        '{"hashes": {}, "pixels": []}',
        '{"hashes": {}, "pixels": {"noir held": 3}}',
        None,
    ],
)
def test_what_is_no_probe_is_told(tmp_path, text, optimize):
    if text is not None:
        (tmp_path / "node.json").write_text(text, encoding="utf-8")
    names = {"__name__": "ganfx.farm.probe"}
    source = Path(module.__file__).read_text(encoding="utf-8")
    exec(compile(source, module.__file__, "exec", optimize=optimize), names)
    with pytest.raises(UsageError, match=r"node\.json is no probe"):
        names["read_probe"](tmp_path / "node.json")
