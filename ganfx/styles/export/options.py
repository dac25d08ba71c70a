"""Options of ``ganfx export``, declared once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from ganfx.errors import UsageError
from ganfx.option import Option, check_values, read_texts

Target = Literal["", "onnx", "torchscript", "nuke", "flame", "engine"]
Precision = Literal["", "float32", "half", "both"]

WHAT = "What and where"
FORM = "Its form"
PANELS = (WHAT, FORM)
"""Headings of options, in order."""
OPSETS = (13, 25)
"""From where all operators mean what they do here, to the last that was tried."""
USUAL_OPSET = 15
"""What every host that states a range takes."""
USUAL_SIZE = (720, 1280)
"""Height and width of what engines take, if nothing else is asked for."""


@dataclass(frozen=True)
class ExportOptions:
    """What a look is exported for, and how.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

    to: Annotated[
        Target,
        Option(
            "What for: onnx, torchscript, nuke, flame or engine.",
            WHAT,
            "`engine` is Unreal's NNE and Unity's Inference Engine (Sentis).",
        ),
    ] = ""
    out: Annotated[
        Path | None,
        Option(
            "Folder to write to.",
            WHAT,
            metavar="DIR",
            default="./STYLE-TARGET",
        ),
    ] = None
    overwrite: Annotated[bool, Option("Replace files of an earlier export.", WHAT)] = False
    precision: Annotated[
        Precision,
        Option(
            "What convolutions multiply in.",
            FORM,
            "Pictures are float32 on either side, and areas, guides, colors and the last layer"
            " stay in float32. Nuke has a switch of its own, and takes `float32`.",
            default="both; float32 for Nuke and Flame",
        ),
    ] = ""
    size: Annotated[
        tuple[str, ...],
        Option(
            "A fixed size of pictures, for engines; repeat it for several.",
            FORM,
            metavar="WxH",
            default="1280x720",
        ),
    ] = ()
    opset: Annotated[
        int,
        Option(
            "Version of ONNX's operators.",
            FORM,
            "15 is what every host that states a range takes.",
            limits=OPSETS,
        ),
    ] = USUAL_OPSET
    host: Annotated[
        str,
        Option(
            "Version of the host that it has to fit: 16.0 of Nuke, 2026 of Flame, 'unity 2.1'.",
            FORM,
            metavar="VERSION",
        ),
    ] = ""

    def __post_init__(self) -> None:
        read_texts(self)
        check_values(self)
        self._check_sizes()
        if self.to == "nuke" and self.precision in ("half", "both"):
            raise UsageError(
                f"--precision {self.precision}: Nuke halves the network itself",
                hint="leave it out, and tick Optimize for Speed and Memory in the Inference node",
            )

    def _check_sizes(self) -> None:
        if self.size and self.to not in ("", "engine"):
            raise UsageError(
                f"--size {self.size[0]}: {self.to} takes pictures of any size",
                hint="fixed sizes are for --to engine",
            )
        for each in self.sizes:
            if not all(8 <= side <= 4096 for side in each):
                raise UsageError(
                    f"--size {each[1]}x{each[0]}: expected sides from 8 to 4096 pixels"
                )

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """Heights and widths, where they are fixed.

        Raises:
            UsageError: One is not in the notation.
        """
        return tuple(map(_parsed, self.size)) or (USUAL_SIZE,)

    @property
    def halves(self) -> tuple[bool, ...]:
        """Of each network that is written, whether it is in half precision."""
        usual = "float32" if self.to in ("nuke", "flame") else "both"
        asked = self.precision or usual
        return {"float32": (False,), "half": (True,), "both": (False, True)}[asked]


def _parsed(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)[xX](\d+)", text)
    if not found:
        raise UsageError(f"--size {text}: expected WIDTHxHEIGHT, such as 1280x720")
    return int(found[2]), int(found[1])
