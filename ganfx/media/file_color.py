"""The colour that a file declares, and what a run takes it for: one answer for every command.

In this order: what the user says; what the file declares; the file rules of a studio's
configuration; sRGB for integers and linear Rec. 709 for floating point.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ganfx.errors import MediaError
from ganfx.media.arrays import ImageF32
from ganfx.media.cicp import is_hdr, space_of_cicp
from ganfx.media.color import linear_to_display
from ganfx.media.color_spaces import (
    CINEON,
    DISPLAY,
    PRIMARIES,
    REC709,
    SRGB_CURVE,
    ColorSpace,
    are_alike,
    to_rec709,
)
from ganfx.media.headers import Header
from ganfx.media.icc import find_problem, is_invertible, is_srgb, to_srgb
from ganfx.media.icc import has_effect as converts
from ganfx.media.interop_ids import (
    LINEAR_REC709,
    UNKNOWN,
    is_data_id,
    primaries_of_space,
    space_of_id,
)
from ganfx.media.ocio_configs import chosen_config, config_hash, config_name, read_config

_ALIKE_GAMMA = 0.05  # of a gamma: below this, libpng sees no difference either
_GAMMA_OF_SRGB = 2.2
_NAMED = {
    **PRIMARIES,
    "linear P3-D65": (0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329),
    "linear Rec.2020": (0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329),
    "linear Adobe RGB": (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.329),
}
_OWN_PRIMARIES = "light of its own primaries"


@dataclass(frozen=True)
class ColorSettings:
    """Color options of a run."""

    space: ColorSpace | None = None
    """Space of all files; None goes by each file."""
    config: str | None = None
    """A studio's configuration, for interop ids and file rules; None is none."""


@dataclass(frozen=True)
class FileColor:
    """Color encoding of a file's pixels."""

    space: ColorSpace | None = None
    """None is sRGB of integers (or their ICC profile), linear Rec. 709 of floating point."""
    by: str = ""
    """The declaration that says so: "colorInteropID lin_ap1_scene"; "" where nothing does."""
    problem: str = ""
    """Problem with the declaration; "" for nothing."""
    is_data: bool = False
    """Whether the file says that it holds no colour."""
    by_default: str = ""
    """Name of the space where ``space`` is None."""
    is_new: bool = False
    """Whether records of earlier versions took it for something else."""

    @property
    def name(self) -> str:
        """The space, for people."""
        if self.is_data:
            return "data"
        if self.space is None or self.space.is_display:
            return self.by_default if self.space is None else "sRGB"
        return self.space.name

    def __str__(self) -> str:
        """The space, and what says so."""
        return f"{self.name} ({self.by or 'by default: nothing is declared'})"

    @property
    def fingerprint(self) -> str:
        """Text for fingerprints; "" where pixels are those of earlier versions."""
        if not self.is_new:
            return ""
        if self.space is None:
            return "color plain"
        own, space = self.space.config, self.space
        studio = "" if own is None else f" of {config_name(own)} {config_hash(own)}"
        return f"color {space.name} {space.primaries} {space.gamma}{studio}"


def environment_settings() -> ColorSettings:
    """Settings of a command without options for colour: the environment's configuration."""
    return ColorSettings(config=chosen_config())


def file_color(header: Header, settings: ColorSettings | None = None) -> FileColor:
    """Find what a picture's pixels are encoded in.

    Args:
        header: Of the file.
        settings: What the user says; by default `environment_settings`.

    Raises:
        MediaError: The file declares what cannot be converted.
        UsageError: The studio's configuration cannot be used.
    """
    settings = settings or environment_settings()
    default = "linear Rec.709" if header.scene_linear else "sRGB"
    if settings.space is not None:
        return FileColor(settings.space, "--colorspace", is_new=settings.space.is_hdr)
    try:
        found = _declared(header, settings.config)
        if not found.by:
            ruled = _ruled(header.path, settings.config)
            found = replace(ruled, problem="; ".join(filter(None, (found.problem, ruled.problem))))
    except MediaError as error:
        raise MediaError(f"{header.path}: {error.message}") from error
    space = _plain(found.space, scene_linear=header.scene_linear)
    new = space != _earlier(header)
    return replace(found, space=space, by_default=found.by_default or default, is_new=new)


def declared_space(header: Header, config: str | None = None) -> ColorSpace | None:
    """Space that the file itself declares; None for the default of its kind, and for profiles.

    Args:
        header: Of the file.
        config: A studio's configuration, for its interop ids.
    """
    return _plain(_declared(header, config).space, scene_linear=header.scene_linear)


