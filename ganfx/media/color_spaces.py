"""Named colour spaces of plates (OpenColorIO): conversion to scene-linear Rec. 709 and back.

Networks work on sRGB-encoded pictures, so all conversions go through scene-linear light with
Rec. 709 primaries. Names are those of `OCIO_CONFIG`, or of a studio's own OpenColorIO
configuration.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError, nearest
from ganfx.media.arrays import ImageF32
from ganfx.media.headers import Header

OCIO_CONFIG = "studio-config-v2.2.0_aces-v1.3_ocio-v2.4"
"""OpenColorIO's built-in configuration; pinned, as ``latest`` would change colours."""
AUTO, DISPLAY = "auto", "srgb"
CINEON = "cineon"
"""Cineon film log: 10-bit code values are densities, 0.002 a step; black 95, white 685."""
_BLACK, _WHITE, _STEPS = 95.0, 685.0, 300.0  # 0.002 over the negative's gamma, 0.6: Kodak 1995
_LIGHT = "lin_rec709"  # of the built-in configuration
_PRIMARIES = {
    # x and y of red, green, blue and white (SMPTE ST 2065-1, Academy S-2014-004)
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACEScg": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
}
_REC709 = (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)  # ITU-R BT.709
_ALIKE = 1e-3  # of a coordinate
_BRADFORD = np.array(  # XYZ to cone responses; ICC.1:2010, annex E
    [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
)


@dataclass(frozen=True)
class ColorSpace:
    """A colour space: a name in a configuration, or primaries of linear light."""

    name: str
    """Name in the configuration; `DISPLAY` is sRGB."""
    config: Path | None = None
    """Path of a studio's OpenColorIO configuration; None is the built-in one."""
    primaries: tuple[float, ...] = ()
    """Chromaticities x, y of red, green, blue and white, of unnamed linear spaces; else ()."""

    @property
    def is_display(self) -> bool:
        """Whether the space is display-encoded sRGB."""
        return self.name == DISPLAY

    def to_linear(self, rgb: ImageF32) -> ImageF32:
        """Convert ``(H, W, 3)`` float32 from this space to scene-linear Rec. 709.

        Colours out of the Rec. 709 gamut have channels below 0.
        """
        return _applied(_converter(self.name, self.config, self.primaries, back=False), rgb)

    def from_linear(self, rgb: ImageF32) -> ImageF32:
        """Convert ``(H, W, 3)`` float32 from scene-linear Rec. 709 to this space."""
        return _applied(_converter(self.name, self.config, self.primaries, back=True), rgb)

    @property
    def chromaticities(self) -> tuple[float, ...]:
        """The EXR ``chromaticities`` attribute of this space; () where there is none."""
        if self.primaries or self.config is not None or self.name in (DISPLAY, CINEON):
            return self.primaries
        return _PRIMARIES.get(_full_name(self.name), ())


def find_space(name: str, config: Path | None = None) -> ColorSpace | None:
    """Find a colour space by name; None for ``auto``.

    Args:
        name: Name or alias; ``auto``, ``srgb`` and ``cineon`` are built in.
        config: A studio's OpenColorIO configuration.

    Raises:
        UsageError: There is no such space, or the configuration cannot be used.
    """
    if name.lower() == AUTO:
        if config is not None:
            raise UsageError(f"--ocio {config} is of no use without --colorspace NAME")
        return None
    if name.lower() in (DISPLAY, CINEON) and config is None:
        return ColorSpace(name.lower())
    space = ColorSpace(name, config)
    _converter(name, config, back=False)
    return space


def space_of(header: Header) -> ColorSpace | None:
    """Colour space that a header is tagged with; None for sRGB and linear Rec. 709.

    Recognised are ACES primaries of an EXR, and film log of a DPX.
    """
    if header.film_log:
        return ColorSpace(CINEON)
    if not header.scene_linear or len(header.chromaticities) != 8:
        return None
    for name, known in _PRIMARIES.items():
        if np.abs(np.subtract(header.chromaticities, known)).max() < _ALIKE:
            return ColorSpace(name)
    return None


def linear_space_of(header: Header) -> ColorSpace | None:
    """As `space_of`, and for an EXR of any other primaries, an unnamed linear space of those."""
    space, primaries = space_of(header), header.chromaticities
    if space is not None or not header.scene_linear or len(primaries) != 8:
        return space
    if np.abs(np.subtract(primaries, _REC709)).max() < _ALIKE or _to_rec709(primaries) is None:
        return None
    return ColorSpace("light of its own primaries", primaries=primaries)


def _applied(processor: Callable[[ImageF32], None], rgb: ImageF32) -> ImageF32:
    converted = np.array(rgb, dtype=np.float32, order="C")
    processor(converted)
    return converted


@cache
def _converter(
    name: str, path: Path | None, primaries: tuple[float, ...] = (), *, back: bool
) -> Callable[[ImageF32], None]:
    """In-place converter of a contiguous ``(H, W, 3)`` array."""
    import PyOpenColorIO as ocio  # noqa: N813  (only for named spaces: it is slow to load)

    if name == CINEON and path is None:
        return _cineon(back=back)
    if primaries:
        return _matrix(primaries, back=back)
    built_in: Any = ocio.Config.CreateFromBuiltinConfig(OCIO_CONFIG)
    config = built_in if path is None else _read_config(path)
    if config.getColorSpace(name) is None:
        raise _unknown(name, config, path)
    ends = [(config, name), (built_in, _LIGHT)]
    (source, before), (target, after) = reversed(ends) if back else ends
    try:
        if path is None:
            processor = built_in.getProcessor(before, after)
        else:
            processor = ocio.Config.GetProcessorFromConfigs(source, before, target, after)
        applied = processor.getDefaultCPUProcessor()
    except ocio.Exception as error:
        reason = str(error).splitlines()[0]
        raise UsageError(
            f"colour space {name} cannot be converted: {reason}",
            hint="a configuration needs the role aces_interchange" if path else None,
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


def _matrix(primaries: tuple[float, ...], *, back: bool) -> Callable[[ImageF32], None]:
    """Matrix converter between linear light of other primaries and Rec. 709."""
    import PyOpenColorIO as ocio  # noqa: N813

    matrix = np.eye(4)
    matrix[:3, :3] = _to_rec709(primaries)
    transform = ocio.MatrixTransform(matrix=matrix.ravel().tolist())
    transform.setDirection(ocio.TRANSFORM_DIR_INVERSE if back else ocio.TRANSFORM_DIR_FORWARD)
    applied = ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor()
    return lambda rgb: applied.applyRGB(rgb)


def _to_rec709(primaries: tuple[float, ...]) -> NDArray[np.float64] | None:
    """RGB matrix to linear Rec. 709, white-adapted (Bradford); None for invalid primaries."""
    try:
        source, target = _to_cones(primaries), _to_cones(_REC709)
        adapted = np.diag(target.sum(axis=1) / source.sum(axis=1)) @ source
        with np.errstate(all="raise"):
            return np.linalg.solve(target, adapted).astype(np.float64)
    except (np.linalg.LinAlgError, FloatingPointError):
        return None


def _to_cones(primaries: tuple[float, ...]) -> NDArray[np.float64]:
    """Matrix from RGB of some primaries to cone responses; white is the sum of its columns."""
    x, y = np.reshape(np.array(primaries, np.float64), (4, 2)).T
    with np.errstate(all="raise"):
        xyz = np.stack([x / y, np.ones(4), (1.0 - x - y) / y])
        columns = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
        return _BRADFORD @ columns


@cache
def _full_name(name: str) -> str:
    """Canonical name of a space of the built-in configuration, by any alias."""
    import PyOpenColorIO as ocio  # noqa: N813

    return str(ocio.Config.CreateFromBuiltinConfig(OCIO_CONFIG).getColorSpace(name).getName())


def _read_config(path: Path) -> Any:
    import PyOpenColorIO as ocio  # noqa: N813

    try:
        config = ocio.Config.CreateFromFile(str(path))
        config.validate()
    except (ocio.Exception, ocio.ExceptionMissingFile) as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"cannot use the configuration {path}: {reason}") from error
    return config


def _unknown(name: str, config: Any, path: Path | None) -> UsageError:
    known = nearest(name, config.getColorSpaceNames())
    hint = f"did you mean {known!r}?" if known else f"names are those of {path or OCIO_CONFIG}"
    return UsageError(f"unknown colour space {name!r}", hint=hint)


def space_names(config: Path | None = None) -> tuple[str, ...]:
    """Names of the color spaces of a configuration; None is ``$OCIO``, else the built-in one.

    Raises:
        UsageError: The configuration cannot be used.
    """
    import PyOpenColorIO as ocio  # noqa: N813

    own = config or (Path(os.environ["OCIO"]) if os.environ.get("OCIO") else None)
    read = _read_config(own) if own else ocio.Config.CreateFromBuiltinConfig(OCIO_CONFIG)
    return tuple(read.getColorSpaceNames())
