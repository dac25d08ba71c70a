"""Colour spaces of plates (OpenColorIO): conversion to scene-linear Rec. 709 and back.

Networks work on sRGB-encoded pictures, so all conversions go through scene-linear light with
Rec. 709 primaries. Names are those of `OCIO_CONFIG`, or of a studio's own OpenColorIO
configuration. Which space a file is in decides `ganfx.media.file_color`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError, nearest
from ganfx.media.arrays import ImageF32
from ganfx.media.ocio_configs import (
    OCIO_CONFIG,
    as_config,
    builtin_config,
    chosen_config,
    read_config,
)

AUTO, DISPLAY = "auto", "srgb"
CINEON = "cineon"
"""Cineon film log: 10-bit code values are densities, 0.002 a step; black 95, white 685."""
_ALIKE = 1e-3  # of a coordinate
_BLACK, _WHITE, _STEPS = 95.0, 685.0, 300.0  # 0.002 over the negative's gamma, 0.6: Kodak 1995
LIGHT = "lin_rec709"
"""Scene-linear Rec. 709 in the built-in configuration."""
SRGB_CURVE = 0.0
"""`ColorSpace.gamma` of the curve of sRGB, which is no power."""
HDR_WHITE = 2.03
"""Light of an HDR picture's white paper: 203 nits (ITU-R BT.2408), of 100 that OpenColorIO
takes for 1. It becomes 1, as the white of other pictures."""
PRIMARIES = {
    # x and y of red, green, blue and white (SMPTE ST 2065-1, Academy S-2014-004)
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACEScg": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
}
"""Primaries of the spaces of ACES, by name."""
REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)
"""Primaries of ITU-R BT.709."""
_BRADFORD = np.array(  # XYZ to cone responses; ICC.1:2010, annex E
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


@dataclass(frozen=True)
class ColorSpace:
    """A colour space: a name in a configuration, or primaries and a curve."""

    name: str
    """Name in the configuration; `DISPLAY` is sRGB."""
    config: str | Path | None = None
    """A studio's OpenColorIO configuration: path or URI; None is the built-in one."""
    primaries: tuple[float, ...] = ()
    """Chromaticities x, y of red, green, blue and white, of spaces without a configuration."""
    gamma: float = 1.0
    """Beside primaries: exponent from code values to light; `SRGB_CURVE` is that of sRGB."""

    @property
    def is_display(self) -> bool:
        """Whether the space is display-encoded sRGB."""
        return self.name == DISPLAY

    @property
    def is_hdr(self) -> bool:
        """Whether the space is that of an HDR display (PQ, HLG), with white at `HDR_WHITE`."""
        if self.is_display or self.primaries or (self.name == CINEON and self.config is None):
            return False
        space = as_config(self.config).getColorSpace(self.name)
        return space is not None and space.getEncoding() == "hdr-video"

    def to_linear(self, rgb: ImageF32) -> ImageF32:
        """Convert ``(H, W, 3)`` float32 from this space to scene-linear Rec. 709.

        Colours out of the Rec. 709 gamut have channels below 0.
        """
        light = _applied(_converter(self, back=False), rgb)
        if self.is_hdr:
            light /= np.float32(HDR_WHITE)
        return light

    def from_linear(self, rgb: ImageF32) -> ImageF32:
        """Convert ``(H, W, 3)`` float32 from scene-linear Rec. 709 to this space."""
        light = rgb * np.float32(HDR_WHITE) if self.is_hdr else rgb
        return _applied(_converter(self, back=True), light)


def find_space(name: str, config: str | Path | None = None) -> ColorSpace | None:
    """Find a colour space by name; None for ``auto``.

    Args:
        name: Name or alias; ``auto``, ``srgb`` and ``cineon`` are built in.
        config: A studio's OpenColorIO configuration. Names that it lacks are those of the
            built-in one.

    Raises:
        UsageError: There is no such space, or the configuration cannot be used.
    """
    if config is not None:
        read_config(config)
    if name.lower() == AUTO:
        return None
    has_own = config is not None and read_config(config).getColorSpace(name) is not None
    if name.lower() in (DISPLAY, CINEON) and not has_own:
        return ColorSpace(name.lower())
    if not has_own and builtin_config().getColorSpace(name) is not None:
        config = None
    space = ColorSpace(name, config)
    _converter(space, back=False)
    return space


def _applied(processor: Callable[[ImageF32], None], rgb: ImageF32) -> ImageF32:
    converted = np.array(rgb, dtype=np.float32, order="C")
    processor(converted)
    return converted


