"""Fingerprints: every option that changes pixels is in them, and no other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ganfx.media.frames import write_picture
from ganfx.media.framing_list import FramingList
from ganfx.option import declared
from ganfx.stylize.effects import EFFECTS
from ganfx.stylize.job.credentials import Credentials
from ganfx.stylize.job.framing import Framing
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.libraries import UNSAID, _minor, other_versions
from ganfx.stylize.job.manifest import Manifest
from ganfx.stylize.job.painted import PaintedKey
from ganfx.stylize.job.planes import Planes
from ganfx.stylize.job.plate_files import PlateFiles
from ganfx.stylize.job.resolved import resolve
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.look import Look, open_look, open_looks
from ganfx.stylize.options import Options
from tests.stylize.conftest import photo

LOOK = "inked.safetensors"
VERSIONS = "ganfx.stylize.job.fingerprint_text.other_versions"
OTHER: dict[str, Any] = {
    "strength": 0.5,
    "keep_color": True,
    "scale": 2.0,
    "wrap": "x",
    "cells": "16x16",
    "grain": 0.125,
    "strokes": 0.5,
    "stroke_size": 20.0,
    "stroke_length": 3.0,
    "washes": 0.25,
    "wash_size": 24.0,
    "dabs": 0.25,
    "hatch": 0.25,
    "lines": 0.25,
    "line_spacing": 9.0,
    "detail": "channel:R",
    "direction": "channel:R,G",
    "guide": ("depth=R@2",),
    "marks": "paper",
    "boil": "0.5,every=2",
    "region": ("channel:R=inked.safetensors:0.5",),
    "seed": 4,
    "precision": "bfloat16",
    "depth": "half",
    "colorspace": "ACEScg",
    "ocio": Path("studio.ocio"),
    "credentials": Path("signing.toml"),
    "portable": "sse4",
    "compile": True,
    "backend": "onnxruntime",
    "consistency": 0.25,
    "hold": "2",
    "hold_mode": "frame",
    "cuts": "none",
    "flow": "channel:U,V",
    "matte": "channel:R",
    "fdl": Path("show.fdl"),
    "fdl_decision": "C1-WIDE",
    "fdl_area": "protection",
    "painted": "plate.0001.png",
    "out": Path("elsewhere"),
    "frames": "2",
    "handles": 3,
    "edl_rate": 25.0,
    "missing": "black",
    "motion": "torch",
    "vfr": "keep",
    "format": "png",
    "max_pixels": 10_000_000,
    "tile": 64,
    "threads": 1,
    "device": "cpu",
    "overwrite": True,
    "force": True,
    "exclude": ("*_mask*",),
    "expect": "another",
    "on_error": "stop",
}
"""Another value for every option."""


@pytest.fixture
def frames(inked: Any) -> list[Path]:
    paths = [Path(f"plate.{number:04d}.png") for number in (1, 2, 3)]
    for number, path in enumerate(paths):
        write_picture(path, photo(32 + number, 32))
    return paths


def fingerprint(files: list[Path], **values: Any) -> str:
    options = Options(**values)
    if options.ocio:  # as if it was read
        resolved = replace(resolve(replace(options, ocio=None)), options=options, ocio_hash="abc")
    elif options.fdl or options.fdl_decision or options.fdl_area != "framing":  # likewise
        resolved = replace(resolve(Options()), options=options, planes=framed(options))
    elif options.credentials:  # likewise
        resolved = replace(resolve(Options()), options=options, credentials=Credentials("abc"))
    else:
        resolved = resolve(options)
    job = Job(files[1], Path("out/plate.0002.png"), 2, neighbors=tuple(files))
    job = replace(job, black=options.missing == "black")
    job = replace(job, painted=tuple(PaintedKey(2, path, files[1]) for path in resolved.painted))
    regional = open_looks([each.look for each in options.region], device="cpu")
    return Run(open_look(LOOK, device="cpu"), resolved, {}, regional).fingerprint(job)


def framed(options: Options) -> Planes:
    files = PlateFiles("framing", still=Path("show.fdl"))
    return Planes(
        framing=Framing(FramingList((), ""), files, options.fdl_decision, options.fdl_area)
    )


def test_every_option_has_another_value_here():
    assert set(OTHER) == {each.field for each in declared(Options)}
    assert all(OTHER[each.field] != each.initial for each in declared(Options))


@pytest.mark.parametrize("each", declared(Options), ids=lambda each: each.field)
def test_it_holds_what_changes_pixels_and_nothing_else(each, frames):
    # Sizes of strokes count where there are strokes.
    laid: dict[str, Any] = {
        e.name: 1.0 for e in EFFECTS if each.field in set(e.options.values()) - {e.name}
    }
    if each.field == "hold_mode":  # and how drawings are held where they are
        laid["hold"] = 2
    changed = fingerprint(frames, **laid, **{each.field: OTHER[each.field]})
    assert (changed != fingerprint(frames, **laid)) == bool(each.about.pixels)


def test_it_is_that_of_earlier_records(frames, monkeypatch):
    monkeypatch.setattr(VERSIONS, dict)
    run = Run(open_look(LOOK, device="cpu"), resolve(Options(strength=0.5, hatch=0.25)), {})
    keys = ["ganfx", "style", "strength", "keep_color", "scale", "wrap", "grain", "seed"]
    keys += ["precision", "depth", "colorspace", "ocio", "hatch"]
    assert list(json.loads(run._shared("auto"))) == keys
    assert run._temporal("opencv") == '{"consistency": 0.5, "cuts": "auto", "flow": []}'


def test_other_versions_of_libraries_are_other_frames(frames, monkeypatch):
    now = fingerprint(frames)
    for name in UNSAID:
        monkeypatch.setattr(VERSIONS, lambda name=name: {name: "0.1"})
        assert fingerprint(frames) != now
    monkeypatch.setattr(VERSIONS, dict)
    assert "libraries" not in json.loads(made_run()._shared("auto"))


def test_versions_that_fingerprints_leave_unsaid_are_not_told(monkeypatch):
    assert set(other_versions()) <= set(UNSAID)
    assert _minor("2.14.1+cu130") == "2.14"
    assert _minor("4.14.0.94") == "4.14"


def made_run(**values: Any) -> Run:
    options = Options(**values)
    return Run(
        open_look(LOOK, device="cpu"), resolve(options), {Path("out"): Manifest(Path("out"))}
    )


def test_whoever_leaves_the_precision_to_ganfx_takes_frames_of_float32(frames, monkeypatch):
    """On a CPU that multiplies bfloat16, where a farm's job computes in float32."""
    native = {"auto": torch.bfloat16, "float32": torch.float32}
    monkeypatch.setattr(Look, "precision", lambda self, options, *, deep: native[options.precision])
    job = Job(frames[1], Path("out/plate.0002.png"), 2)
    Path("out").mkdir()
    write_picture(job.output, photo(32, 32))
    farm, here = made_run(precision="float32"), made_run()
    assert farm.fingerprint(job) != here.fingerprint(job)
    farm.record(job, farm.fingerprint(job))
    here = made_run()
    assert here.is_finished(job, here.fingerprint(job))
    assert not made_run(strength=0.5).is_finished(job, made_run(strength=0.5).fingerprint(job))


