"""One frame through every look, or one look before and after, to choose by eye."""

from __future__ import annotations

from pathlib import Path

from ganfx.errors import UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.frames import read_picture, reduced, write_picture
from ganfx.media.video.stills import read_middle_frame
from ganfx.quality.sheets import before_after, contact_sheet
from ganfx.samples import still
from ganfx.styles.library import list_styles
from ganfx.stylize.effects.grain import grain_number
from ganfx.stylize.network.look import open_look
from ganfx.stylize.render.finish import stylize_picture

MAX_SIDE = 1920  # of the frame of a strip, in pixels: it shows no more
MOST = 4096  # of the frame of a sheet, which has a part of it pixel by pixel
RENDERED = (960, 640)  # of the picture that stands in where no photo is given
ACROSS = 2  # looks in a row, each as a whole and in part
CELL_WIDTH = 640


def preview_styles(
    frame: Path, out: Path, *, device: str = "auto", overwrite: bool = False
) -> Path:
    """Write a sheet with a frame and what every look makes of it: whole, and its middle 1:1.

    Styles that a name does not reach, and unusable ones, are not on it.

    Args:
        frame: Any picture; of a video, a frame in its middle.
        out: PNG or JPEG.
        device: As `ganfx.stylize.Options.device`.
        overwrite: Replace ``out``.

    Returns:
        ``out``.

    Raises:
        UsageError: There are no styles, or ``out`` is no picture's name, or is there.
        MediaError: The frame cannot be read, or the sheet not be written.
    """
    _refuse_to_replace(out, frame, overwrite=overwrite)
    usable = [entry for entry in list_styles() if not (entry.problem or entry.shadowed)]
    if not usable:
        raise UsageError(
            "there are no styles to show", hint="train one: ganfx train presets/noir.toml"
        )
    picture = _read(frame, MOST)
    shown, labels = [picture, _middle(picture)], [frame.name, "1:1"]
    for entry in usable:
        look = open_look(entry.path, device=device)
        made = stylize_picture(look, picture, number=grain_number(frame))
        shown += [made, _middle(made)]
        labels += [entry.name, "1:1"]
    rows = range(0, len(shown), 2 * ACROSS)
    sheet = contact_sheet(
        [shown[start : start + 2 * ACROSS] for start in rows],
        labels=[labels[start : start + 2 * ACROSS] for start in rows],
        cell_width=CELL_WIDTH,
    )
    write_picture(out, sheet)
    return out


def write_strip(
    style: str,
    out: Path,
    *,
    photo: Path | None = None,
    device: str = "auto",
    overwrite: bool = False,
) -> Path:
    """Write a picture before and after a look, side by side.

    Args:
        style: A name, or a file.
        out: PNG or JPEG.
        photo: Any picture or video; None is a street rendered here.
        device: As `ganfx.stylize.Options.device`.
        overwrite: Replace ``out``.

    Returns:
        ``out``.

    Raises:
        UsageError: There is no such style, or ``out`` is no picture's name, or is there.
        StyleError: The style is not usable by this version.
        MediaError: The photo cannot be read, or the strip not be written.
    """
    _refuse_to_replace(out, photo, overwrite=overwrite)
    look = open_look(style, device=device)
    picture = _read(photo, MAX_SIDE) if photo else still(2, *RENDERED)
    number = grain_number(photo) if photo else 0
    pair = (picture, stylize_picture(look, picture, number=number))
    write_picture(out, before_after([pair], across=1, cell_width=CELL_WIDTH))
    return out


def _middle(picture: ImageU8) -> ImageU8:
    """The middle of a picture, of its proportions, that fills a cell pixel by pixel."""
    height, width = picture.shape[:2]
    across = min(width, CELL_WIDTH)
    down = max(1, round(across * height / width))
    top, left = (height - down) // 2, (width - across) // 2
    return picture[top : top + down, left : left + across]


def _read(frame: Path, most: int) -> ImageU8:
    """A picture, or a frame from the middle of a video."""
    if frame.suffix.lower() in VIDEO_SUFFIXES:
        return reduced(read_middle_frame(frame), most)
    return read_picture(frame, max_side=most)


def _refuse_to_replace(out: Path, shown: Path | None, *, overwrite: bool) -> None:
    if not out.exists():
        return
    if shown is not None and shown.exists() and out.samefile(shown):
        raise UsageError(f"{out} is the picture that is to be shown", hint="choose another name")
    if not overwrite:
        raise UsageError(f"{out} is there already", hint="replace it with --overwrite")
