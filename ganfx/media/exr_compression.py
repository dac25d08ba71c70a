"""Lossy compressions of EXR: their level, and what they would change of values that are copied.

B44 and PXR24 give the values that they were given by themselves before; the others do not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import OpenImageIO as oiio  # noqa: N813

_DWA = ("dwaa", "dwab")
_CHANGES_ALL = ("lj2k",)
_CHANGED_BY_DWA = ("R", "G", "B", "Y", "RY", "BY")
"""Channels of any layer that DWA quantizes; it keeps all others."""
_LOSSLESS = "zip"


def keep_dwa_level(spec: oiio.ImageSpec) -> None:
    """Pass the level of DWA compression on, by the only name that the writer does not ignore.

    A file that is not compressed so keeps it as what it is then: an attribute.
    """
    level = spec.getattribute("openexr:dwaCompressionLevel")
    if level is not None:
        spec.attribute("dwaCompressionLevel", "float", float(level))


def changed_again(spec: oiio.ImageSpec, names: Iterable[str]) -> list[str]:
    """Of channels with values from a file, those whose values its compression would change.

    Args:
        spec: Header of the file.
        names: Channels that are to be copied.
    """
    compression = spec.get_string_attribute("compression").partition(":")[0]
    if compression in _CHANGES_ALL:
        return list(names)
    if compression not in _DWA:
        return []
    return [name for name in names if name.rpartition(".")[2] in _CHANGED_BY_DWA]


def keep_values(spec: oiio.ImageSpec, *, new: Collection[str] = ()) -> None:
    """Choose a lossless compression where the header's would change values that are copied.

    Args:
        spec: Header of the written file.
        new: Channels whose values are not copied.
    """
    if changed_again(spec, [name for name in spec.channelnames if name not in new]):
        spec.attribute("compression", _LOSSLESS)
