"""Fingerprints: every option that changes pixels is in them, and no other."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ganfx.media.frames import write_picture
from ganfx.option import declared
from ganfx.stylize.job.jobs import Job
from ganfx.stylize.job.resolved import resolve
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.look import open_look
from ganfx.stylize.options import Options
from tests.stylize.conftest import photo

LOOK = "inked.safetensors"
OTHER: dict[str, Any] = {
    "strength": 0.5,
    "keep_color": True,
    "scale": 2.0,
    "wrap": "x",
    "grain": 0.125,
    "dabs": 0.25,
    "hatch": 0.25,
    "seed": 4,
    "precision": "bfloat16",
    "depth": "half",
    "colorspace": "ACEScg",
    "ocio": Path("studio.ocio"),
    "portable": "sse4",
    "compile": True,
    "consistency": 0.25,
    "cuts": "none",
    "flow": "channel:U,V",
    "matte": "channel:R",
    "out": Path("elsewhere"),
    "frames": "2",
    "missing": "black",
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
    else:
        resolved = resolve(options)
    job = Job(files[1], Path("out/plate.0002.png"), 2, neighbors=tuple(files))
    job = replace(job, black=options.missing == "black")
    return Run(open_look(LOOK, device="cpu"), resolved, {}).fingerprint(job)


def test_every_option_has_another_value_here():
    assert set(OTHER) == {each.field for each in declared(Options)}
    assert all(OTHER[each.field] != each.initial for each in declared(Options))


@pytest.mark.parametrize("each", declared(Options), ids=lambda each: each.field)
def test_it_holds_what_changes_pixels_and_nothing_else(each, frames):
    changed = fingerprint(frames, **{each.field: OTHER[each.field]})
    assert (changed != fingerprint(frames)) == bool(each.about.pixels)


def test_it_is_that_of_earlier_records(frames):
    run = Run(open_look(LOOK, device="cpu"), resolve(Options(strength=0.5, hatch=0.25)), {})
    keys = ["ganfx", "style", "strength", "keep_color", "scale", "wrap", "grain", "seed"]
    keys += ["precision", "depth", "colorspace", "ocio", "hatch"]
    assert list(json.loads(run._shared)) == keys
    assert run._temporal == '{"consistency": 0.5, "cuts": "auto", "flow": []}'