def test_on_a_gpu_torch_holds_shots_still_and_frames_of_the_cpu_stay(frames):
    job = Job(frames[1], Path("out/plate.0002.png"), 2, neighbors=tuple(frames))
    Path("out").mkdir()
    write_picture(job.output, photo(32, 32))
    look = replace(open_look(LOOK, device="cpu"), device=torch.device("cuda"))

    def on_gpu(**values: Any) -> Run:
        options = Options(precision="float32", **values)
        return Run(look, resolve(options), {Path("out"): Manifest(Path("out"))})

    def is_finished(run: Run) -> bool:
        return run.is_finished(job, run.fingerprint(job))

    on_cpu = made_run(precision="float32")
    assert on_cpu.held_on is None
    assert on_gpu().held_on is not None
    assert on_gpu(motion="opencv").fingerprint(job) == on_cpu.fingerprint(job)
    torchs = made_run(precision="float32", motion="torch").fingerprint(job)
    assert on_gpu().fingerprint(job) == torchs != on_cpu.fingerprint(job)
    on_cpu.record(job, on_cpu.fingerprint(job))
    assert is_finished(on_gpu())
    assert not is_finished(on_gpu(motion="torch"))
    on_cpu.record(job, torchs)
    assert is_finished(on_gpu())
    assert not is_finished(made_run(precision="float32"))


def test_a_run_says_why_a_file_is_not_finished(frames):
    job = Job(frames[1], Path("out/plate.0002.png"), 2)
    Path("out").mkdir()
    assert made_run().why_not_finished(job) == "missing"
    write_picture(job.output, photo(32, 32))
    run = made_run()
    run.record(job, run.fingerprint(job))
    assert made_run(strength=0.5).why_not_finished(job) == "outdated"
    job.output.write_bytes(job.output.read_bytes()[:-20])
    assert made_run().why_not_finished(job) == "damaged"
