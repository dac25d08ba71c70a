"""Plates of the user's own in every preview: the look so far at work on them, with its marks on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ganfx.errors import GanfxError, UsageError
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import write_picture
from ganfx.models.devices import is_out_of_memory
from ganfx.quality.sampling import spread
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.proxy import Proxy, read_proxy
from ganfx.training import timing
from ganfx.training.events import Notice, PlateShown
from ganfx.training.state import State

FOLDER = "watch"
SOURCE = "plate"  # in the place of a step: the plate itself
MOST = 8
SHARE = 0.05
"""Of the run's time, at the most."""


def find_plates(named: Sequence[Path]) -> list[Path]:
    """The pictures that were named, and those of folders: of more than `MOST`, a few all over.

    Raises:
        UsageError: Something is not there, or there is no picture in it.
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
    return spread(list(dict.fromkeys(found)), MOST)


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
        self._costs: dict[Path, float] = {}  # seconds that each took at last
        self._begun, self._spent = seconds, 0.0
        self._told = False

    def show(self, state: State, style: Path) -> Iterator[PlateShown | Notice]:
        """Each plate in the look so far, those first that were not shown for longest.

        Args:
            state: Between two steps.
            style: The look, as it was just written.
        """
        look: Look | None = None
        for plate in list(self._names):
            if not self._has_time(plate, state):
                if not self._told:
                    self._told = True
                    yield Notice(
                        f"plates take longer than {SHARE:.0%} of the run: not all of them are"
                        " shown each time"
                    )
                return
            begun = timing.now()
            look = look or open_look(style, device=state.device.type)
            yield self._shown(plate, look, state.step)
            self._note_cost(plate, timing.now() - begun)

    def _shown(self, plate: Path, look: Look, step: int) -> PlateShown | Notice:
        """What became of a plate; one that cannot be shown is not tried again."""
        try:
            path = self._write(plate, look, step)
        except (GanfxError, OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and not is_out_of_memory(error):
                raise
            del self._names[plate]
            why = error.message if isinstance(error, GanfxError) else str(error)
            return Notice(f"{plate} is not watched any more: {why}")
        self._names[plate] = self._names.pop(plate)  # to the end
        return PlateShown(step, plate, path)

    def _write(self, plate: Path, look: Look, step: int) -> Path:
        name = self._names[plate]
        if plate not in self._proxies:
            proxy = read_proxy(plate)
            self._folder.mkdir(exist_ok=True)
            write_picture(self._folder / f"{name}.{SOURCE}.png", proxy.picture)
            self._proxies[plate] = proxy
        path = self._folder / f"{name}.{step:06d}.png"
        write_picture(path, self._proxies[plate].through(look))
        return path

    def _note_cost(self, plate: Path, seconds: float) -> None:
        self._costs[plate] = seconds
        self._spent += seconds

    def _has_time(self, plate: Path, state: State) -> bool:
        """Whether there is for one more: half of all from the start, the rest as the run goes."""
        guess = max(self._costs.values(), default=0.0)
        gone = state.seconds - self._begun
        whole = max(gone, _whole(state) - self._begun)
        return self._spent + self._costs.get(plate, guess) <= SHARE * (whole + gone) / 2


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
