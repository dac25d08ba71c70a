"""Shots through graphs, and on devices short of memory: the same files, and a word about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ganfx.media.frames import read_picture, write_picture
from ganfx.models.generator import Generator
from ganfx.models.graphs import Capture, Forward
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone, FrameFailed, Notice
from tests.stylize.conftest import make_shot, of_kind, photo, run, visible


class Recorder:
    """Records as a GPU does, on a CPU; what it is told to is done at every replay."""

    def __init__(self, change: Callable[[Tensor], Tensor] = lambda made: made) -> None:
        self.change, self.shapes, self.replays = change, [], 0

    def __call__(self, network: Forward, photo: Tensor) -> Forward:
        self.shapes.append(tuple(photo.shape[2:]))
        held, made = torch.zeros_like(photo), torch.empty_like(photo)

        def replay(photo: Tensor) -> Tensor:
            self.replays += 1
            held.copy_(photo)
            return made.copy_(self.change(network(held)))

        return replay


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Callable[[Capture], None]:
    """Has networks recorded by what it is given, as if they were on a GPU."""
    return lambda capture: monkeypatch.setattr(
        "ganfx.stylize.network.look.graph_capture", lambda device: capture
    )


def same_pictures(one: Path, other: Path) -> bool:
    names = visible(one)
    assert names == visible(other)
    return all(np.array_equal(read_picture(one / n), read_picture(other / n)) for n in names)


@pytest.mark.parametrize("consistency", [0.0, 0.5])
def test_a_shot_through_a_graph_is_the_same_shot(inked: Path, records, consistency) -> None:
    make_shot(Path("shot"))
    run("shot", inked, out=Path("plain"), consistency=consistency)
    records(recorder := Recorder())
    events = run("shot", inked, out=Path("graphed"), consistency=consistency)

    assert len(recorder.shapes) == 1
    assert recorder.replays == 4  # of five frames: the first goes as it is, the second is compared
    assert same_pictures(Path("plain"), Path("graphed"))
    assert not of_kind(events, Notice)


def test_frames_of_another_size_are_no_error_and_recorded_apart(inked: Path, records) -> None:
    for number in range(6):
        cut = photo(48, 64) if number % 2 else photo(96, 40)
        write_picture(Path("mixed") / f"p{'abcdef'[number]}.png", cut)
    run("mixed", inked, out=Path("plain"))
    records(recorder := Recorder())
    events = run("mixed", inked, out=Path("graphed"))

    assert len(of_kind(events, FrameDone)) == 6
    assert len(set(recorder.shapes)) == len(recorder.shapes) == 2
    assert same_pictures(Path("plain"), Path("graphed"))


def test_compiled_networks_are_not_recorded(
    inked: Path, records, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "compile", lambda forward, dynamic: forward)
    make_shot(Path("shot"))
    records(recorder := Recorder())
    run("shot", inked, compile=True, out=Path("compiled"))
    assert recorder.shapes == []


def off_by_a_bit(made: Tensor) -> Tensor:
    return torch.nextafter(made, made + 1)


def unrecordable(made: Tensor) -> Tensor:
    raise RuntimeError("operation not permitted when stream is capturing\nof a stack")


def too_large(made: Tensor) -> Tensor:
    raise torch.OutOfMemoryError


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (off_by_a_bit, "what a graph makes is not what the network does"),
        (unrecordable, "operation not permitted when stream is capturing"),
        (too_large, "out of memory"),
    ],
)
def test_where_a_graph_is_of_no_use_the_shot_is_done_without_and_that_is_told_once(
    inked: Path, records, change, why
) -> None:
    make_shot(Path("shot"))
    run("shot", inked, out=Path("plain"))
    records(Recorder(change))
    events = run("shot", inked, out=Path("graphed"))

    assert [event.message for event in of_kind(events, Notice)] == [
        f"the network runs without a CUDA graph: {why}"
    ]
    assert same_pictures(Path("plain"), Path("graphed"))


def test_an_interrupt_while_recording_leaves_whole_files_and_the_rest_for_later(
    inked: Path, records
) -> None:
    make_shot(Path("shot"))
    run("shot", inked, out=Path("plain"))

    def interrupted(made: Tensor) -> Tensor:
        raise KeyboardInterrupt

    records(Recorder(interrupted))
    with pytest.raises(KeyboardInterrupt):
        list(stylize("shot", inked, Options(out=Path("graphed"))))
    whole = visible(Path("graphed"))
    assert len(whole) <= 1  # it came at the second frame
    records(Recorder())
    events = run("shot", inked, out=Path("graphed"))
    assert len(of_kind(events, FrameDone)) == 5 - len(whole)
    assert same_pictures(Path("plain"), Path("graphed"))


@pytest.mark.parametrize("consistency", [0.0, 0.5])
def test_memory_that_runs_out_amid_a_shot_is_told_once_and_changes_no_pixel(
    inked: Path, monkeypatch: pytest.MonkeyPatch, consistency: float
) -> None:
    make_shot(Path("shot"))
    run("shot", inked, out=Path("plain"), consistency=consistency)
    forward, sizes = Generator.forward, []

    def others_take_memory(self: Generator, photo: Tensor) -> Tensor:
        pixels = photo.shape[2] * photo.shape[3]
        sizes.append(pixels)
        if len(sizes) > 2 and pixels >= sizes[0]:  # from the third frame on
            raise torch.OutOfMemoryError
        return forward(self, photo)

    monkeypatch.setattr(Generator, "forward", others_take_memory)
    events = run("shot", inked, out=Path("short"), consistency=consistency)

    assert not of_kind(events, FrameFailed)
    assert [event.message for event in of_kind(events, Notice)] == [
        "the device is short of memory: pictures go through it in smaller windows"
    ]
    assert sizes.count(sizes[0]) == 3  # two that fit, and the one that did not
    assert same_pictures(Path("plain"), Path("short"))


def test_what_graphs_hold_is_given_up_before_windows_become_smaller(
    inked: Path, records, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_shot(Path("shot"))
    run("shot", inked, out=Path("plain"))
    full = iter([torch.OutOfMemoryError()])

    def one_frame_too_many(made: Tensor) -> Tensor:
        if recorder.replays == 2 and (error := next(full, None)):
            raise error
        return made

    records(recorder := Recorder(one_frame_too_many))
    events = run("shot", inked, out=Path("graphed"))
    assert not of_kind(events, Notice)
    assert recorder.replays == 2
    assert same_pictures(Path("plain"), Path("graphed"))


def test_a_gpu_that_is_there_and_of_no_use_is_told(
    inked: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def unused(device: str) -> str:
        asked.append(device)
        return "the GPU's driver is too old"

    monkeypatch.setattr("ganfx.stylize.engine.unused_gpu", unused)
    make_shot(Path("shot"), [1001])
    events = run("shot", inked, out=Path("out"))
    assert [event.message for event in of_kind(events, Notice)] == ["the GPU's driver is too old"]
    assert asked == ["auto"]
