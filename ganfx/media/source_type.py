"""The IPTC digital source type in a picture's XMP, where readers of news and stock pictures look.

OpenImageIO writes XMP for properties that it knows, and this is none. Sources: IPTC Photo Metadata
Standard 2023.2, Digital Source Type; XMP specification, part 3, for PNG and JPEG.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ganfx.media.png_damage import SIGNATURE

HOLD_XMP = (".png", ".jpg", ".jpeg")
_NAMESPACE = 'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
_KEYWORD = b"XML:com.adobe.xmp"
_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_DESCRIPTION = b"<rdf:Description"
_PROPERTY = b"Iptc4xmpExt:DigitalSourceType"
_APP1, _START_OF_SCAN = 0xE1, 0xDA
_MOST = 65533  # bytes of a segment of JPEG


def put_source_type(path: Path, source_type: str) -> None:
    """State a digital source type in the XMP of a written PNG or JPEG, beside what that says.

    XMP that states another already, or that has no description, is replaced as a whole: two
    packets or two statements in one file would be nobody's.

    Args:
        path: Of one of `HOLD_XMP`; changed in place.
        source_type: Address of a term of IPTC.
    """
    data = path.read_bytes()
    put = _in_png if data.startswith(SIGNATURE) else _in_jpeg
    path.write_bytes(put(data, source_type))


def _packet(before: bytes, source_type: str) -> bytes:
    said = f'{_NAMESPACE} Iptc4xmpExt:DigitalSourceType="{source_type}"'.encode()
    if _DESCRIPTION in before and _PROPERTY not in before and b"xmlns:Iptc4xmpExt" not in before:
        return before.replace(_DESCRIPTION, _DESCRIPTION + b" " + said, 1)
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    return (
        (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
            f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {rdf}><rdf:Description rdf:about="" '
        ).encode()
        + said
        + b'/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def _in_png(data: bytes, source_type: str) -> bytes:
    """The packet is a chunk ``iTXt`` right behind the header; an earlier one goes."""
    chunks, before, at = [data[: len(SIGNATURE)]], b"", len(SIGNATURE)
    while at < len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + length + 12
        content = data[at + 8 : end - 4]
        if name == b"iTXt" and content.startswith(_KEYWORD + b"\0\0\0"):
            before = content.split(b"\0", 5)[-1]
        else:
            chunks.append(data[at:end])
        at = end
    text = _KEYWORD + b"\0" * 5 + _packet(before, source_type)
    checksum = struct.pack(">I", zlib.crc32(b"iTXt" + text))
    chunks.insert(2, struct.pack(">I", len(text)) + b"iTXt" + text + checksum)
    return b"".join(chunks)


def _in_jpeg(data: bytes, source_type: str) -> bytes:
    """The packet is a segment ``APP1`` behind those that have to come first."""
    segments, before, at, place = [data[:2]], b"", 2, 1
    while data[at + 1] != _START_OF_SCAN:
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        segment = data[at : at + 2 + length]
        at += len(segment)
        if marker == _APP1 and segment[4:].startswith(_HEADER):
            before = segment[4 + len(_HEADER) :]
            continue
        segments.append(segment)
        if marker in (0xE0, _APP1):  # JFIF, Exif
            place = len(segments)
    content = _HEADER + _packet(before, source_type)
    if len(content) > _MOST:
        content = _HEADER + _packet(b"", source_type)
    head = struct.pack(">BBH", 0xFF, _APP1, len(content) + 2)
    segments.insert(place, head + content)
    return b"".join(segments) + data[at:]
