"""Which part of a file is the picture, and where its alpha is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import OpenImageIO as oiio  # noqa: N813

from ganfx.errors import MediaError
from ganfx.media.channels import (
    Layout,
    cryptomattes_of,
    find_alpha,
    find_data_layout,
    find_layout,
    incomplete_colors,
    is_data_channel,
    part_name,
)


class DataError(MediaError):
    """A picture file that holds nothing but data: depth, normals, positions, ids."""


class Found(NamedTuple):
    """Part of an open file with the picture."""

    part: int
    spec: oiio.ImageSpec
    layout: Layout
    alpha_apart: tuple[int, int] | None
    cryptomattes: tuple[str, ...]  # of all parts


def find_picture(path: Path, specs: list[oiio.ImageSpec], *, data: bool) -> Found:
    """Find the part with the picture: the first of the lowest layer rank.

    Args:
        path: The file, for messages.
        specs: Its parts.
        data: Whether data may be taken for the picture, where there is no colour.

    Raises:
        DataError: There is nothing but data.
        MediaError: There is no colour, or not all of it.
    """
    declared = tuple(dict.fromkeys(name for spec in specs for name in cryptomattes_of(spec)))
    layouts = [_layout(spec, declared) for spec in specs]
    if data and not any(layouts):
        layouts = [find_data_layout(tuple(spec.channelnames)) for spec in specs]
    found = [(part, layout) for part, layout in enumerate(layouts) if layout]
    if not found:
        raise _no_color(path, specs, declared)
    part, layout = min(found, key=lambda candidate: candidate[1].rank)
    apart = _alpha_apart(specs, part) if layout.alpha is None and not data else None
    return Found(part, specs[part], layout, apart, declared)


def _layout(spec: oiio.ImageSpec, cryptomattes: tuple[str, ...]) -> Layout | None:
    return find_layout(
        tuple(spec.channelnames), part=part_name(spec), data=_ids(spec), cryptomattes=cryptomattes
    )


def _ids(spec: oiio.ImageSpec) -> tuple[int, ...]:
    """Channels of an EXR that hold ids by their type, or no colour by the part's own word."""
    everything = tuple(range(spec.nchannels))
    if spec.get_string_attribute("colorInteropID") == "data":
        return everything
    if not spec.getattribute("screenWindowWidth"):  # of every EXR
        return ()
    return tuple(index for index in everything if str(spec.channelformat(index)) == "uint")


def _alpha_apart(specs: list[oiio.ImageSpec], picture: int) -> tuple[int, int] | None:
    """The alpha of a picture whose own part has none: part and channel."""
    view = specs[picture].get_string_attribute("view")
    for part, spec in enumerate(specs):
        channel = find_alpha(spec.channelnames, part_name(spec))
        if part != picture and channel is not None and spec.get_string_attribute("view") == view:
            return part, channel
    return None


def _no_color(path: Path, specs: list[oiio.ImageSpec], cryptomattes: tuple[str, ...]) -> MediaError:
    channels = [name for spec in specs for name in spec.channelnames]
    told = f"{path} has no colour channels (it has {', '.join(channels)})"
    if all(spec.get_string_attribute("colorInteropID") == "data" for spec in specs):
        told = f"{path} holds data, not colour, by its colorInteropID"
        return DataError(told, hint="leave it out")
    if all(_holds_data(spec, cryptomattes) for spec in specs):
        return DataError(told, hint="a pass of depth, normals or ids is data: leave it out")
    lacking = incomplete_colors(channels)
    if lacking:
        return MediaError(told, hint=f"{lacking}: render or merge it with all three")
    return MediaError(told, hint="colour is called R, G, B, or red, green, blue, or Y")


def _holds_data(spec: oiio.ImageSpec, cryptomattes: tuple[str, ...]) -> bool:
    ids, part = _ids(spec), part_name(spec)
    return all(
        index in ids or is_data_channel(name, part, cryptomattes)
        for index, name in enumerate(spec.channelnames)
    )
