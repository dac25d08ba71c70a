"""Make the pictures of the documentation: photographs and a rendered shot, before and after.

    python docs/gallery.py

The photographs come with scikit-image and scikit-learn, which the tests install.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from skimage import data
from sklearn.datasets import load_sample_image

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import write_picture
from ganfx.quality.sheets import contact_sheet
from ganfx.samples import still
from ganfx.styles.library import list_styles
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


def pictures() -> list[ImageU8]:
    """A rendered street, a portrait, a rocket at night and a pagoda."""
    portrait = data.astronaut()[:342]
    rocket = data.rocket()
    pagoda = load_sample_image("china.jpg")
    return [still(2, *SIZE), portrait, rocket, pagoda]


def main() -> None:
    """Write ``docs/looks.jpg`` and ``docs/details.jpg``.

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


if __name__ == "__main__":
    main()
