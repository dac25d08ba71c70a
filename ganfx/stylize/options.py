"""The options of a stylize run, declared once.

`ganfx stylize`, `ganfx farm`, the table in ``docs/stylize.md`` and the fingerprint of a frame are
derived from the fields of `Options`, which `ganfx.stylize.declared` has by subject. The order of
its bases, from the last, is that of options in every fingerprint: records of earlier versions have
it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ganfx.errors import UsageError, nearest
from ganfx.media.formats import WRITTEN_SUFFIXES
from ganfx.option import check_values, read_paths
from ganfx.stylize.declared.files import FileFields
from ganfx.stylize.declared.frames import FrameFields
from ganfx.stylize.declared.kinds import Cells
from ganfx.stylize.declared.look import LookFields
from ganfx.stylize.declared.speed import SpeedFields
from ganfx.stylize.declared.time import TimeFields


@dataclass(frozen=True)
class Options(TimeFields, FileFields, SpeedFields, LookFields, FrameFields):
    """How to stylize.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

    def __post_init__(self) -> None:
        read_paths(self)
        check_values(self)
        self._check_portable()
        if self.cell is not None and self.wrap in ("latlong", "cube"):
            raise UsageError(f"--cells does not go with --wrap {self.wrap}: give one of them")
        if self.format is not None and self.suffix not in WRITTEN_SUFFIXES:
            known = sorted(suffix[1:] for suffix in WRITTEN_SUFFIXES)
            near = nearest(self.format.lower().lstrip("."), known)
            hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known)}"
            raise UsageError(f"--format {self.format}: not a picture format", hint=hint)

    def _check_portable(self) -> None:
        if self.portable and self.device == "cuda":
            raise UsageError("portable pixels are a CPU's: --device cuda does not go with them")
        if self.portable and self.precision not in ("auto", "float32"):
            raise UsageError(f"portable pixels are made in float32, not {self.precision}")
        if self.portable and self.compile:
            raise UsageError("portable pixels are not made by code compiled for this CPU")

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
        """An option of an effect, by its field; None leaves it to the style."""
        value: float | None = getattr(self, option, None)
        return value

    @property
    def network_device(self) -> str:
        """``device``, where ``portable`` does not decide it."""
        return "cpu" if self.portable and self.device == "auto" else self.device

    @property
    def mark_scale(self) -> float:
        """Factor of the sizes of effects, which go by the picture's height themselves."""
        return float(self.scale) if isinstance(self.scale, float | int) else 1.0

    @property
    def holds_still(self) -> bool:
        """Whether shots go through the temporal filter."""
        return self.consistency > 0 and self.strength > 0

    @property
    def fills_gaps(self) -> bool:
        """Whether frames that a sequence lacks are made, too."""
        return self.missing in ("hold", "black")

    @property
    def suffix(self) -> str | None:
        """File suffix of the chosen format, such as ``.png``."""
        return None if self.format is None else "." + self.format.lower().lstrip(".")
