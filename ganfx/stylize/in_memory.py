"""Pictures in memory through a look: the pixels that their files would become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ganfx.curve import fixed
from ganfx.errors import UsageError
from ganfx.media.color_spaces import find_space
from ganfx.models.devices import check_portable_cpu, check_precision
from ganfx.option import given
from ganfx.stylize.declared.kinds import FILES, FRAMES, RUNNING, TIME
from ganfx.stylize.effects import Effects
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.network.mixing import Shares
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.options import Options
from ganfx.stylize.render.finish import finish, place_of
from ganfx.stylize.surface.surfaces import surface_of

_OF_FILES = frozenset(
    ("out", "frames", "matte", "detail", "direction", "guide", "region", "format", "overwrite")
)
_IN_MEMORY = frozenset(("ocio", "max_pixels"))


def stylize_array(
    image: NDArray[Any],
    style: str | Path | Shares | Look,
    options: Options | None = None,
    *,
    number: int = 0,
) -> NDArray[Any]:
    """Apply a look to one picture in memory, by itself: as `stylize` does to a still.

    Args:
        image: ``(H, W, 3)``, or ``(H, W, 4)`` with alpha that is not multiplied in. uint8 is sRGB.
            float32 is what files of floating-point numbers are: scene-linear with Rec. 709
            primaries, where values above 1 keep their light; ``Options(colorspace="srgb")`` says
            that it is display-encoded, 0 to 1.
        style: A name, a path, several of them with their shares; or a
            `ganfx.stylize.network.look.Look` that was opened once, for many pictures.
        options: Those that are about the look. Options of files and of time are refused.
        number: Frame number: another one has other grain, and its own value of curves.

    Returns:
        A new array of the same shape, type and encoding; alpha as it was.

    Raises:
        UsageError: The array is no such picture, or an option or the style makes no sense here.
        StyleError: The style is not usable by this version.
        NodeError: This machine cannot make the pixels that were asked for.
    """
    options = (options or Options()).at(number)
    _check(image, options)
    check_portable_cpu(options.portable)
    look = _opened(style, options)
    check_precision(look.device, options.precision)
    eight_bits = image.dtype == np.uint8
    light = image.astype(np.float32) / np.float32(255 if eight_bits else 1)
    alpha = light[..., 3] if light.shape[2] == 4 else None
    space = find_space(options.colorspace, options.ocio)
    rgb = np.nan_to_num(light[..., :3], nan=0.0, posinf=65504.0, neginf=0.0)
    surface = surface_of(*rgb.shape[:2], wrap=options.wrap, cells=options.cell)
    prepared = prepare(rgb, alpha, scene_linear=not eight_bits, space=space, surface=surface)
    styled = rgb
    strength = fixed(options.strength)
    if strength > 0:
        styled = run_network(look, prepared, options, deep=not eight_bits)
        place = place_of(options, len(rgb), number=number, frame=number)
        effects = Effects(look.headers, options)
        styled = finish(effects, prepared, styled, place, strength=strength)
    return _as_given(image, styled)


def _opened(style: str | Path | Shares | Look, options: Options) -> Look:
    if isinstance(style, Look):
        return style
    return open_look(
        style,
        device=options.network_device,
        compiled=options.compile,
        backend=options.backend,
    )


def _as_given(image: NDArray[Any], styled: NDArray[np.float32]) -> NDArray[Any]:
    result = image.copy()
    if image.dtype == np.uint8:
        styled = np.clip(styled, 0, 1) * np.float32(255) + np.float32(0.5)
    result[..., :3] = styled.astype(image.dtype)
    return result


def _check(image: NDArray[Any], options: Options) -> None:
    if image.ndim != 3 or image.shape[2] not in (3, 4) or 0 in image.shape:
        raise UsageError(
            f"an array of shape {image.shape} is no picture", hint="expected (H, W, 3) or (H, W, 4)"
        )
    if image.dtype not in (np.uint8, np.float32):
        raise UsageError(
            f"an array of {image.dtype} is not taken: uint8 or float32 is",
            hint="16-bit codes become float32 by image / numpy.float32(65535), which is"
            ' display-encoded: Options(colorspace="srgb")',
        )
    for field, each in given(options).items():
        of_files = field in _OF_FILES or each.about.panel in (FILES, FRAMES, TIME, RUNNING)
        if of_files and field not in _IN_MEMORY:
            raise UsageError(f"{field} has no meaning for a picture in memory")
