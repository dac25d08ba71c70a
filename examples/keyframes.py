"""Carry an artist's few painted frames over a whole shot.

    python examples/keyframes.py [FOLDER] [MINUTES]

Renders a shot, has a classical teacher paint three of its frames in place of an artist,
learns from the three pairs for a few minutes, and stylises every frame. With a shot and
paintings of your own, it comes down to this:

    keys/photos/plate.1001.png     frames of the shot
    keys/painted/plate.1001.png    the same frames, painted over

    ganfx train presets/keyframe.toml --pairs keys --out run
    ganfx stylize shot --style run/keyframe.safetensors
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from ganfx.media.frames import read_picture, write_picture
from ganfx.preset import load_preset, override_data
from ganfx.quality.sheets import contact_sheet
from ganfx.samples import FIRST_FRAME, Scene, develop, teach
from ganfx.stylize import Options, stylize
from ganfx.stylize.events import FrameDone
from ganfx.training import train
from ganfx.training.events import StepDone, TrainingDone

FRAMES = 24
PAINTED = (0, 12, 23)  # first, middle and last: together they show all that the shot shows
SEED = 1


def render_shot(shot: Path) -> list[Path]:
    """Write the plates of a sample shot, 960x540."""
    scene = Scene(SEED)
    plates = [shot / f"plate.{FIRST_FRAME + k}.png" for k in range(FRAMES)]
    shot.mkdir(parents=True, exist_ok=True)
    for k, plate in enumerate(plates):
        write_picture(plate, develop(scene.render(FIRST_FRAME + k)))
    return plates


def paint(plates: list[Path], keys: Path) -> None:
    """Put the keyframes beside their paintings, the way `--pairs` expects them."""
    for part in ("photos", "painted"):
        (keys / part).mkdir(parents=True, exist_ok=True)
    for plate in (plates[k] for k in PAINTED):
        photo = read_picture(plate)
        write_picture(keys / "photos" / plate.name, photo)
        write_picture(keys / "painted" / plate.name, teach("anime", photo))


def learn(keys: Path, run: Path, minutes: float | None) -> Path:
    """Train the look of the paintings; the style file."""
    overrides = [f"train.minutes={minutes}"] if minutes else []
    preset = override_data(load_preset("keyframe", overrides), pairs=str(keys))
    with closing(train(preset, run)) as events:
        for event in events:
            match event:
                case StepDone(step=step, losses=losses) if losses and step % 100 == 0:
                    print(f"step {step}  off the paintings by {losses['pixel']:.3f}", flush=True)
                case TrainingDone(style=style):
                    return style
    raise AssertionError("training ends with a style, or with an error")


def main() -> None:
    """Render, paint, learn, stylise, and lay plates and results side by side."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "keyframes")
    minutes = float(sys.argv[2]) if len(sys.argv) > 2 else None
    plates = render_shot(folder / "shot")
    paint(plates, folder / "keys")
    style = learn(folder / "keys", folder / "run", minutes)
    with closing(stylize([folder / "shot"], str(style), Options(out=folder / "look"))) as events:
        done = sum(isinstance(event, FrameDone) for event in events)
    shown = plates[6::6]  # only the second of them was painted
    rows = [[read_picture(path) for path in shown]]
    rows.append([read_picture(folder / "look" / path.name) for path in shown])
    write_picture(folder / "sheet.png", contact_sheet(rows))
    print(
        f"{done} frames in {folder / 'look'}; plates above, results below: {folder / 'sheet.png'}"
    )


if __name__ == "__main__":
    main()
