"""Options of ``ganfx evaluate``, for each judgement its own: what to measure, and limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ganfx.errors import UsageError
from ganfx.option import Option, check_values, read_texts

FLICKER, LOOK, STYLE, GOLDEN, TELL = "Flicker", "Look", "Style", "Golden", "Tell"
PANELS = (FLICKER, LOOK, STYLE, GOLDEN, TELL)
"""Headings of the options, in order."""
PAGES = (".html", ".htm")
ANY = (0.0, math.inf)


@dataclass(frozen=True)
class _Checked:
    def __post_init__(self) -> None:
        read_texts(self)
        check_values(self)


@dataclass(frozen=True)
class FlickerOptions(_Checked):
    """Of the judgement of shots over time."""

    unfiltered: Annotated[
        Path | None,
        Option("The same with --consistency 0, to compare.", FLICKER, metavar="OUTPUT"),
    ] = None
    max_ratio: Annotated[
        float | None,
        Option(
            "Fail (exit 4) above X times the source's own E_warp.", FLICKER, metavar="X", limits=ANY
        ),
    ] = None
    max_tone: Annotated[
        float | None,
        Option(
            "Fail (exit 4) where the mean luma's changes deviate by more than X, of 0 to 1.",
            FLICKER,
            metavar="X",
            limits=ANY,
        ),
    ] = None
    strip: Annotated[
        Path | None,
        Option("Picture of where it flickers: PNG, JPEG.", FLICKER, metavar="FILE"),
    ] = None


@dataclass(frozen=True)
class LookOptions(_Checked):
    """Of the judgement of what a look kept, and must not add."""

    min_structure: Annotated[
        float | None,
        Option(
            "Fail (exit 4) below this structure.",
            LOOK,
            metavar="X",
            default="the look's",
            limits=(-1.0, 1.0),
        ),
    ] = None
    max_grid: Annotated[
        float | None,
        Option(
            "Fail (exit 4) above X times the source's grid.",
            LOOK,
            metavar="X",
            default="the look's",
            limits=ANY,
        ),
    ] = None
    max_unrest: Annotated[
        float | None,
        Option(
            "Fail (exit 4) above this deviation of luma where the source is flat, of 0 to 1.",
            LOOK,
            metavar="X",
            limits=ANY,
        ),
    ] = None


@dataclass(frozen=True)
class ArtOptions(_Checked):
    """Of what is compared with art."""

    art: Annotated[
        Path | None, Option("Art that the look should come near to.", STYLE, metavar="DIR")
    ] = None


@dataclass(frozen=True)
class StyleOptions(_Checked):
    """Of the judgement of how near pictures came to art."""

    max_distance: Annotated[
        float | None,
        Option("Fail (exit 4) above this distance to the art.", STYLE, metavar="X", limits=ANY),
    ] = None
    kid: Annotated[
        bool,
        Option(
            "Also the kernel inception distance, by torch-fidelity.",
            STYLE,
            details="It needs the extra `kid` and Inception's weights: --weights, or the file that"
            " torch-fidelity keeps in torch's cache. None are fetched.",
        ),
    ] = False
    weights: Annotated[
        Path | None,
        Option("Inception's weights for --kid, as torch-fidelity has them.", STYLE, metavar="FILE"),
    ] = None
    max_kid: Annotated[
        float | None,
        Option(
            "Fail (exit 4) above this kernel inception distance.",
            STYLE,
            metavar="X",
            limits=(-math.inf, math.inf),
        ),
    ] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given = {"--weights": self.weights, "--max-kid": self.max_kid}
        for name, value in given.items():
            if value is not None and not self.kid:
                raise UsageError(f"{name} is about the kernel inception distance: add --kid")


@dataclass(frozen=True)
class GoldenOptions(_Checked):
    """Of the comparison of pictures with approved ones, or with another version of them."""

    max_flip: Annotated[
        float | None,
        Option(
            "Fail (exit 4) where a picture's mean FLIP is above X, of 0 to 1.",
            GOLDEN,
            metavar="X",
            limits=ANY,
        ),
    ] = None
    max_error: Annotated[
        float | None,
        Option(
            "Fail (exit 4) where a stored value differs by more than X; of integers, of 0 to 1.",
            GOLDEN,
            metavar="X",
            limits=ANY,
        ),
    ] = None


@dataclass(frozen=True)
class GoldenFolder(_Checked):
    """Of what is compared with approved pictures beside other judgements."""

    golden: Annotated[
        Path | None,
        Option("Folder of pictures as they should be.", GOLDEN, metavar="DIR"),
    ] = None


@dataclass(frozen=True)
class TellOptions(_Checked):
    """Of how results are told: the same for every judgement."""

    pictures: Annotated[
        int | None,
        Option(
            "Judge at most N pictures, evenly spread; flicker has every frame.",
            TELL,
            metavar="N",
            default="48; of goldens all",
            limits=(1, math.inf),
        ),
    ] = None
    csv: Annotated[
        Path | None, Option("Every picture or step as a line of CSV.", TELL, metavar="FILE")
    ] = None
    html: Annotated[
        Path | None,
        Option(
            "A page with the tables, what failed, and the pictures that failed most.",
            TELL,
            metavar="FILE",
        ),
    ] = None
    json: Annotated[bool, Option("Every score as a line of JSON.", TELL)] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.html is not None and self.html.suffix.lower() not in PAGES:
            raise UsageError(
                f"--html {self.html}: not the name of a page", hint="such as look.html"
            )
        for name, path in (("--csv", self.csv), ("--html", self.html)):
            if path is not None and not path.parent.is_dir():
                raise UsageError(f"{name} {path}: cannot write: no folder {path.parent}")
