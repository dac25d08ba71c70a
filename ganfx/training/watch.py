"""Plates of the user's own in every preview: the look so far at work on them, with its marks on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from ganfx.errors import GanfxError, UsageError
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import write_picture
from ganfx.models.devices import is_out_of_memory
from ganfx.quality.sampling import spread
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.proxy import LINES, Proxy, read_proxy
from ganfx.training import timing
from ganfx.training.events import Notice, PlateShown
from ganfx.training.state import State

FOLDER = "watch"
SOURCE = "plate"  # in the place of a step: the plate itself
MOST = 8
SHARE = 0.05
"""Of the run's time, at the most."""
HEIGHTS = (LINES, 540, 360, 240)
"""Lines of a plate: the most that there is time for. The least show how long that takes."""


def find_plates(named: Sequence[Path]) -> list[Path]:
    """The pictures that were named, and those of folders: of more than `MOST`, a few all over.

    They are read, so that what is wrong with one is not told in the middle of a run.

    Raises:
        UsageError: Something is not there, there is no picture in it, or one cannot be read.
    """
    found: list[Path] = []
    for path in named:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES)
            if not inside:
                raise UsageError(f"--watch {path}: no pictures in this folder")
            found += inside
        elif not path.is_file():
            raise UsageError(f"--watch {path}: there is no such file")
        elif path.suffix.lower() not in PICTURE_SUFFIXES:
            raise UsageError(
                f"--watch {path}: not a picture", hint="name a frame, such as plate.1001.exr"
            )
        else:
            found.append(path)
    plates = spread(list(dict.fromkeys(found)), MOST)
    for plate in plates:
        _refuse_unreadable(plate)
    return plates


def _refuse_unreadable(plate: Path) -> None:
    try:
        read_proxy(plate)
    except GanfxError as error:
        why = error.message.removeprefix(f"cannot read {plate}: ")
        hint = error.hint or "name another picture, or leave it out"
        raise UsageError(f"--watch {plate}: {why}", hint=hint) from error


class Watch:
    """Plates, and what is spent on showing them: not more than `SHARE` of the run.

    Args:
        plates: From `find_plates`.
        run: The run folder.
        seconds: Of the run so far.
    """

    def __init__(self, plates: Sequence[Path], run: Path, seconds: float) -> None:
        self._names = dict(zip(plates, _names(plates), strict=True))
        self._folder = run / FOLDER
        self._proxies: dict[Path, Proxy] = {}
        self._pace = 0.0  # seconds that a pixel takes
        self._reading = 0.0  # seconds that it took to read a plate
        self._begun, self._spent = seconds, 0.0
        self._told = False

    def show(self, state: State, style: Path) -> Iterator[PlateShown | Notice]:
        """Each plate in the look so far, those first that were not shown for longest.

        Args:
            state: Between two steps.
            style: The look, as it was just written.
        """
        look: Look | None = None
        later = 1 if state.step == state.steps else 2  # half is for those after this one
        room = self._room(state) / (later * max(1, len(self._names)))  # for each
        for plate in list(self._names):
            begun = timing.now()
            look = look or open_look(style, device=state.device.type)
            done = self._shown(plate, look, state.step, min(room, self._room(state)))
            self._spent += timing.now() - begun
            if done is not None:
                yield done
            elif not self._told:
                self._told = True
                yield Notice(
                    f"plates take longer than {SHARE:.0%} of the run: not all of them are shown"
                    " each time"
                )

    def _shown(self, plate: Path, look: Look, step: int, room: float) -> PlateShown | Notice | None:
        """What became of a plate, in so many seconds; one that cannot be shown is not tried again.

        None where there is no time for it.
        """
        if room <= (0.0 if plate in self._proxies else self._reading):
            return None
        try:
            proxy = self._read(plate)
            fitting = (proxy.at(lines) for lines in HEIGHTS if self._fits(proxy, lines, room))
            small = next(fitting, None)
            if small is None:
                return None
            path = self._write(plate, small, look, step)
        except (GanfxError, OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not is_out_of_memory(error):
                raise
            del self._names[plate]
            why = error.message if isinstance(error, GanfxError) else str(error)
            return Notice(f"{plate} is not watched any more: {why}")
        self._names[plate] = self._names.pop(plate)  # to the end
        return PlateShown(step, plate, path)

    def _read(self, plate: Path) -> Proxy:
        if plate not in self._proxies:
            begun = timing.now()
            proxy = read_proxy(plate)
            self._folder.mkdir(exist_ok=True)
            path = self._folder / f"{self._names[plate]}.{SOURCE}.png"
            write_picture(path, proxy.picture)
            self._proxies[plate] = proxy
            self._reading = timing.now() - begun
        return self._proxies[plate]

    def _write(self, plate: Path, proxy: Proxy, look: Look, step: int) -> Path:
        begun, path = timing.now(), self._folder / f"{self._names[plate]}.{step:06d}.png"
        write_picture(path, proxy.through(look))
        self._pace = (timing.now() - begun) / math.prod(proxy.size)
        return path

    def _fits(self, proxy: Proxy, lines: int, room: float) -> bool:
        height, width = proxy.size
        if not self._pace:  # the first one tells
            return lines == HEIGHTS[-1] or height <= HEIGHTS[-1]
        return self._pace * height * width * min(1.0, lines / height) ** 2 <= room

    def _room(self, state: State) -> float:
        """Seconds that there are now: half of all from the start, the rest as the run goes."""
        gone = state.seconds - self._begun
        whole = max(gone, _whole(state) - self._begun)
        return SHARE * (whole + gone) / 2 - self._spent


def _whole(state: State) -> float:
    """Seconds of the whole run, as far as that can be told."""
    minutes = state.preset.train.minutes
    if minutes is not None and not state.schedule.is_recorded:
        return 60 * minutes
    return state.seconds / state.progress if state.progress else state.seconds


def _names(plates: Sequence[Path]) -> list[str]:
    """``plate.1001``, and for another one of that name ``plate.1001-2``."""
    names: list[str] = []
    for plate in plates:
        same = sum(plate.stem == other.stem for other in plates[: len(names)])
        names.append(f"{plate.stem}-{same + 1}" if same else plate.stem)
    return names
