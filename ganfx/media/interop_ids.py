"""Colour interop ids (``colorInteropID``): the spaces they name, and the ids of spaces.

The ids are those of the ASWF Color Interop Forum, which OpenImageIO 3.1, OpenEXR 3.4 and
Blender 5 write; ``name:id`` is one of a studio or a product.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import OpenImageIO as oiio  # noqa: N813

from ganfx.media.color_spaces import CINEON, DISPLAY, PRIMARIES, ColorSpace, are_alike
from ganfx.media.color_tags import DATA
from ganfx.media.ocio_configs import (
    INTEROP_CONFIG,
    OCIO_CONFIG,
    as_config,
    builtin_config,
    read_config,
)

_OF_PRIMARIES = (
    "lin_rec709_scene",
    "lin_p3d65_scene",
    "lin_rec2020_scene",
    "lin_adobergb_scene",
    "g22_adobergb_display",
)
UNKNOWN = ("", "unknown")
"""Ids that say nothing."""
_SAME = {  # by the canonical name in the built-in configurations
    "sRGB - Display": DISPLAY,
    "sRGB Encoded Rec.709 (sRGB)": DISPLAY,
}
LINEAR_REC709 = "Linear Rec.709 (sRGB)"
"""Name of scene-linear Rec. 709 in the built-in configurations."""


def is_data_id(interop_id: str, config: str | Path | None = None) -> bool:
    """Whether an id says that a picture holds no colour."""
    if interop_id == DATA:
        return True
    space = None if config is None else _named(read_config(config), interop_id)
    return space is not None and space.isData()


@cache
def space_of_id(interop_id: str, config: str | Path | None = None) -> ColorSpace | None:
    """Space of an id; None where no configuration knows it.

    Public ids mean the same in all configurations. Of an id with a namespace, the studio's
    configuration decides; where it lacks the id, what follows the namespace does.

    Args:
        interop_id: As stored.
        config: A studio's configuration.
    """
    plain = interop_id.rpartition(":")[2]
    for name, where in (
        (interop_id, None),
        (interop_id, INTEROP_CONFIG),
        (interop_id, config),
        (plain, config),
        (plain, None),
        (plain, INTEROP_CONFIG),
    ):
        found = _named(as_config(where), name)
        if found is not None and not found.isData():
            canonical = str(found.getName())
            own = where == config and config is not None
            return ColorSpace(canonical if own else _SAME.get(canonical, canonical), where)
    return _by_openimageio(plain)


@cache
def id_of_space(space: ColorSpace) -> str:
    """Id that a written file has for a space; "" where there is none."""
    if space.primaries:
        return next((each for each in _OF_PRIMARIES if _is_same(each, space)), "")
    if space.name == CINEON and space.config is None:
        return ""
    if space.is_display:
        return "srgb_rec709_scene"
    known = as_config(space.config).getColorSpace(space.name)
    if space.config is not None:
        return str(known.getInteropID())
    same = read_config(INTEROP_CONFIG).getColorSpace(known.getName())
    return str(same.getInteropID()) if same is not None else ""


@cache
def cicp_of_space(space: ColorSpace) -> tuple[int, ...]:
    """Code points (ITU-T H.273) of RGB pixels of a space, for ``cICP``; () where there are none."""
    interop_id = id_of_space(space)
    codes = oiio.ColorConfig(f"ocio://{OCIO_CONFIG}").get_cicp(interop_id) if interop_id else None
    return (*codes[:2], 0, 1) if codes else ()


@cache
def primaries_of_space(space: ColorSpace) -> tuple[float, ...]:
    """Chromaticities x, y of red, green, blue and white of a space; () where not known."""
    if space.primaries or space.config not in (None, INTEROP_CONFIG) or space.name == CINEON:
        return space.primaries
    if space.config is None and not space.is_display:
        name = str(builtin_config().getColorSpace(space.name).getName())
        if name in PRIMARIES:
            return PRIMARIES[name]
    known = oiio.ColorConfig(INTEROP_CONFIG).get_chromaticities(id_of_space(space))
    return tuple(known or ())


def is_linear(space: ColorSpace) -> bool:
    """Whether code values are proportional to scene light."""
    if space.primaries:
        return space.gamma == 1.0
    if space.is_display or (space.name == CINEON and space.config is None):
        return False
    found = as_config(space.config).getColorSpace(space.name)
    return bool(found.getEncoding() == "scene-linear")


def is_scene(space: ColorSpace) -> bool:
    """Whether code values are scene light, linear or in a logarithm; not codes of a display."""
    if space.primaries or space.is_display:
        return bool(space.primaries) and space.gamma == 1.0
    if space.name == CINEON and space.config is None:
        return True
    found = as_config(space.config).getColorSpace(space.name)
    return str(found.getEncoding()) in ("scene-linear", "log")


def _is_same(interop_id: str, space: ColorSpace) -> bool:
    """Whether an id's primaries and curve are those of a space that has these."""
    found = _by_openimageio(interop_id)
    assert found is not None, f"OpenImageIO knows {interop_id}"
    return found.gamma == space.gamma and are_alike(found.primaries, space.primaries)


def _by_openimageio(interop_id: str) -> ColorSpace | None:
    """A public id that configurations lack, of those whose curve is a power."""
    known = oiio.ColorConfig(f"ocio://{OCIO_CONFIG}")
    primaries = known.get_chromaticities(interop_id)
    gamma = known.get_transfer_function_gamma(interop_id)
    return ColorSpace(interop_id, None, tuple(primaries), gamma) if primaries and gamma else None


def _named(config: Any, name: str) -> Any:
    """Space of a configuration by interop id, name or alias; None if there is none."""
    for space in config.getColorSpaces():
        if space.getInteropID() == name:
            return space
    # Roles are no names of a file's colours.
    return None if config.hasRole(name) else config.getColorSpace(name)
