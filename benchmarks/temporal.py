"""What the temporal filter does to shots, and what it costs.

    python benchmarks/temporal.py --styles noir,engraving [--clips CLIP...] [--frames N] [--laid]
    python benchmarks/temporal.py --speed
    python benchmarks/temporal.py --marks [--styles oil,engraving]
    python benchmarks/temporal.py --stages [--styles oil,engraving] [--frames N]

Stylises each clip (a folder with a sequence; without one, a rendered shot) frame by frame and
at every consistency asked for, without grain, and judges all as `ganfx evaluate flicker` does.
`--laid` lays the looks' own marks (strokes, washes, dabs, lines) over both: of frames done alone
they stay with the picture, of held ones they go with the scene; without it there are none.
`--sheets DIR` keeps x-t slices: one column of the picture over time, source, alone, held.
`--speed` times network, motion, filter and marks at 1080p.
`--marks` times the marks of every built-in look at 1080p, or of those that are named, beside its
network, and the memory that they add.
`--stages` prints what shares of a held shot at 1080p its stages take, file to file, with marks.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from machine import describe_machine
from stage_table import print_stages, waiting_for

from ganfx.media.allocation import keep_freed_memory
from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture, write_picture
from ganfx.quality.steadiness import ShotScore, evaluate_flicker
from ganfx.samples import Scene
from ganfx.samples.scene import develop
from ganfx.stages import timed_stages
from ganfx.styles.header import SUFFIX
from ganfx.styles.library import BUILT_IN
from ganfx.stylize import Options, stylize
from ganfx.stylize.effects import EFFECTS, Effects, Place
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.temporal.filter import HANDLES, StylizedFrame, guide_of, stabilized, tone_of
from ganfx.stylize.temporal.keyframe_warp import keyframe_warp
from ganfx.stylize.temporal.motion import Motion

COLUMNS = (
    "look", "clip", "consistency", "E_warp in", "alone", "held", "held / alone",
    "held / in", "tone alone", "held", "detail", "ghost",
)  # fmt: skip


def main() -> None:
    """Print the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--styles")
    parser.add_argument("--clips", nargs="*", type=Path, default=[])
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--consistency", default="0.5")
    parser.add_argument("--laid", action="store_true")
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--marks", action="store_true")
    parser.add_argument("--stages", action="store_true")
    options = parser.parse_args()
    styles = (options.styles or "noir,engraving").split(",")
    keep_freed_memory()  # as the command line does
    print(describe_machine())
    if options.speed:
        print(time_filter(styles[0]))
        return
    if options.marks:
        built_in = sorted(path.stem for path in BUILT_IN.glob(f"*{SUFFIX}"))
        time_marks(styles if options.styles else built_in)
        return
    if options.stages:
        for style in styles:
            time_stages(style, options.frames)
        return
    print("| " + " | ".join(COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS))
    with tempfile.TemporaryDirectory() as folder:
        clips = options.clips or [render_shot(Path(folder) / "rendered", options.frames)]
        for clip in clips:
            shot = first_frames(clip, Path(folder) / "in" / clip.name, options.frames)
            for style in styles:
                for amount in options.consistency.split(","):
                    laid = None if options.laid else 0.0
                    asked = replace(
                        Options(grain=0.0, format="png", consistency=float(amount)),
                        **{effect.name: laid for effect in EFFECTS if effect.follows_scene},
                    )
                    judge(style, shot, asked, Path(folder), options.sheets)


def render_shot(folder: Path, frames: int) -> Path:
    """A sample shot in motion, with a sensor's noise."""
    scene, rng = Scene(2, 640, 360), np.random.default_rng(1)
    for frame in range(1001, 1001 + frames):
        noisy = develop(scene.render(frame)) + rng.normal(0, 1.5, (360, 640, 3))
        write_picture(folder / f"plate.{frame}.png", np.clip(noisy, 0, 255).astype(np.uint8))
    return folder


def first_frames(clip: Path, folder: Path, frames: int) -> Path:
    """The first frames of a clip, as they are, in a folder of their own."""
    folder.mkdir(parents=True)
    for path in sorted(p for p in clip.iterdir() if not p.name.startswith("."))[:frames]:
        (folder / path.name).symlink_to(path.resolve())
    return folder


def judge(style: str, shot: Path, asked: Options, folder: Path, sheets: Path | None) -> None:
    """Print a line of the table."""
    name, amount = Path(style).stem, asked.consistency
    alone, held = (folder / f"{name}-{shot.name}-{c:g}" for c in (0.0, amount))
    for out, consistency in ((alone, 0.0), (held, amount)):
        list(stylize(shot, style, replace(asked, out=out, consistency=consistency)))
    (score,) = (
        each
        for each in evaluate_flicker(shot, held, unfiltered=alone)
        if isinstance(each, ShotScore)
    )
    (before,) = (e for e in evaluate_flicker(shot, alone) if isinstance(e, ShotScore))
    values = (
        *(score.source, score.unfiltered, score.output, score.steadied, score.ratio),
        *(before.output_tone, score.output_tone, score.detail, score.ghost),
    )
    forms = (".5f", ".5f", ".5f", ".2f", ".2f", ".4f", ".4f", ".2f", ".3f")
    cells = ["-" if v is None else f"{v:{f}}" for v, f in zip(values, forms, strict=True)]
    print("| " + " | ".join([name, shot.name, f"{amount:g}", *cells]) + " |", flush=True)
    if sheets is not None:
        slices = np.stack([x_t_slice(out) for out in (shot, alone, held)])
        apart = np.pad(slices, ((0, 0), (0, 8), (0, 0), (0, 0)), constant_values=255)
        write_picture(sheets / f"xt-{name}-{shot.name}.png", np.concatenate(apart))


