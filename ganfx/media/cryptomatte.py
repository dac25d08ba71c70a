"""Cryptomatte: antialiased mattes of objects, materials and assets by their names.

A pixel has ranks: pairs of an id, which is the hash of a name, and of the coverage of the object
with that id. A matte is the sum of the coverages of the ranks with its ids; manifests, in the
file or beside it, say which names there are.

Source: Psyop, "Cryptomatte Specification" 1.2.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

import numpy as np
import OpenImageIO as oiio  # noqa: N813
from numpy.typing import NDArray

from ganfx.errors import MediaError, UsageError, nearest
from ganfx.media.frame_reading import Frame, stored_channel

Plane = NDArray[np.float32]

HASH, CONVERSION = "MurmurHash3_32", "uint32_to_float32"
_HEX = re.compile(r"(?:0x)?([0-9a-fA-F]{8})")
_KEY = re.compile(r"cryptomatte/([^/]+)/(\w+)")
_RANK = re.compile(r"(.+?)(\d\d)\.(r|g|b|a|red|green|blue|alpha)", re.IGNORECASE)
SHOWN = 8
"""Names of a manifest that an error lists."""


@dataclass(frozen=True)
class Layer:
    """One Cryptomatte of a file: of objects, say."""

    name: str
    """As its channels begin: ``CryptoObject``."""
    ids: Mapping[str, int] | None
    """By name; None without a manifest."""
    ranks: tuple[tuple[str, str], ...]
    """Channels with ids and with coverages, in order."""


def layers_of(specs: Sequence[oiio.ImageSpec], path: Path) -> list[Layer]:
    """The Cryptomattes of a file.

    Args:
        specs: Of its parts.
        path: The file, for manifests beside it.

    Raises:
        MediaError: Ids are stored in half floats, which lose them; or are hashed in another way;
            or a manifest is not there, or cannot be read.
    """
    # Where parts are many, its metadata is in one of them, and each level may be another.
    told: dict[str, dict[str, str]] = {}
    for each in (attribute for spec in specs for attribute in spec.extra_attribs):
        if match := _KEY.fullmatch(each.name):
            told.setdefault(match[1], {})[match[2]] = str(each.value)
    found = (_layer(values, specs, path) for values in told.values() if values.get("name"))
    return [layer for layer in found if layer.ranks]


def crypto_matte(frame: Frame, wanted: Sequence[str]) -> Plane:
    """Coverage of objects by their names.

    Args:
        frame: With all its channels.
        wanted: Names, with wildcards where the file has a manifest, or eight hexadecimal digits
            of an id; of one layer only as ``LAYER/NAME``.

    Returns:
        ``(H, W)`` float32 as the frame is stored, 0 to 1.

    Raises:
        MediaError: There is no Cryptomatte, or none of the names is in one.
    """
    specs = [part.spec for part in frame.stored.parts]
    layer, ids = _chosen(layers_of(specs, frame.header.path), tuple(wanted))
    matte = np.zeros(frame.rgb.shape[:2], np.float32)
    for held, covered in layer.ranks:
        known = np.ascontiguousarray(stored_channel(frame, held)).view(np.uint32)
        matte += np.where(np.isin(known, ids), stored_channel(frame, covered), np.float32(0))
    return np.clip(matte, 0, 1)


def check_crypto(specs: Sequence[oiio.ImageSpec], path: Path, wanted: Sequence[str]) -> None:
    """Make sure, from headers alone, that a file has what is wanted; raises as `crypto_matte`."""
    _chosen(layers_of(specs, path), tuple(wanted))


def id_of(name: str) -> int:
    """The id of a name: its 32-bit MurmurHash3, kept from being no number, or a denormal, as float.

    Raises:
        UsageError: The library that hashes is not installed.
    """
    try:
        import mmh3
    except ImportError as error:
        raise UsageError(
            "names of a Cryptomatte without a manifest have to be hashed",
            hint='pip install "ganfx[cryptomatte]", or give ids in hexadecimal digits',
        ) from error
    value: int = mmh3.hash(name.encode("utf-8"), 0, signed=False)
    exponent = value >> 23 & 255
    return value ^ (1 << 23) if exponent in (0, 255) else value


def is_crypto_channel(name: str) -> bool:
    """Whether a channel may be a rank of a Cryptomatte."""
    return _RANK.fullmatch(name) is not None


def _layer(values: Mapping[str, str], specs: Sequence[oiio.ImageSpec], path: Path) -> Layer:
    _refuse_other(values, values["name"], path)
    ranks = tuple(_ranks(specs, values["name"], path))
    return Layer(values["name"], _manifest(values, path), ranks)


def _refuse_other(values: Mapping[str, str], name: str, path: Path) -> None:
    for key, known in (("hash", HASH), ("conversion", CONVERSION)):
        if values.get(key, known) != known:
            raise MediaError(f"{path}: Cryptomatte {name} has {key} {values[key]}, not {known}")


def _ranks(specs: Sequence[oiio.ImageSpec], name: str, path: Path) -> Iterator[tuple[str, str]]:
    """Channels of ids and coverages, two pairs in each level."""
    levels: dict[str, dict[str, str]] = {}
    for channel, kind in _channels(specs):
        match = _RANK.fullmatch(channel)
        if match is None or match[1].lower() != name.lower():
            continue
        if kind.basetype == oiio.HALF:
            raise MediaError(
                f"{path}: Cryptomatte {name} is stored in half floats, which lose its ids",
                hint="render it in 32-bit float",
            )
        levels.setdefault(match[2], {})[match[3][0].lower()] = channel
    for _, by_letter in sorted(levels.items()):
        for held, covered in (("r", "g"), ("b", "a")):
            if held in by_letter and covered in by_letter:
                yield by_letter[held], by_letter[covered]


def _channels(specs: Sequence[oiio.ImageSpec]) -> Iterator[tuple[str, oiio.TypeDesc]]:
    """Channels of all parts with their types."""
    for spec in specs:
        kinds = spec.channelformats or [spec.format] * spec.nchannels
        yield from zip(spec.channelnames, kinds, strict=True)


def _manifest(values: Mapping[str, str], path: Path) -> Mapping[str, int] | None:
    if "manifest" in values:
        return _parsed(values["manifest"], f"{path}: the manifest")
    if beside := values.get("manif_file"):
        file = path.parent / Path(beside).name
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise MediaError(
                f"{path}: its Cryptomatte's manifest {file.name} cannot be read beside it"
            ) from error
        return _parsed(text, str(file))
    return None


@lru_cache(maxsize=8)
def _parsed(text: str, what: str) -> Mapping[str, int]:
    try:
        known = json.loads(text)
        return {str(name): int(value, 16) for name, value in known.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise MediaError(f"{what} of its Cryptomatte is damaged") from error


def _chosen(layers: Sequence[Layer], wanted: tuple[str, ...]) -> tuple[Layer, list[int]]:
    """The first layer that has anything of what is wanted, and the ids of that."""
    if not layers:
        raise MediaError("there is no Cryptomatte", hint="render one, or take channel:NAME")
    for layer in layers:
        own = [name for each in wanted if (name := _in_layer(each, layer))]
        if ids := sorted({value for name in own for value in _ids(name, layer)}):
            return layer, ids
    raise _nothing_found(layers, wanted)


def _in_layer(wanted: str, layer: Layer) -> str:
    """A name without the layer it is asked for in; "" where that is another one."""
    of, slash, name = wanted.partition("/")
    if slash and of.lower() == layer.name.lower():
        return name
    asked_for_other = slash and of.lower().startswith("crypto")
    return "" if asked_for_other else wanted


def _ids(name: str, layer: Layer) -> list[int]:
    if layer.ids is not None and (
        named := [value for each, value in layer.ids.items() if fnmatchcase(each, name)]
    ):
        return named
    if match := _HEX.fullmatch(name):
        return [int(match[1], 16)]
    if layer.ids is not None:
        return []
    if any(letter in name for letter in "*?["):
        raise MediaError(
            f"Cryptomatte {layer.name} has no manifest: {name} cannot be looked up",
            hint="give whole names, or ids in hexadecimal digits",
        )
    return [id_of(name)]


def _nothing_found(layers: Sequence[Layer], wanted: Sequence[str]) -> MediaError:
    names = [name for layer in layers for name in (layer.ids or ())]
    near = nearest(wanted[0], names)
    there = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    layers_there = ", ".join(layer.name for layer in layers)
    hint = f"did you mean {near}?" if near else f"there is {there or layers_there}"
    return MediaError(f"no {', '.join(wanted)} in Cryptomatte {layers_there}", hint=hint)