def video_color(
    path: Path, codes: tuple[int, int], settings: ColorSettings | None = None
) -> FileColor:
    """Find what a video's frames are encoded in.

    Args:
        path: The video.
        codes: Its primaries and transfer characteristics (ITU-T H.273).
        settings: As of `file_color`.

    Raises:
        MediaError, UsageError: As `file_color`.
    """
    settings = settings or environment_settings()
    if settings.space is not None:
        return FileColor(settings.space, "--colorspace", is_new=settings.space.is_hdr)
    try:
        space = _plain(space_of_cicp(*codes), scene_linear=False)
    except MediaError as error:
        raise MediaError(f"{path}: {error.message}") from error
    if space is None and codes in ((2, 2), (0, 0)):
        found = _ruled(path, settings.config)
        plain = _plain(found.space, scene_linear=False)
        return replace(found, space=plain, by_default="sRGB", is_new=plain is not None)
    return FileColor(space, "its colour tags", by_default="sRGB", is_new=space is not None)


def shown(
    rgb: ImageF32, color: FileColor, *, scene_linear: bool, profile: bytes | None
) -> ImageF32:
    """Convert decoded colours to what an sRGB display shows.

    Args:
        rgb: ``(H, W, 3)`` float32 as decoded.
        color: What it is encoded in.
        scene_linear: Whether the file holds floating point.
        profile: Its ICC profile.

    Returns:
        ``(H, W, 3)`` float32 sRGB, clipped to 0 to 1.
    """
    space = color.space
    if color.is_data or (space is not None and space.is_display):
        picture = rgb
    elif space is not None:
        picture = linear_to_display(space.to_linear(rgb))
    else:
        picture = linear_to_display(rgb) if scene_linear else to_srgb(rgb, profile)
    return np.clip(picture, 0.0, 1.0)


def has_effect(color: FileColor, *, scene_linear: bool, profile: bytes | None) -> bool:
    """Whether `shown` changes anything but the range."""
    if color.space is not None:
        return not color.space.is_display
    return scene_linear or converts(profile)


def _declared(header: Header, config: str | None) -> FileColor:
    """The file's declaration, if any; problems of what does not count go with what does."""
    problems: list[str] = []
    for rule in _RULES:
        found = rule(header, config)
        if isinstance(found, str):
            problems.append(found)
        elif found is not None:
            problems += [found.problem] if found.problem else []
            return replace(found, problem="; ".join(problems))
    return FileColor(problem="; ".join(problems))


def _by_interop_id(header: Header, config: str | None) -> FileColor | str | None:
    stored = header.tags.interop_id
    if stored in UNKNOWN:
        return None
    if is_data_id(stored, config):
        return FileColor(None, f"colorInteropID {stored}", is_data=True)
    space = space_of_id(stored, config)
    if space is None:
        own = "" if config is None else f", {config_name(config)} neither"
        return f"no configuration knows its colorInteropID {stored}{own}"
    problem = ""
    known, tagged = primaries_of_space(space), header.chromaticities
    if known and len(tagged) == 8 and not are_alike(known, tagged):
        problem = f"its chromaticities contradict its colorInteropID {stored}, which counts"
    return FileColor(space, f"colorInteropID {stored}", problem)


def _by_aces_container(header: Header, _: str | None) -> FileColor | None:
    if not header.tags.aces_container:
        return None
    problem = ""
    if len(header.chromaticities) == 8 and not are_alike(
        PRIMARIES["ACES2065-1"], header.chromaticities
    ):
        problem = "its chromaticities contradict its acesImageContainerFlag, which counts"
    return FileColor(ColorSpace("ACES2065-1"), "ACES container", problem)


def _by_chromaticities(header: Header, _: str | None) -> FileColor | str | None:
    primaries = header.chromaticities
    if not header.scene_linear or not primaries:
        return None
    if len(primaries) != 8 or to_rec709(primaries) is None:
        return "its chromaticities are no primaries of a picture"
    if are_alike(primaries, REC709):
        return FileColor(None, "chromaticities")
    named = next((n for n, known in _NAMED.items() if are_alike(primaries, known)), _OWN_PRIMARIES)
    own = () if named in PRIMARIES else primaries
    return FileColor(ColorSpace(named, None, own), "chromaticities")


def _by_hdr_codes(header: Header, _: str | None) -> FileColor | None:
    """PQ and HLG, which no profile beside them can say."""
    codes = header.tags.cicp[:2]
    if len(codes) != 2 or not is_hdr(codes[1]):
        return None
    return FileColor(space_of_cicp(*codes), "cICP", _matrix_problem(header))


