"""Make the pictures of the documentation: photographs and a rendered shot, before and after.

    python docs/gallery.py

The photographs come with scikit-image and scikit-learn, which the tests install.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from skimage import data
from sklearn.datasets import load_sample_image

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture, write_picture
from ganfx.quality.sheets import contact_sheet
from ganfx.samples import Scene, still
from ganfx.samples.scene import develop
from ganfx.styles.library import list_styles
from ganfx.stylize import Options, stylize
from ganfx.stylize.network.look import open_look
from ganfx.stylize.render.finish import stylize_picture

HERE = Path(__file__).parent
CREDITS = ["rendered", "NASA, public domain", "SpaceX, public domain", "danielbuechele, CC BY 2.0"]
SIZE = (960, 640)  # of a picture before it goes on the sheet
WIDTH = 400  # of a picture on it
DETAILS = (
    (1, np.s_[0:260, 60:460]),
    (3, np.s_[90:350, 20:420]),
)
"""Parts that are shown as they are: the face, and the pagoda."""
SCENE, SHOT, FRAMES = 1, (1280, 720), 24
"""Of the moving picture: which scene is rendered, how large, and how long."""
MOVING = ("oil", "watercolor", "engraving")
QUARTER = (480, 270)
DURATION, QUALITY = 83, 60
"""Milliseconds that a frame is shown, and the quality of its WebP."""


def pictures() -> list[ImageU8]:
    """A rendered street, a portrait, a rocket at night and a pagoda."""
    portrait = data.astronaut()[:342]
    rocket = data.rocket()
    pagoda = load_sample_image("china.jpg")
    return [still(2, *SIZE), portrait, rocket, pagoda]


def main() -> None:
    """Write ``docs/looks.jpg``, ``docs/details.jpg`` and ``docs/moving.webp``.

    The pictures as they are, and below them every built-in look; and a part of two of them,
    pixel by pixel, in every look.
    """
    before = pictures()
    rows, labels = [before], [CREDITS]
    for entry in list_styles():
        if entry.origin == "built-in":
            look = open_look(entry.path)
            rows.append(
                [stylize_picture(look, picture, number=i) for i, picture in enumerate(before)]
            )
            labels.append([entry.name] * len(before))
    write_picture(HERE / "looks.jpg", contact_sheet(rows, labels=labels, cell_width=WIDTH))
    details = [row[i][part] for row in rows for i, part in DETAILS]
    names = [row[i] for row in labels for i, _ in DETAILS]
    across = range(0, len(details), 2 * len(DETAILS))
    sheet = contact_sheet(
        [details[i : i + across.step] for i in across],
        labels=[names[i : i + across.step] for i in across],
        cell_width=WIDTH,
    )
    write_picture(HERE / "details.jpg", sheet)
    write_moving(HERE / "moving.webp")


def write_moving(out: Path) -> None:
    """A rendered shot and what three looks make of it, side by side, as an animation."""
    with tempfile.TemporaryDirectory() as folder:
        shot, scene = Path(folder) / "shot", Scene(SCENE, *SHOT)
        for number in range(1001, 1001 + FRAMES):
            write_picture(shot / f"shot.{number}.png", develop(scene.render(number)))
        shots = [shot]
        for look in MOVING:
            shots.append(Path(folder) / look)
            list(stylize(shot, look, Options(out=shots[-1], format="png")))
        frames = [_quartered(four) for four in zip(*map(_frames_of, shots), strict=True)]
    frames[0].save(
        out, save_all=True, append_images=frames[1:], duration=DURATION, loop=0, quality=QUALITY
    )


def _frames_of(shot: Path) -> list[Image.Image]:
    paths = sorted(shot.glob("*.png"))
    return [Image.fromarray(read_picture(p)).resize(QUARTER, Image.Resampling.BOX) for p in paths]


def _quartered(four: Sequence[Image.Image]) -> Image.Image:
    """Four pictures of one size, two by two."""
    whole = Image.new("RGB", (2 * QUARTER[0], 2 * QUARTER[1]))
    for i, picture in enumerate(four):
        whole.paste(picture, (i % 2 * QUARTER[0], i // 2 * QUARTER[1]))
    return whole


if __name__ == "__main__":
    main()
