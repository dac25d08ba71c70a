"""Named colour spaces: what plates are encoded in, to scene-linear light and back.

Networks see light as an sRGB display shows it, so everything goes by way of scene-linear
light with Rec. 709 primaries. Names are those of `OCIO_CONFIG`, or of a
studio's own OpenColorIO configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.errors import UsageError, nearest
from ganfx.media.headers import Header

Picture = NDArray[np.float32]

OCIO_CONFIG = "studio-config-v2.2.0_aces-v1.3_ocio-v2.4"
"""OpenColorIO's built-in configuration, by its full name: ``latest`` would change colours."""
AUTO, DISPLAY = "auto", "srgb"
CINEON = "cineon"
"""Film scans: code values of ten bits are densities, 0.002 a step; 95 is black, 685 white."""
_BLACK, _WHITE, _STEPS = 95.0, 685.0, 300.0  # 0.002 over the negative's gamma, 0.6: Kodak 1995
_LIGHT = "lin_rec709"  # of the built-in configuration
_PRIMARIES = {
    # x and y of red, green, blue and white (SMPTE ST 2065-1, Academy S-2014-004)
    "ACES2065-1": (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.077, 0.32168, 0.33767),
    "ACEScg": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
}
_ALIKE = 1e-3  # of a coordinate


@dataclass(frozen=True)
class ColorSpace:
    """How colours are encoded."""

    name: str
    """Of the configuration; `DISPLAY` is sRGB as it stands."""
    config: Path | None = None
    """A studio's OpenColorIO configuration; None is the built-in one."""

    @property
    def is_display(self) -> bool:
        """Whether values are what a display takes, as they are."""
        return self.name == DISPLAY

    def to_light(self, rgb: Picture) -> Picture:
        """``(H, W, 3)`` in this space to scene-linear light, Rec. 709 primaries.

        What those primaries do not reach has channels below 0.
        """
        return _applied(_converter(self.name, self.config, back=False), rgb)

    def from_light(self, rgb: Picture) -> Picture:
        """The inverse of `to_light`."""
        return _applied(_converter(self.name, self.config, back=True), rgb)


def find_space(name: str, config: Path | None = None) -> ColorSpace | None:
    """The colour space of a name; None for ``auto``.

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
    """What a file says that its light is in; None for what display and light are as they are.

    ACES primaries of an EXR, and film densities of a DPX.
    """
    if header.film_log:
        return ColorSpace(CINEON)
    if not header.scene_linear or len(header.chromaticities) != 8:
        return None
    for name, known in _PRIMARIES.items():
        if np.abs(np.subtract(header.chromaticities, known)).max() < _ALIKE:
            return ColorSpace(name)
    return None


def _applied(processor: Callable[[Picture], None], rgb: Picture) -> Picture:
    converted = np.array(rgb, dtype=np.float32, order="C")
    processor(converted)
    return converted


@cache
def _converter(name: str, path: Path | None, *, back: bool) -> Callable[[Picture], None]:
    """What converts a contiguous ``(H, W, 3)`` array in place."""
    import PyOpenColorIO as ocio  # noqa: N813  (only for named spaces: it is slow to load)

    if name == CINEON and path is None:
        return _cineon(back=back)
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


def _cineon(*, back: bool) -> Callable[[Picture], None]:
    """Kodak's curve between film densities and light (Cineon conversion, 1995)."""
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
