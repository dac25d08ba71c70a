"""Small folders of real photographs, and short ways to run and to compare."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
from skimage import data

from ganfx.media.arrays import ImageU8
from ganfx.media.frames import write_picture
from ganfx.preprocess import Options, preprocess
from ganfx.preprocess.events import Event

PHOTOS = {
    "astronaut": data.astronaut(),
    "coffee": data.coffee(),
    "chelsea": data.chelsea(),
    "rocket": data.rocket(),
}
NAMES = tuple(PHOTOS)

PLAIN = Options(trim=False, min_side=16)
"""Takes small pictures, and leaves them as they are."""


def photo(name: str, width: int = 96, height: int = 64, *, step: int = 0) -> ImageU8:
    """A part of a photograph, from somewhere else at every step."""
    picture = PHOTOS[name]
    top, left = 60 + 23 * step, 60 + 31 * step
    return np.ascontiguousarray(picture[top : top + height, left : left + width])


def make_folder(root: Path, *names: str) -> Path:
    """A file with another photograph for each name."""
    for index, name in enumerate(names or ("a.png", "b.jpg", "x/c.png", "x/y/d.tif")):
        part = photo(NAMES[index % 4], step=index // 4)
        write_picture(root / name, part)
    return root


def make_film(path: Path, pictures: list[ImageU8], **options: str) -> Path:
    """A film without losses worth speaking of."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=24)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv444p"
        stream.options = {"crf": "6", **options}
        for picture in pictures:
            output.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        output.mux(stream.encode(None))
    return path


def run(source: Path, out: Path, options: Options = PLAIN, **how: Any) -> list[Event]:
    """All events of a run to its end."""
    how.setdefault("workers", 2)
    return list(preprocess(source, out, options, **how))


def of_kind(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too, with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def pictures_in(folder: Path) -> list[str]:
    return sorted(name for name in contents(folder) if not name.endswith((".jsonl", ".tsv")))


OPTIONS = replace(PLAIN, match_tone=True, copies=2, flip="random")


def stop_after(
    count: int, source: Path, out: Path, options: Options = OPTIONS, **how: bool
) -> None:
    """Stop a run after so many events."""
    events = preprocess(source, out, options, workers=2, **how)
    list(islice(events, count))
    events.close()