def x_t_slice(folder: Path) -> ImageU8:
    """The middle row of every frame, one below the other, each four pixels high."""
    rows = []
    for path in sorted(p for p in folder.iterdir() if not p.name.startswith(".")):
        picture = read_picture(path)
        rows.append(picture[len(picture) // 2])
    return np.repeat(np.stack(rows), 4, axis=0)


def time_filter(style: str) -> str:
    """Seconds a frame of network, motion and filter at 1080p, each alone."""
    scene = Scene(2, 1920, 1080)
    still = develop(scene.render(1001))
    count = 2 * HANDLES + 1
    frames = [np.roll(still, 5 * n, axis=1).astype(np.float32) / 255 for n in range(count)]
    look = open_look(style)
    run_network(look, prepare(frames[0]), Options(), deep=False)
    started = time.perf_counter()
    styled = [run_network(look, prepare(frame), Options(), deep=False) for frame in frames]
    network = (time.perf_counter() - started) / count
    window = {
        n: StylizedFrame(after, guide_of(before), tone_of(before, after))
        for n, (before, after) in enumerate(zip(frames, styled, strict=True))
    }
    motion = Motion(guides={n: frame.guide for n, frame in window.items()})
    started = time.perf_counter()
    list(motion.shot(HANDLES, HANDLES))  # every pair there and back
    flow = (time.perf_counter() - started) / (count - 1)
    started = time.perf_counter()
    stabilized(HANDLES, window, motion, 0.5)
    blend = time.perf_counter() - started
    started = time.perf_counter()
    warp = keyframe_warp(HANDLES + 1, motion)
    warping = time.perf_counter() - started
    place = Place(len(styled[HANDLES]), warp=warp)
    marks = []
    for effect in EFFECTS:
        if effect.probe is not None:
            effect.apply(styled[HANDLES], effect.probe, place)  # makes what is kept
            started = time.perf_counter()
            effect.apply(styled[HANDLES], effect.probe, place)
            marks.append(f"{effect.name} {time.perf_counter() - started:.2f}")
    ratio = (flow + blend) / network
    return (
        f"1920x1080, seconds a frame: network {network:.2f}, motion {flow:.2f}, filter {blend:.2f},"
        f" keyframe warp {warping:.2f}, {', '.join(marks)};"
        f" motion and filter are {ratio:.2f} of the network"
    )


def time_stages(style: str, frames: int) -> None:
    """Print the shares of a shot's stages, from JPEG to JPEG."""
    still = develop(Scene(2, 1920, 1080).render(1001))
    with tempfile.TemporaryDirectory() as folder:
        shot, out = Path(folder) / "shot", Path(folder) / "out"
        shot.mkdir()
        for frame in range(frames):
            write_picture(shot / f"plate.{1001 + frame}.jpg", np.roll(still, 5 * frame, axis=1))
        print(f"\n{style}, {frames} frames:")
        with timed_stages(waiting_for(open_look(style).device)) as times:
            list(stylize([shot], style, Options(out=out)))
            print_stages(times, "frame", frames)


def time_marks(styles: list[str]) -> None:
    """Print seconds of network and marks of looks at 1080p, and what marks add to its memory."""
    frame = develop(Scene(2, 1920, 1080).render(1001)).astype(np.float32) / 255
    print("| look | marks | network, s | CPU | marks, s | CPU | of the network | peak, MB |")
    print("|" + "---|" * 8)
    for style in styles:
        look, prepared = open_look(style), prepare(frame)
        effects = Effects(look.headers, Options(grain=0.0))
        laid = ", ".join(each.effect.name for each in effects)
        work = partial(run_network, look, prepared, Options(), deep=False)
        network, network_cpu, _ = best(work)
        styled = work()
        marks, marks_cpu, added = best(partial(effects.apply, styled, Place(len(styled))))
        times = (network, network_cpu, marks, marks_cpu, marks / network)
        cells = " | ".join(f"{each:.2f}" for each in times)
        print(f"| {style} | {laid or '-'} | {cells} | +{added:.0f} |", flush=True)


def best(work: Callable[[], object], turns: int = 3) -> tuple[float, float, float]:
    """Least wall and CPU seconds of some turns, and megabytes that the first adds at its peak."""
    Path("/proc/self/clear_refs").write_text("5")  # begins the peak anew
    started = status("VmRSS")
    times = []
    added = 0.0
    for turn in range(turns):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - wall, time.process_time() - cpu))
        if turn == 0:
            added = status("VmHWM") - started
    return min(t[0] for t in times), min(t[1] for t in times), added


def status(field: str) -> float:
    """Megabytes of a field of the process's status, on Linux."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(field))) / 1024


if __name__ == "__main__":
    main()
