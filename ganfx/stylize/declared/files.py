"""Options of color and files: spaces, depth, formats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from ganfx.media.formats import MOST_PIXELS, Depth
from ganfx.option import Option
from ganfx.stylize.declared.kinds import COUNT, DEPTHS, EVERYDAY, FILES


@dataclass(frozen=True)
class FileFields:
    """Options of color and files: spaces, depth, formats."""

    depth: Annotated[
        Depth | None,
        Option(
            "Bit depth of the written pictures.",
            FILES,
            "The nearest that the format holds.",
            default="the source's",
            words=DEPTHS,
            pixels="always",
        ),
    ] = None
    colorspace: Annotated[
        str,
        Option(
            "Colour space of plates: ACEScg, ARRI LogC4, srgb...",
            EVERYDAY,
            "A space of `--ocio`, or of OpenColorIO's built-in ACES configuration; `srgb`; `cineon`"
            " (10-bit film densities); or `auto`: what each file declares (`colorInteropID`, ACES"
            " container, chromaticities, ICC profile, cICP, gAMA, a video's tags, film densities),"
            " then the file rules of `--ocio`, then sRGB for integers and scene-linear Rec. 709 for"
            " floating point. Results keep the source's space unless `--format` or"
            " `--depth` changes the kind of file.",
            metavar="NAME",
            pixels="always",
        ),
    ] = "auto"
    ocio: Annotated[
        Path | None,
        Option(
            "OpenColorIO configuration.",
            FILES,
            "A studio's own, or `ocio://NAME` of OpenColorIO's: for `--colorspace`, for"
            " `colorInteropID`s of the studio, and for its file rules.",
            metavar="FILE",
            default="$OCIO, else built-in, ACES",
            path=True,
            keywords=("ocio:",),
            pixels="always",
        ),
    ] = None
    credentials: Annotated[
        Path | None,
        Option(
            "Sign results: content credentials (C2PA).",
            FILES,
            "A TOML file with a certificate, a key and an algorithm, and what else is to be stated"
            " (`docs/provenance.md`). PNG, JPEG, TIFF, WebP, JPEG XL, MP4, MOV and AVI get a signed"
            " credential with the IPTC digital source type; EXR gets attributes. Needs"
            " `ganfx[credentials]`.",
            metavar="FILE",
            path=True,
            pixels="if set",
        ),
    ] = None
    format: Annotated[
        str | None,
        Option(
            "Picture format, if not the same.",
            EVERYDAY,
            "Colours become what readers of that format expect: sRGB in integer files, linear"
            " Rec. 709 in `exr`, `hdr` and other floating-point files. Between EXR and float TIFF,"
            " light stays in the plate's own space; between PNG, JPEG, TIFF, WebP and JPEG XL, a"
            " photo keeps its ICC profile. Of a video, each frame becomes a picture:"
            " `NAME.0000.png`, `NAME.0001.png`... `ktx2` (8-bit sRGB, UASTC with mip levels) is"
            " written by `toktx` of KTX-Software, where that is installed; DDS is read only.",
            metavar="png|jpg|tif|exr",
            same="the output's name says it: another format is another file",
        ),
    ] = None
    max_pixels: Annotated[
        int,
        Option(
            "Refuse larger pictures.",
            FILES,
            "Megapixels; a larger picture is refused before it is decoded.",
            metavar="MP",
            default="1074",
            limits=COUNT,
            unit=1e6,
            same="what is refused is not written",
        ),
    ] = MOST_PIXELS
