"""Framing decision lists are read as they are written, and broken ones are told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media.framing_list import Box, read_framing_list
from tests.media.framing_files import canvas, decision, write_fdl


def test_without_the_library_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fdl", None)
    with pytest.raises(UsageError, match="asc-fdl") as caught:
        read_framing_list(write_fdl(tmp_path / "show.fdl"))
    assert caught.value.hint == 'pip install "ganfx[fdl]"'


@pytest.mark.parametrize("version", [(2, 0), (1, 0), (1, 1)])
def test_what_is_written_is_read(tmp_path: Path, version: tuple[int, int]) -> None:
    pytest.importorskip("fdl")
    own = decision("C1", (12.0, 13.75, 40.0, 20.5), (8, 10, 48, 28), label="main")
    file = write_fdl(tmp_path / "a.fdl", canvas("C1", 64, 48, own, squeeze=2), version=version)
    found = read_framing_list(file)
    assert found.default_intent == "WIDE"
    (only,) = found.canvases
    assert (only.id, only.label, only.width, only.height) == ("C1", "canvas C1", 64, 48)
    assert only.squeeze == 2
    (chosen,) = only.decisions
    assert chosen.names == ("C1-WIDE", "main", "WIDE", "2.39-1")
    assert chosen.framing == Box(12.0, 13.75, 40.0, 20.5)
    assert chosen.protection == Box(8.0, 10.0, 48.0, 28.0)


def test_what_is_left_out_is_nothing(tmp_path):
    pytest.importorskip("fdl")
    found = read_framing_list(write_fdl(tmp_path / "a.fdl", default=""))
    assert found.canvases == ()
    assert found.default_intent == ""


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("hello", "line 1, column 1"),
        ('{"uuid": NaN}', "NaN is no number"),
        ("[]", "Expected object"),
        ('{"version": {"major": 2, "minor": 0}}', "'uuid' not found"),
        ('{"uuid": "x", "version": {"major": 3, "minor": 0}}', "version 3.0"),
    ],
)
def test_what_is_no_list_is_refused_and_says_where(tmp_path, text, told):
    pytest.importorskip("fdl")
    file = tmp_path / "show.fdl"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="no valid framing decision list") as caught:
        read_framing_list(file)
    assert told in caught.value.message
    assert str(file) in caught.value.message


def test_a_broken_decision_is_named(tmp_path):
    pytest.importorskip("fdl")
    file = write_fdl(
        tmp_path / "a.fdl", canvas("C1", 64, 48, decision("C1", (-3.0, 0.0, 0.0, 9.0)))
    )
    with pytest.raises(UsageError, match="framing_decisions/0/anchor_point/x") as caught:
        read_framing_list(file)
    assert "dimensions/width" in caught.value.message


def test_a_list_that_is_not_there_is_told(tmp_path):
    pytest.importorskip("fdl")
    with pytest.raises(UsageError, match="there is no such file"):
        read_framing_list(tmp_path / "none.fdl")
    (tmp_path / "latin.fdl").write_bytes(b'{"\xe9": 1}')
    with pytest.raises(UsageError, match="it is no JSON"):
        read_framing_list(tmp_path / "latin.fdl")
