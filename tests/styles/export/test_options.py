"""Options of exports, and the hosts that do not take what they ask for."""

from __future__ import annotations

from typing import Any

import pytest

from ganfx.errors import UsageError
from ganfx.styles.export.hosts import check_host
from ganfx.styles.export.options import ExportOptions


def options(to: str, **values: Any) -> ExportOptions:
    return ExportOptions(to=to, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("to", "values", "says"),
    [
        ("onnx", {"opset": 12}, "from 13 to 25"),
        ("onnx", {"opset": 99}, "from 13 to 25"),
        ("maya", {}, "expected onnx"),
        ("onnx", {"size": ("64x64",)}, "pictures of any size"),
        ("engine", {"size": ("64",)}, "WIDTHxHEIGHT"),
        ("engine", {"size": ("4x64",)}, "from 8 to 4096"),
        ("nuke", {"precision": "half"}, "Nuke halves the network itself"),
    ],
)
def test_what_makes_no_sense_is_refused(to: str, values: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        options(to, **values)


@pytest.mark.parametrize(
    ("to", "host", "says"),
    [
        ("nuke", "13.2", "PyTorch 1.6"),
        ("nuke", "nuke 14.0v5", "PyTorch 1.12"),
        ("nuke", "15.0", "15.1"),
        ("nuke", "12", "no Inference node"),
        ("flame", "2025.1", "from 2025.2 on"),
        ("nuke", "14", "PyTorch 1.12"),
        ("engine", "2.1", "'unity 2.1' or 'unreal 5.5'"),
        ("engine", "godot 4", "'unity 2.1' or 'unreal 5.5'"),
        ("onnx", "1.2", "has no host"),
        ("nuke", "latest", "expected a version"),
    ],
)
def test_a_host_that_does_not_take_it_is_refused(to: str, host: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_host(options(to, host=host))
    assert says in f"{refused.value.message} {refused.value.hint}"


def test_unity_takes_newer_operators_from_some_version_on() -> None:
    check_host(options("engine", host="unity 2.1", opset=15))
    check_host(options("engine", host="unity 2.6", opset=25))
    with pytest.raises(UsageError, match="takes opsets up to 15"):
        check_host(options("engine", host="unity 2.5", opset=18))


@pytest.mark.parametrize(
    ("to", "host"), [("nuke", "16.0v3"), ("flame", "flame 2026.1"), ("engine", "unreal 5.5")]
)
def test_hosts_that_take_it_are_let_through(to: str, host: str) -> None:
    check_host(options(to, host=host))


def test_precisions_are_the_targets_own_unless_asked_for() -> None:
    assert options("onnx").halves == (False, True)
    assert options("nuke").halves == (False,)
    assert options("flame", precision="both").halves == (False, True)
    assert options("engine", size=("64x48",)).sizes == ((48, 64),)