@cache
def _converter(space: ColorSpace, *, back: bool) -> Callable[[ImageF32], None]:
    """In-place converter of a contiguous ``(H, W, 3)`` array."""
    import PyOpenColorIO as ocio  # noqa: N813  (only for named spaces: it is slow to load)

    name, own = space.name, space.config
    if space.primaries:
        return _from_primaries(space, back=back)
    if name == CINEON and own is None:
        return _cineon(back=back)
    built_in, config = builtin_config(), as_config(own)
    if config.getColorSpace(name) is None:
        raise _unknown(name, config, own)
    ends = [(config, name), (built_in, LIGHT)]
    (source, before), (target, after) = reversed(ends) if back else ends
    try:
        if own is None:
            processor = built_in.getProcessor(before, after)
        else:
            processor = ocio.Config.GetProcessorFromConfigs(source, before, target, after)
        applied = processor.getDefaultCPUProcessor()
    except ocio.Exception as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"colour space {name} cannot be converted: {reason}",
            hint="a configuration needs the role aces_interchange" if own else None,
        ) from error
    return lambda rgb: applied.applyRGB(rgb)


def _cineon(*, back: bool) -> Callable[[ImageF32], None]:
    """Kodak's curve between film log and linear light (Cineon conversion, 1995)."""
    import PyOpenColorIO as ocio  # noqa: N813

    black = 10.0 ** ((_BLACK - _WHITE) / _STEPS)
    log = ocio.LogAffineTransform(
        logSideSlope=[_STEPS / 1023.0] * 3,
        logSideOffset=[_WHITE / 1023.0] * 3,
        linSideSlope=[1.0 - black] * 3,
        linSideOffset=[black] * 3,
        direction=ocio.TRANSFORM_DIR_FORWARD if back else ocio.TRANSFORM_DIR_INVERSE,
    )
    log.setBase(10.0)
    applied = ocio.Config.CreateRaw().getProcessor(log).getDefaultCPUProcessor()
    return lambda rgb: applied.applyRGB(rgb)


def _from_primaries(space: ColorSpace, *, back: bool) -> Callable[[ImageF32], None]:
    """Converter between a curve with other primaries and linear Rec. 709."""
    import PyOpenColorIO as ocio  # noqa: N813

    matrix = np.eye(4)
    matrix[:3, :3] = to_rec709(space.primaries)
    steps: list[Any] = [ocio.MatrixTransform(matrix=matrix.ravel().tolist())]
    if space.gamma == SRGB_CURVE:
        steps.insert(0, ocio.ExponentWithLinearTransform([2.4] * 3 + [1.0], [0.055] * 3 + [0.0]))
        steps[0].setNegativeStyle(ocio.NEGATIVE_MIRROR)
    elif space.gamma != 1.0:
        steps.insert(0, ocio.ExponentTransform([space.gamma] * 3 + [1.0]))
        steps[0].setNegativeStyle(ocio.NEGATIVE_MIRROR)
    both = ocio.GroupTransform(steps)
    both.setDirection(ocio.TRANSFORM_DIR_INVERSE if back else ocio.TRANSFORM_DIR_FORWARD)
    applied = ocio.Config.CreateRaw().getProcessor(both).getDefaultCPUProcessor()
    return lambda rgb: applied.applyRGB(rgb)


def to_rec709(primaries: tuple[float, ...]) -> NDArray[np.float64] | None:
    """RGB matrix to linear Rec. 709, white-adapted (Bradford); None for invalid primaries."""
    try:
        source, target = _to_cones(primaries), _to_cones(REC709)
        adapted = np.diag(target.sum(axis=1) / source.sum(axis=1)) @ source
        with np.errstate(all="raise"):
            return np.linalg.solve(target, adapted).astype(np.float64)
    except (np.linalg.LinAlgError, FloatingPointError):
        return None


def are_alike(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether chromaticities are the same but for rounding."""
    return len(one) == len(other) and bool(np.abs(np.subtract(one, other)).max() < _ALIKE)


def _to_cones(primaries: tuple[float, ...]) -> NDArray[np.float64]:
    """Matrix from RGB of some primaries to cone responses; white is the sum of its columns."""
    x, y = np.reshape(np.array(primaries, np.float64), (4, 2)).T
    with np.errstate(all="raise"):
        xyz = np.stack([x / y, np.ones(4), (1.0 - x - y) / y])
        columns = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
        return _BRADFORD @ columns


def _unknown(name: str, config: Any, path: str | Path | None) -> UsageError:
    known = nearest(name, config.getColorSpaceNames())
    hint = f"did you mean {known!r}?" if known else f"names are those of {path or OCIO_CONFIG}"
    return UsageError(f"unknown colour space {name!r}", hint=hint)


def space_names(config: Path | None = None) -> tuple[str, ...]:
    """Names of the color spaces of a configuration; None is ``$OCIO``, else the built-in one.

    Raises:
        UsageError: The configuration cannot be used.
    """
    return tuple(as_config(chosen_config(config)).getColorSpaceNames())
