"""Networks that are compiled first: the same picture, or else the reason why not."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture
from ganfx.models.compiling import KEPT, Compiled
from ganfx.stylize import Options
from ganfx.stylize.events import FrameDone, Notice
from ganfx.stylize.network.tiling import stylize_image
from tests.stylize.conftest import (
    make_shot,
    of_kind,
    photo,
    random_generator,
    run,
    save_look,
    visible,
)

Forward = Callable[[Tensor], Tensor]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where compiled code is kept."""
    monkeypatch.setenv(KEPT, str(tmp_path / "compiled"))
    return tmp_path / "compiled"


def broken(forward: Forward, dynamic: bool) -> Forward:
    def fail(photo: Tensor) -> Tensor:
        raise RuntimeError("no C++ compiler")

    return fail


def test_without_a_compiler_the_pictures_are_those_of_the_network_as_it_is(
    inked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "compile", broken)
    make_shot(Path("shots"))
    events = run("shots", inked, compile=True, out=Path("compiled-out"))

    assert [event.frame for event in of_kind(events, FrameDone)] == [*range(1001, 1006)]
    assert [event.message for event in of_kind(events, Notice)] == [
        "the network runs as it is, not compiled: no C++ compiler"
    ]
    run("shots", inked, out=Path("plain-out"))
    for frame in visible(Path("plain-out")):
        ours, theirs = (read_picture(Path(out) / frame) for out in ("compiled-out", "plain-out"))
        assert np.array_equal(ours, theirs)


def test_every_network_of_a_mix_is_compiled(inked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    doubled = []

    def counting(forward: Forward, dynamic: bool) -> Forward:
        doubled.append(forward)
        return forward

    monkeypatch.setattr(torch, "compile", counting)
    other = save_look(Path(), "other", random_generator(seed=3))
    make_shot(Path("shots"), [1001])
    run("shots", {inked: 0.5, other: 0.5}, compile=True)

    assert len(doubled) == 2


def test_frames_of_both_kinds_are_not_mixed(inked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their last bits differ: a run with the option does all frames again."""
    monkeypatch.setattr(torch, "compile", lambda forward, dynamic: forward)
    make_shot(Path("shots"), [1001, 1002])

    for compiled, done in ((False, 2), (True, 2), (True, 0), (False, 2)):
        assert len(of_kind(run("shots", inked, compile=compiled), FrameDone)) == done


def test_portable_pixels_are_not_compiled() -> None:
    with pytest.raises(UsageError, match="compiled for this CPU"):
        Options(portable="avx2", compile=True)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler")
def test_compiled_code_gives_the_same_picture_whatever_the_tiles(folder: Path) -> None:
    generator = random_generator()
    compiled, picture = Compiled(generator, folder), photo(96, 112).astype(np.float32) / 255
    whole, tiled, as_it_is = (
        stylize_image(network, picture, tile=tile, device=torch.device("cpu"))
        for network, tile in ((compiled, None), (compiled, 32), (generator, None))
    )

    assert compiled.problem == ""
    assert np.array_equal(whole, tiled)
    assert np.abs(whole - as_it_is).max() < 1e-5
    assert any(folder.rglob("*.so"))
