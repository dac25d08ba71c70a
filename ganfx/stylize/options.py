"""The options of a stylize run, declared once.

`ganfx stylize`, `ganfx farm`, the table in ``docs/stylize.md`` and the fingerprint of a frame are
derived from the fields of `Options`, which `ganfx.stylize.declared` has by subject. The order of
its bases, from the last, is that of options in every fingerprint: records of earlier versions have
it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from ganfx.curve import Curve, most
from ganfx.errors import UsageError, nearest
from ganfx.media.formats import WRITTEN_SUFFIXES
from ganfx.option import check_values, declared, read_texts
from ganfx.stylize.declared.boil import CALM, Boil
from ganfx.stylize.declared.files import FileFields
from ganfx.stylize.declared.frames import FrameFields
from ganfx.stylize.declared.hold import Hold
from ganfx.stylize.declared.kinds import Cells
from ganfx.stylize.declared.look import LookFields
from ganfx.stylize.declared.region import Regions, region_from
from ganfx.stylize.declared.speed import SpeedFields
from ganfx.stylize.declared.time import TimeFields


@dataclass(frozen=True)
class Options(TimeFields, FileFields, SpeedFields, LookFields, FrameFields):
    """How to stylize.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

    def __post_init__(self) -> None:
        read_texts(self)
        self._tidy_boil()
        self._tidy_regions()
        self._tidy_hold()
        check_values(self)
        self._check_portable()
        self._check_backend()
        self._check_motion()
        if self.cell is not None and self.wrap in ("latlong", "cube"):
            raise UsageError(f"--cells does not go with --wrap {self.wrap}: give one of them")
        if self.format is not None and self.suffix not in WRITTEN_SUFFIXES:
            known = sorted(suffix[1:] for suffix in WRITTEN_SUFFIXES)
            near = nearest(self.format.lower().lstrip("."), known)
            hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known)}"
            raise UsageError(f"--format {self.format}: not a picture format", hint=hint)

    def _tidy_boil(self) -> None:
        boil = Boil(self.boil) if isinstance(self.boil, float | int) else self.boil
        if most(boil.amount) == 0:  # however often: nothing is drawn anew
            boil = CALM
        object.__setattr__(self, "boil", boil)
        if boil != CALM and self.marks == "per-frame":
            raise UsageError(
                f"--boil {boil}: --marks per-frame draws all marks anew in each frame already",
                hint="give one of both; --boil 1 carries nothing from frame to frame either",
            )

    def _tidy_regions(self) -> None:
        regions = Regions(map(region_from, self.region))
        object.__setattr__(self, "region", regions)
        hold = Hold(self.hold) if isinstance(self.hold, int) else self.hold
        held = ((each.matte, each.hold) for each in regions if each.hold is not None)
        own = tuple(each for each in held if each not in hold.mattes)
        if own:
            object.__setattr__(self, "hold", replace(hold, mattes=(*hold.mattes, *own)))

    def _tidy_hold(self) -> None:
        if isinstance(self.hold, int):
            object.__setattr__(self, "hold", Hold(self.hold))
        if not self.hold.is_active:  # whatever it would hold
            object.__setattr__(self, "hold_mode", "drawing")
        elif self.painted:
            raise UsageError(
                f"--hold {self.hold}: --painted frames come out as painted, and are not held",
                hint="give one of both",
            )

    def _check_portable(self) -> None:
        if self.portable and self.device == "cuda":
            raise UsageError("portable pixels are a CPU's: --device cuda does not go with them")
        if self.portable and self.precision not in ("auto", "float32"):
            raise UsageError(f"portable pixels are made in float32, not {self.precision}")
        if self.portable and self.compile:
            raise UsageError("portable pixels are not made by code compiled for this CPU")

    def _check_backend(self) -> None:
        if self.backend == "torch":
            return
        if self.device == "cuda":
            raise UsageError(f"--backend {self.backend} computes on the CPU, not on a GPU")
        if self.precision not in ("auto", "float32"):
            raise UsageError(f"--backend {self.backend} computes in float32, not {self.precision}")
        if self.portable:
            raise UsageError(f"--backend {self.backend} takes what instructions a CPU has")
        if self.compile:
            raise UsageError(f"--compile is torch's: it does not go with --backend {self.backend}")

    def _check_motion(self) -> None:
        if self.motion == "torch" and self.hold.is_active:
            raise UsageError("--hold goes by OpenCV's motion", hint="leave out --motion torch")

    @property
    def cell(self) -> Cells:
        """Width and height of the cells of sprite sheets.

        Raises:
            UsageError: ``cells`` is no such size.
        """
        if not self.cells:
            return None
        found = re.fullmatch(r"([1-9]\d{0,5})(?:x([1-9]\d{0,5}))?", self.cells.lower())
        if found is None:
            hint = "give their width and height in pixels: --cells 64x64"
            raise UsageError(f"--cells {self.cells}: no size of cells", hint=hint)
        return int(found[1]), int(found[2] or found[1])

    def of_effect(self, option: str) -> float | None:
        """An option of an effect, by its field; None leaves it to the style.

        Of options `at` a frame: numbers that change over time have no one value.
        """
        value: float | None = getattr(self, option, None)
        return value

    @property
    def curves(self) -> dict[str, Any]:
        """Values that change from frame to frame, by field."""
        return {
            each.field: value
            for each in declared(Options)
            if isinstance(value := getattr(self, each.field), Curve)
            or (isinstance(value, Boil | Regions) and value.keys)
        }

    def at(self, frame: int) -> Options:
        """The options that a frame is made with: a number each."""
        curves = self.curves
        if not curves:
            return self
        return replace(self, **{name: curve.at(frame) for name, curve in curves.items()})

    @property
    def network_device(self) -> str:
        """``device``, where ``portable`` or ``backend`` does not decide it."""
        on_cpu = self.portable or self.backend != "torch"
        return "cpu" if on_cpu and self.device == "auto" else self.device

    @property
    def mark_scale(self) -> float:
        """Factor of the sizes of effects, which go by the picture's height themselves."""
        return float(self.scale) if isinstance(self.scale, float | int) else 1.0

    @property
    def holds_still(self) -> bool:
        """Whether frames of shots depend on those beside them."""
        steady = most(self.consistency) > 0 or self.hold.is_active
        return steady and (most(self.strength) > 0 or self.shows_regions)

    @property
    def shows_regions(self) -> bool:
        """Whether another look may show somewhere, however strong that of the run is."""
        return any(most(each.strength) > 0 for each in self.region)

    @property
    def leaves_plate(self) -> bool:
        """Whether plates come out as they went in: of options `at` a frame, nothing shows."""
        return self.strength == 0 and not self.shows_regions

    @property
    def holds_frames(self) -> bool:
        """Whether frames are those that their holds begin with, file by file."""
        return self.hold.is_active and self.hold_mode == "frame" and not self.hold.mattes

    @property
    def fills_gaps(self) -> bool:
        """Whether frames that a sequence lacks are made, too."""
        return self.missing in ("hold", "black")

    @property
    def suffix(self) -> str | None:
        """File suffix of the chosen format, such as ``.png``."""
        return None if self.format is None else "." + self.format.lower().lstrip(".")
