"""Every look on pictures that are hard: a sheet to look at, and a check that nothing collapses.

    python benchmarks/robust.py OUT [LOOK ...]

Night, fog, a face, text, a clean render, a flat sky, a small picture and a large one, and
strengths between. The pictures come with scikit-image, or are rendered. For each look, a line: the
smallest spread of luma that is left of any picture, and the smallest structure that is kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
from machine import describe_machine
from numpy.typing import NDArray
from skimage import data

from ganfx.media.arrays import ImageU8
from ganfx.media.color import LUMA
from ganfx.media.frames import write_picture
from ganfx.quality.metrics import structure
from ganfx.quality.sheets import contact_sheet
from ganfx.samples import still
from ganfx.styles.library import list_styles
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.options import Options
from ganfx.stylize.render.finish import stylize_picture

SHOWN = 640
"""Width that pictures are cut to on the sheet: at their own size."""


def pictures() -> dict[str, ImageU8]:
    """The hard ones, by name."""
    astronaut, rocket = data.astronaut(), data.rocket()
    page = np.repeat(data.page()[..., None], 3, axis=2)
    sky = np.linspace((60, 110, 190), (190, 210, 235), 360)[:, None].repeat(480, axis=1)
    render = still(2, 640, 427)
    large = cv2.resize(data.coffee(), (3840, 2560), interpolation=cv2.INTER_CUBIC)
    return {
        "night": rocket,
        "fog": (0.35 * data.coffee()[:400] + 0.65 * 200).astype(np.uint8),
        "face": astronaut[:342],
        "text": page,
        "render": render,
        "flat sky": sky.astype(np.uint8),
        "320 px": cv2.resize(astronaut, (320, 320), interpolation=cv2.INTER_AREA),
        "4K": np.asarray(large, dtype=np.uint8),
    }


def main() -> None:
    """Write ``OUT/NAME.png`` for each look."""
    out = Path(sys.argv[1])
    names = sys.argv[2:] or [e.name for e in list_styles() if e.origin == "built-in"]
    print(describe_machine())
    for name in names:
        look = open_look(name)
        hard = pictures()
        made = {title: stylize_picture(look, picture) for title, picture in hard.items()}
        spread = {t: luma(p).std() for t, p in made.items() if t not in ("flat sky", "fog")}
        kept = {t: structure(hard[t], made[t]) for t in made if t != "flat sky"}
        low, least = min(spread, key=lambda t: spread[t]), min(kept, key=lambda t: kept[t])
        print(
            f"{look.name}: least spread {spread[low]:.0f} codes ({low}),"
            f" least structure {kept[least]:.2f} ({least})",
            flush=True,
        )
        write_picture(out / f"{Path(name).stem}.png", sheet(look, hard, made))


def sheet(look: Look, hard: dict[str, ImageU8], made: dict[str, ImageU8]) -> ImageU8:
    """Before and after in two pairs of rows, and strengths in the last."""
    titles = list(hard)
    rows = []
    for part in (titles[:4], titles[4:]):
        rows += [[shown(hard[t]) for t in part], [shown(made[t]) for t in part]]
    face = hard["face"]
    strengths = [0.0, 0.3, 0.6, 1.0]
    rows.append([stylize_picture(look, face, Options(strength=s)) for s in strengths])
    labels = [titles[:4], titles[:4], titles[4:], titles[4:], [f"strength {s}" for s in strengths]]
    return contact_sheet(rows, labels=labels, cell_width=400)


def shown(picture: ImageU8) -> ImageU8:
    """The middle of a large picture, at its own size."""
    height, width = picture.shape[:2]
    if width <= SHOWN:
        return picture
    tall = min(height, SHOWN * 2 // 3)
    y, x = (height - tall) // 2, (width - SHOWN) // 2
    return picture[y : y + tall, x : x + SHOWN]


def luma(picture: ImageU8) -> NDArray[np.float64]:
    """Luma, 0 to 255."""
    gray: NDArray[np.float64] = picture.astype(np.float64) @ np.array(LUMA)
    return gray


if __name__ == "__main__":
    main()
