"""Frames per second at 1080p: from file to file, beside the bare network in the same run.

    python benchmarks/stylize.py [STYLE] [FRAMES]

Renders a short shot, stylises it as `ganfx stylize` does (decode, network, grain,
encode), and times the network alone on the same frames. The two take turns, so that
whatever else the machine does weighs on both. Then the shares of the stages follow, of frames done
alone and of frames held still.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from machine import describe_machine
from stage_table import print_stages, waiting_for

from ganfx.media.allocation import keep_freed_memory
from ganfx.media.frames import read_picture, write_picture
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stages import timed_stages
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.network.plate import prepare

SIZE = (1920, 1080)
ROUNDS = 2


def render_shot(folder: Path, frames: int) -> None:
    """Write ``plate.1001.jpg`` and so on, as a camera would."""
    scene = Scene(2, *SIZE)
    picture = develop(scene.render(1001))
    for frame in range(1001, 1001 + frames):
        # A shift stands in for the camera move: rendering every frame would take longer
        # than the benchmark, and neither codec nor network can tell.
        write_picture(folder / f"plate.{frame}.jpg", np.roll(picture, 7 * (frame - 1001), axis=1))


def time_bare(look: Look, folder: Path, *, deep: bool = False) -> float:
    """Seconds a frame of the network alone; ``deep`` as for pictures of more than 8 bits."""
    display = read_picture(min(folder.iterdir())).astype(np.float32) / 255
    prepared = prepare(display)
    run_network(look, prepared, Options(), deep=deep)
    started = time.perf_counter()
    for _ in range(4):
        run_network(look, prepared, Options(), deep=deep)
    return (time.perf_counter() - started) / 4


def time_whole(
    style: str, folder: Path, out: Path, *, consistency: float = 0.0
) -> tuple[float, float]:
    """Seconds a frame from file to file once running, and seconds to the first frame."""
    started = time.perf_counter()
    done = []
    for event in stylize(
        [folder], style, Options(out=out, overwrite=True, consistency=consistency)
    ):
        if isinstance(event, FrameDone):
            done.append(time.perf_counter())
    return (done[-1] - done[0]) / (len(done) - 1), done[0] - started


def main() -> None:
    """Print the machine, then both rates of every round."""
    style = sys.argv[1] if len(sys.argv) > 1 else "noir"
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 12
    keep_freed_memory()  # as the command line does
    print(describe_machine())
    with tempfile.TemporaryDirectory() as temporary:
        shot, out = Path(temporary) / "shot", Path(temporary) / "out"
        shot.mkdir()
        render_shot(shot, frames)
        look = open_look(style)
        print(f"{style}, {SIZE[0]}x{SIZE[1]}, {frames} JPEG frames")
        for number in range(1, ROUNDS + 1):
            bare = time_bare(look, shot)
            whole, first = time_whole(style, shot, out)
            print(
                f"round {number}: bare network {1 / bare:.2f} frames/s, "
                f"file to file {1 / whole:.2f} frames/s ({bare / whole:.2f} of it), "
                f"first frame after {first:.1f} s"
            )
        held, first = time_whole(style, shot, out, consistency=0.5)
        print(f"held still: {1 / held:.2f} frames/s, first frame after {first:.1f} s")
        for consistency in (0.0, 0.5):
            print(f"\nstages, consistency {consistency:g}:")
            with timed_stages(waiting_for(look.device)) as times:
                time_whole(style, shot, out, consistency=consistency)
                print_stages(times, "frame", frames)
        slower = time_bare(look, shot, deep=True)
        print(f"pictures deeper than 8 bits (float32): bare network {1 / slower:.2f} frames/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB")


if __name__ == "__main__":
    main()
