"""Roles of textures by the names that studios, engines and libraries give them.

``wood_albedo`` is colour; ``T_Wood_N``, ``brick_wall_nor_gl_1k``, ``mat_MaskMap`` hold data. The
role is the last word of a name, before a size (``_4k``), a UDIM number, a UV tile (``_u1_v1``) or a
version. Words that photos have too (``arm``, ``flow``, a single letter) count where something
else says that the file is a texture: `Role.is_sure`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

Kind = Literal["color", "data", ""]

_COLOR = (
    *("albedo", "base", "basecolor", "basecolour", "bc", "color", "colour", "col", "diff"),
    *("diffuse", "diffusecolor", "diffusecolour", "diffusemap", "emission", "emissive", "emit"),
    *("emissivecolor", "emissionmap", "emissivemap", "sss", "subsurface", "subsurfacecolor"),
    *("basemap", "albedomap", "basetexture", "maintex", "d", "e"),
)
_NORMAL = r"(bent|world|worldspace|object|objectspace|tangent|tangentspace|detail|clearcoat|coat)*"
_NORMAL += r"(normals?|nrml?|nor)(gl|dx|ogl|d3d|opengl|directx|ts|os|ws)?"
_WORDS = (
    *("bump", "height", "hgt", "displacement", "displace", "disp", "displ", "parallax", "vdm"),
    *("vectordisplacement", "roughness", "rough", "rgh", "glossiness", "gloss", "glossy"),
    *(
        "smoothness",
        "metallic",
        "metalness",
        "metallness",
        "metal",
        "ambientocclusion",
        "occlusion",
    ),
    *("ao", "ambocc", "opacity", "mask", "masks", "maskmap", "detailmask", "transmission"),
    *("transmissive", "translucency", "anisotropy", "anisotropic", "anisotropyrotation"),
    *("anisotropylevel", "anisotropyangle", "sheenroughness", "clearcoat", "clearcoatroughness"),
    *("coatroughness", "curvature", "convexity", "cavitymap", "thickness", "specularlevel"),
    *("specularmask", "specularity", "specular", "flowmap", "splat", "splatmap", "weightmap"),
    *("idmap", "materialid", "matid", "worldposition", "orm", "rma", "mra", "mrao", "aorm"),
    *("ormd", "ormh", "mads", "mohs", "mohr", "rmao", "rmo", "srmh", "alphamask", "cutout"),
)
_WEAK = (
    *("arm", "ord", "orh", "flow", "id", "smooth", "spec", "norm", "position", "depth", "curve"),
    *("cavity", "occ", "mas", "mor", "mro", "rom", "roma", "ora", "mao", "mos", "mrs", "alpha"),
    *("mtl", "wetness", "nm", "rgb", "dp", "n", "r", "m", "h", "s", "o"),
)
"""Words of photos and of render passes, too."""
_MOST_WORDS = 5

_DATA = re.compile(rf"({_NORMAL}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})+(map|tex)?")
_QUALIFIER = re.compile(
    r"-?\d+|\d+k|\d+px|\d+x\d+|\d+bit|[uv]\d+|v\d+|lod\d+|png|jpe?g|tiff?|exr|tga|raw|lin|linear"
    r"|srgb|acescg|noncolor|var\d+|map|tex|texture",
    re.IGNORECASE,
)
_SIZE = re.compile(r"\d+k|(256|512|1024|2048|4096|8192|16384)(px)?|1\d\d\d|u\d+", re.IGNORECASE)
"""Qualifiers that textures have, and photos have not."""
_SEPARATORS = re.compile(r"[\s._\-]+")
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^A-Za-z\d]+")
_PREFIXES = ("t", "tx", "tex", "txt")
"""First words of textures' names: Unreal's ``T_Wood_N``."""


class Role(NamedTuple):
    """Role of a texture, by its name."""

    base: str
    """Name of the surface, in small letters: "brick_wall" is "brickwall"."""
    word: str
    """The role as written, in small letters: "norgl"."""
    kind: Kind
    is_sure: bool
    """Whether the name says so by itself; otherwise its neighbours have to."""


NONE = Role("", "", "", is_sure=False)


@cache
def role_of(stem: str) -> Role:
    """The role that a file name without its suffix ends in; `NONE` if it has none.

    A role alone ("normal", "arm") is not sure: its base is "".
    """
    parts = [part for part in _SEPARATORS.split(stem) if part]
    qualifiers = []
    while len(parts) > 1 and _QUALIFIER.fullmatch(parts[-1]):
        qualifiers.append(parts.pop())
    words = [word for part in parts for word in _CAMEL.findall(part)]
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        kind, sure = _kind("".join(words[-count:]).lower())
        if kind:
            base = "".join(words[:-count]).lower()
            told = any(_SIZE.fullmatch(each) for each in qualifiers)
            told |= words[0].lower() in _PREFIXES and len(words) > count + 1
            told |= _stands_out(words[-count:], words[:-count])
            return Role(base, "".join(words[-count:]).lower(), kind, sure or told)
    alone = "".join(words).lower()
    return Role("", alone, _kind(alone)[0], is_sure=False)


def _kind(word: str) -> tuple[Kind, bool]:
    """Colour or data, and whether nothing but textures is called so."""
    if word in _COLOR:
        return "color", len(word) > 1
    if _DATA.fullmatch(word):
        return "data", True
    return ("data", False) if word in _WEAK else ("", False)


def _stands_out(role: list[str], base: list[str]) -> bool:
    """Whether a role is an abbreviation in capitals, in a name that is not: ``rock_ARM``."""
    text = "".join(role)
    return len(text) > 1 and text.isupper() and not "".join(base).isupper()


_ROLE_NAMES = (
    (r"orm|rma|mra|mrao|aorm|arm|ord|orh|rmao|rmo|mads|mohs|mohr|ormd|ormh|mas|mor|mro|rom", ""),
    (r"mask(s|map)?|detailmask|srmh|roma|ora|mao|mos|mrs", ""),
    (r"(emission|emissive|emit)\w*|e", "emission"),
    (r"sss|subsurface\w*", "subsurface color"),
    (_NORMAL + r"(map|tex)?|nm|norm|n|nor", "normal"),
    (r"(\w*roughness|rough|rgh|r)(map|tex)?", "roughness"),
    (r"(gloss|smooth)\w*|s", "gloss"),
    (r"(metal\w*|mtl|m)", "metal"),
    (r"ao|\w*occ(lusion)?|ambocc|o", "ao"),
    (r"bump|height|hgt|h|dp|parallax|depth|vdm|\w*disp\w*", "height"),
    (r"opacity|alpha\w*|cutout", "opacity"),
)


def role_name(word: str) -> str:
    """A role in plain words: ``base color``, ``normal``, ``roughness``, ``packed (orm)``.

    Args:
        word: Of a `Role`.
    """
    if word in _COLOR and not re.fullmatch(r"(emi|sss|sub)\w*|e", word):
        return "base color"
    for pattern, name in _ROLE_NAMES:
        if re.fullmatch(pattern, word):
            return name or f"packed ({word})"
    return word
