"""Portable mode: what a CPU can do does not reach a pixel. Each run is a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from ganfx.cli.declared import built_from
from ganfx.errors import NodeError, UsageError
from ganfx.farm.probe import differences
from ganfx.media.frames import write_picture
from ganfx.media.portable import use_portable_cpu
from ganfx.models.devices import check_portable_cpu
from ganfx.option import declared
from ganfx.stylize.options import Options

MASKED = {
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4,-AVX512F,-AVX512VL,-AVX512DQ",
    "OPENCV_CPU_DISABLE": "AVX,AVX2,FP16,FMA3,AVX_512F,AVX512_SKX",
    # A user's own settings, which the mode goes before.
    "ATEN_CPU_CAPABILITY": "avx2",
    "OPENBLAS_CORETYPE": "HASWELL",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
}
"""An older CPU, as far as a process can be told that it has one."""
QEMU = shutil.which("qemu-x86_64")
"""Of Debian's qemu-user: it runs a program as on a CPU of another kind."""
PROBE = """
import json, sys
from ganfx.media.portable import use_portable_cpu
use_portable_cpu(sys.argv[1])
import torch
import ganfx.farm.probe as probe
probe.SIZE, probe._looks = (int(sys.argv[3]), 48), lambda: sys.argv[4:]
taken = probe.take_probe(threads=int(sys.argv[2]), portable=sys.argv[1])
print(json.dumps({**taken, "capability": torch.backends.cpu.get_cpu_capability()}))
"""


def probed(*arguments: str, emulator: Sequence[str] = (), **environment: str) -> dict[str, Any]:
    command = [*emulator, sys.executable, "-c", PROBE, *arguments]
    result = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return dict(json.loads(result.stdout))


@pytest.mark.slow
def test_a_cpu_that_can_do_less_makes_the_same_pixels():
    looks = ("80", "anime")  # guides, areas: all that a network of ours may have
    here, masked = probed("sse4", "1", *looks), probed("sse4", "2", *looks, **MASKED)
    assert here["capability"] == masked["capability"] == "DEFAULT"
    assert here["node"]["portable"] == "sse4"
    assert differences(here, masked) == []
    assert len(here["hashes"]) == 3 + 6


@pytest.mark.slow
@pytest.mark.skipif(QEMU is None, reason="needs QEMU's user mode")
@pytest.mark.parametrize(("level", "oldest"), [("sse4", "Nehalem"), ("avx2", "Haswell")])
def test_the_oldest_cpu_makes_the_same_pixels(level, oldest):
    look = (level, "1", "48", "anime")
    assert differences(probed(*look), probed(*look, emulator=[QEMU, "-cpu", oldest])) == []


def test_it_is_too_late_once_torch_is_there(monkeypatch):
    import torch  # noqa: F401  # that is the point

    monkeypatch.delenv("MKL_CBWR", raising=False)
    with pytest.raises(UsageError, match="before numpy and torch are imported"):
        use_portable_cpu("sse4")
    assert "MKL_CBWR" not in os.environ


def test_an_unknown_level_is_told():
    with pytest.raises(UsageError, match="portable level avx: expected sse4 or avx2"):
        use_portable_cpu("avx")


def test_torch_that_was_loaded_without_it_is_told(monkeypatch):
    monkeypatch.setattr("torch.backends.cpu.get_cpu_capability", lambda: "AVX512")
    with pytest.raises(UsageError, match="torch was loaded before"):
        check_portable_cpu("sse4")
    check_portable_cpu("")


def test_a_node_without_avx2_refuses(monkeypatch):
    monkeypatch.setattr("torch.cpu._is_avx2_supported", lambda: False)
    with pytest.raises(NodeError, match="no AVX2") as refused:
        check_portable_cpu("avx2")
    assert refused.value.exit_code == 5


def test_another_kind_of_cpu_refuses(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(NodeError, match="aarch64"):
        check_portable_cpu("sse4")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"device": "cuda"}, "--device cuda"),
        ({"precision": "bfloat16"}, "in float32, not bfloat16"),
        ({"precision": "half"}, "in float32, not half"),
        ({"portable": "avx512"}, "expected sse4 or avx2"),
    ],
)
def test_options_that_contradict_it_are_told(given, what):
    with pytest.raises(UsageError, match=what):
        Options(**{"portable": "sse4", **given})


def test_two_levels_at_once_are_told():
    unset = {each.field: None for each in declared(Options)}

    def level(anywhere: bool, avx2: bool) -> str:
        flags = {"portable": anywhere, "portable_avx2": avx2}
        return built_from(Options, unset | flags).portable

    with pytest.raises(UsageError, match="not both"):
        level(anywhere=True, avx2=True)
    assert level(anywhere=True, avx2=False) == "sse4"
    assert level(anywhere=False, avx2=True) == "avx2"
    assert level(anywhere=False, avx2=False) == ""


@pytest.mark.slow
def test_stylize_makes_portable_frames_and_knows_them_again(ganfx, style, tmp_path):
    picture = np.random.default_rng(0).integers(0, 200, (32, 48, 3), dtype=np.uint8)
    write_picture(tmp_path / "in/a.png", picture)
    words = ["stylize", "in", "--style", str(style), "--out", "out", "--portable-avx2", "--json"]
    command = [sys.executable, "-m", "ganfx", *words]
    first, second = (
        subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert '"FrameDone"' in first
    assert '"FrameDone"' not in second
    # In another mode it is another picture, and is done again.
    assert '"FramePlanned"' in ganfx(*words[:6], "--json", "--dry-run")[1]


def test_a_farm_job_is_portable_on_every_node(ganfx, style, tmp_path):
    write_picture(tmp_path / "in/a.png", np.zeros((16, 16, 3), np.uint8))
    words = ("in", "--style", style, "--out", "out", "--portable")
    assert ganfx("farm", "openjd", *words, "--job", "job")[0] == 0
    template = (tmp_path / "job/template.yaml").read_text()
    assert template.count("--portable") == 2  # Stylise and Verify
    assert "--precision" not in template
