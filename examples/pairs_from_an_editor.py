"""Learn a look from pairs of any editor: a diffusion model's img2img, a painter, a compositor.

    python examples/pairs_from_an_editor.py [FOLDER]

Renders a few photos, has an "editor" change them (a filter stands in for it: nothing is
downloaded), says in SOURCES.tsv what was made with what, trains for a few steps and shows the
look's card. With photos and an editor of your own, it comes down to this:

    pairs/photos/street.png      the plain pictures
    pairs/painted/street.png     the same from the editor: same name, same size, nothing moved
    pairs/SOURCES.tsv            file, licence, author, made with (the tool or model, its licence)

    ganfx train presets/keyframe.toml --pairs pairs --set data.max_side=1280 --out run
    ganfx styles show run/keyframe.safetensors
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import write_picture
from ganfx.media.sources import AUTHOR, FILE, LICENSE, MADE_WITH, NAME, write_sources
from ganfx.preset import load_preset, override_data
from ganfx.samples import sample_pictures
from ganfx.styles.card import card
from ganfx.training import train
from ganfx.training.events import Notice, TrainingDone

PHOTOS = 6
STEPS = 30
EDITOR = "an OpenCV filter in place of an editor (OpenCV: Apache-2.0)"


def edit(photo: ImageU8) -> ImageU8:
    """What the editor makes of a photo; here would be a call of yours.

    A model that works in other sizes gets a reduced or padded photo, and its result has to be
    brought back to the photo's size: a pair of two sizes is refused.
    """
    smooth = cv2.bilateralFilter(photo, 9, 60.0, 9.0)
    tones = np.round(smooth / 51.0) * 51.0
    return np.clip(tones, 0, 255).astype(np.uint8)


def make_pairs(pairs: Path) -> None:
    """Photos, what the editor makes of them under the same names, and who made what."""
    rows = []
    for number, photo in enumerate(sample_pictures("samples:scenes", PHOTOS, seed=4), start=1):
        name = f"photo{number}.png"
        for part, picture in (("photos", photo), ("painted", edit(photo))):
            (pairs / part).mkdir(parents=True, exist_ok=True)
            write_picture(pairs / part / name, picture)
        rows.append({FILE: f"photos/{name}", LICENSE: "CC-BY-4.0", AUTHOR: "Ada Example"})
        rows.append({**rows[-1], FILE: f"painted/{name}", MADE_WITH: EDITOR})
    write_sources(pairs / NAME, (FILE, LICENSE, AUTHOR, MADE_WITH), rows)


def learn(pairs: Path, run: Path) -> Path:
    """Train for a few steps, which shows how it goes; a look takes some minutes."""
    short = [f"train.steps={STEPS}", 'description="Flat areas of few tones."', 'licence="CC0-1.0"']
    preset = override_data(load_preset("keyframe", short), pairs=str(pairs))
    train_section = preset.train.model_copy(update={"minutes": None})
    with closing(train(preset.model_copy(update={"train": train_section}), run)) as events:
        for event in events:
            match event:
                case Notice(message=message):
                    print(f"note: {message}")
                case TrainingDone(style=style):
                    return style
    raise AssertionError("training ends with a style, or with an error")


def main() -> None:
    """Make pairs, learn from them, and show what the card says of them."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "pairs_from_an_editor")
    make_pairs(folder / "pairs")
    style = learn(folder / "pairs", folder / "run")
    for name, fact in card(style):
        print(f"{name:>12}  {fact}")
    last = max((folder / "run" / "previews").glob("*.png"))
    print(f"photos, their look, and what the editor made of them: {last}")


if __name__ == "__main__":
    main()
