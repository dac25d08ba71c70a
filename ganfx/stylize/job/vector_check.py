"""A renderer's motion is tried on two frames of each shot before anything is written."""

from __future__ import annotations

from pathlib import Path

from ganfx.errors import MediaError, UsageError
from ganfx.media.canvas import on_canvas
from ganfx.media.frames import Frame, read_frame
from ganfx.media.sequences import Shot
from ganfx.stylize.job.jobs import Plan
from ganfx.stylize.job.run import Run
from ganfx.stylize.network.plate import prepare_frame
from ganfx.stylize.temporal.filter import Guide, guide_of
from ganfx.stylize.temporal.motion_check import WrongSign, wrong_sign
from ganfx.stylize.temporal.motion_vectors import Vectors


def refuse_wrong_vectors(plan: Plan, run: Run) -> None:
    """Make sure that known motion leads where the picture goes.

    Two frames from the middle of a shot tell, whatever part of it is asked for. Where they cannot
    be read, or hardly move, nothing is said: frames are told of in their turn.

    Raises:
        UsageError: Another sign of the vectors is clearly the right one.
    """
    vectors = run.resolved.vectors
    if vectors is None:
        return
    for planned in plan.shots:
        frame = _middle(planned.shot)
        if frame is None or not any(job.neighbors for job in planned.jobs):
            continue
        try:
            plate, here = _seen(planned.shot, frame, run)
            _, there = _seen(planned.shot, frame + 1, run)
            ahead, _ = vectors.read(frame, plate, (here.shape[0], here.shape[1]))
        except MediaError:
            continue
        wrong = None if ahead is None else wrong_sign(here, there, ahead)
        if wrong is not None:
            raise _refusal(run.options.flow, planned.shot.on_disk[frame], plate, vectors, wrong)


def _middle(shot: Shot) -> int | None:
    """The frame nearest to the middle of a shot that has a next one."""
    numbers = sorted(shot.on_disk)
    pairs = [number for number in numbers if number + 1 in shot.on_disk]
    return pairs[len(pairs) // 2] if pairs else None


def _seen(shot: Shot, frame: int, run: Run) -> tuple[Frame, Guide]:
    path, most = shot.on_disk[frame], run.options.max_pixels
    plate = on_canvas(read_frame(path, max_pixels=most), shot.canvas, path, max_pixels=most)
    return plate, guide_of(prepare_frame(plate, run.color_of(plate.header)).display)


def _refusal(
    option: str, path: Path, plate: Frame, vectors: Vectors, wrong: WrongSign
) -> UsageError:
    hint = "turn them round in the files"
    if vectors.is_in_plates and vectors.motion_pass is None:
        names = vectors.names(plate)
        turned = (_turned(name, side) for name, side in zip(names, 2 * wrong.sign, strict=False))
        hint = f"give --flow channel:{','.join(turned)}"
    elif vectors.motion_pass is not None:
        hint = "was it rendered by another, or flipped since? --flow channel:U,V says it channel by"
        hint += " channel, and -U turns one round"
    return UsageError(
        f"--flow {option}: the motion in {path.name} fits its next frame better"
        f" {wrong.words}: where it moves they differ by {wrong.better:.1f} of 255 then, and by"
        f" {wrong.given:.1f} now",
        hint=hint,
    )


def _turned(name: str, side: int) -> str:
    if side > 0:
        return name
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"
