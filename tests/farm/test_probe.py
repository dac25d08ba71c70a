"""The probe: the same twice, and telling what differs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.farm.probe import differences, read_probe, take_probe


@pytest.fixture(scope="module")
def probe():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ganfx.farm.probe.SIZE", (96, 54))
        yield take_probe(threads=1)


def test_a_node_agrees_with_itself(probe, tmp_path):
    (tmp_path / "node.json").write_text(json.dumps(probe), encoding="utf-8")
    again = take_probe(threads=2)
    assert differences(read_probe(tmp_path / "node.json"), again) == []
    assert again["node"]["ganfx"]


def test_every_look_is_there_alone_held_and_hatched(probe):
    names = list(probe["hashes"])
    assert names[:2] == ["plates", "motion"]
    for step in ("alone 8 bits", "alone", "held 8 bits", "held", "hatched"):
        assert f"engraving {step}" in names
    assert len(set(probe["hashes"].values())) == len(names)


def test_what_differs_is_named_from_the_plates_on(probe):
    other = {"hashes": {**probe["hashes"], "motion": "0", "new look": "1"}}
    assert differences(probe, other) == ["motion", "new look"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"hashes": 3}', None])
def test_what_is_no_probe_is_told(tmp_path, text):
    if text is not None:
        (tmp_path / "node.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"node\.json is no probe"):
        read_probe(Path(tmp_path / "node.json"))