def _by_profile(header: Header, _: str | None) -> FileColor | str | None:
    profile = header.profile
    if header.scene_linear or profile is None:
        return None
    problem = find_problem(profile)
    if problem:
        return problem
    if is_srgb(profile):
        return FileColor(None, "ICC profile")
    name = "its own space" if is_invertible(profile) else "its own space, a table"
    return FileColor(None, "ICC profile", by_default=name)


def _by_codes(header: Header, _: str | None) -> FileColor | None:
    codes = header.tags.cicp
    if len(codes) < 4 or codes[:2] == (2, 2):
        return None
    return FileColor(space_of_cicp(*codes[:2]), "cICP", _matrix_problem(header))


def _matrix_problem(header: Header) -> str:
    matrix = header.tags.cicp[2] if len(header.tags.cicp) == 4 else 0
    return f"its cICP has matrix {matrix}, but pixels are RGB: that is ignored" if matrix else ""


def _by_png_chunks(header: Header, _: str | None) -> FileColor | str | None:
    gamma, primaries = header.tags.png.gamma, header.tags.png.chromaticities
    if header.tags.png.srgb:
        return FileColor(None, "sRGB chunk")
    if not gamma and not primaries:
        return None
    if primaries and to_rec709(primaries) is None:
        return "its cHRM holds no primaries of a picture"
    plain_curve = not gamma or abs(gamma / _GAMMA_OF_SRGB - 1.0) < _ALIKE_GAMMA
    plain_primaries = not primaries or are_alike(primaries, REC709)
    by = " and ".join(["gAMA"] * bool(gamma) + ["cHRM"] * bool(primaries))
    if plain_curve and plain_primaries:
        return FileColor(None, by)
    curve = "sRGB curve" if plain_curve else f"gamma {gamma:.3g}"
    name = curve + ("" if plain_primaries else ", its own primaries")
    space = ColorSpace(name, None, primaries or REC709, SRGB_CURVE if plain_curve else gamma)
    return FileColor(space, by)


def _by_camera(header: Header, config: str | None) -> FileColor | None:
    """A camera's JPEG in Adobe RGB, which may have no profile (DCF 2.0)."""
    if not header.tags.adobe_rgb or header.scene_linear:
        return None
    return FileColor(space_of_id("g22_adobergb_scene", config), "Exif")


def _by_film(header: Header, _: str | None) -> FileColor | None:
    if header.film_log:
        return FileColor(ColorSpace(CINEON), "film densities of its header")
    if header.tags.dpx_transfer == "ADX":
        return FileColor(ColorSpace("ADX10" if header.depth == "uint10" else "ADX16"), "DPX header")
    return None


_RULES: tuple[Callable[[Header, str | None], FileColor | str | None], ...] = (
    _by_interop_id,
    _by_aces_container,
    _by_chromaticities,
    _by_hdr_codes,
    _by_profile,
    _by_codes,
    _by_png_chunks,
    _by_camera,
    _by_film,
)


def _ruled(path: Path, config: str | None) -> FileColor:
    """By the file rules of a configuration, but for the one that takes every file."""
    if config is None:
        return FileColor()
    read = read_config(config)
    if read.filepathOnlyMatchesDefaultRule(str(path)):
        return FileColor()
    name = read.getColorSpaceFromFilepath(str(path))[0]
    by = f"file rules of {config_name(config)}"
    space = read.getColorSpace(name)
    if space is None:
        return FileColor(problem=f"the {by} name {name}, which it lacks")
    if space.isData():
        return FileColor(None, by, is_data=True)
    return FileColor(ColorSpace(str(space.getName()), config), by)


def _plain(space: ColorSpace | None, *, scene_linear: bool) -> ColorSpace | None:
    """None for what files of this kind hold by default."""
    if space is None or (space.primaries and space.primaries != REC709):
        return space
    if space.primaries:
        return None if scene_linear and space.gamma == 1.0 else space
    if scene_linear and space.name == LINEAR_REC709 and space.config is None:
        return None
    return None if not scene_linear and space.name == DISPLAY else space


def _earlier(header: Header) -> ColorSpace | None:
    """Encoding that versions without this module assumed: their records stay valid."""
    if header.film_log:
        return ColorSpace(CINEON)
    if not header.scene_linear or len(header.chromaticities) != 8:
        return None
    tagged = header.chromaticities
    alike = (name for name, known in PRIMARIES.items() if are_alike(known, tagged))
    return next((ColorSpace(name) for name in alike), None)
