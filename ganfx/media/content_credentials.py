"""Content credentials (C2PA): signed statements in a picture or video of how it was made.

The certificate and the key are the user's. What is stated is the IPTC digital source type, the
action, what the file says of its origin, and what the user adds. Needs the extra ``credentials``.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ganfx import __version__
from ganfx.errors import MediaError, UsageError
from ganfx.media.atomic import replacing

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
"""IPTC digital source type: a picture that a trained network made parts of."""
SOURCE_TYPE_NAME = "Iptc4xmpExt:DigitalSourceType"
"""Name of the attribute that holds it in EXR."""
HOLD_CREDENTIALS = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".jxl": "image/jxl",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/avi",
}
"""Media types by suffix."""
ORIGIN_LABEL = "org.ganfx.origin"
"""Assertion with what the file says of its origin."""
_SOURCE = "source"  # label of the ingredient
_AGENT = {"name": "ganfx", "version": __version__}


@dataclass(frozen=True)
class Signature:
    """What signs: a certificate chain and its key."""

    certificates: str
    """PEM: the signer's, then those between it and a root."""
    key: str
    """PEM."""
    algorithm: str
    """Such as ``es256``."""
    timestamp: str | None = None
    """Address of a time-stamp authority (RFC 3161)."""


@dataclass(frozen=True)
class Statement:
    """What a credential says."""

    title: str
    origin: str
    """JSON of the file's own note."""
    source: Path | None = None
    """File that it was made from; None where that cannot be an ingredient."""
    assertions: tuple[Mapping[str, Any], ...] = ()
    """Of the user: ``label`` and ``data`` each."""


def require_c2pa() -> Any:
    """The library.

    Raises:
        UsageError: It is not installed.
    """
    try:
        import c2pa
    except ImportError as error:
        raise UsageError(
            "content credentials need c2pa-python, which is not installed",
            hint="pip install 'ganfx[credentials]'",
        ) from error
    return c2pa


def sign(path: Path, signature: Signature, statement: Statement, *, to: Path | None = None) -> None:
    """Put a credential into a file, in one move.

    Args:
        path: A file of a format of `HOLD_CREDENTIALS`.
        signature: What signs.
        statement: What it says.
        to: The file that messages name; ``path`` by default.

    Raises:
        MediaError: It cannot be signed, for example as a time-stamp authority does not answer.
    """
    media = HOLD_CREDENTIALS[path.suffix.lower()]
    try:
        with path.open("rb") as file, replacing(path) as temporary, temporary.open("w+b") as signed:
            _sign(media, file, signed, signature, statement)
    except require_c2pa().C2paError as error:
        raise MediaError(f"cannot sign {to or path}: {error}") from error


def try_signature(signature: Signature) -> str:
    """Sign a picture in memory: why it cannot be done; "" where it can."""
    try:
        _sign("image/png", io.BytesIO(_SMALLEST), io.BytesIO(), signature, Statement("trial", ""))
    except require_c2pa().C2paError as error:
        return str(error)
    return ""


def read_credential(path: Path) -> dict[str, Any] | None:
    """The credential that a file has, as C2PA's reader reports it; None without one.

    Returns:
        ``state`` ("Valid", "Invalid" or "Trusted"), ``signer``, and the active ``manifest``.

    Raises:
        UsageError: c2pa-python is not installed.
    """
    library = require_c2pa()
    if path.suffix.lower() not in HOLD_CREDENTIALS:
        return None
    try:
        with library.Reader(path) as reader:
            state, report = str(reader.get_validation_state()), json.loads(reader.json())
    except library.C2paError:
        return None
    manifest = report["manifests"][report["active_manifest"]]
    signer = manifest.get("signature_info", {}).get("common_name", "")
    return {"state": state, "signer": signer, "manifest": manifest}


def _sign(media: str, file: Any, signed: Any, signature: Signature, statement: Statement) -> None:
    library = require_c2pa()
    info = library.C2paSignerInfo(
        signature.algorithm,
        signature.certificates.encode(),
        signature.key.encode(),
        signature.timestamp,
    )
    signer = library.Signer.from_info(info)
    with library.Builder(json.dumps(_manifest(statement)), context=_context()) as builder:
        if statement.source is not None:
            kind = HOLD_CREDENTIALS[statement.source.suffix.lower()]
            about = {"title": statement.source.name, "relationship": "parentOf", "label": _SOURCE}
            with statement.source.open("rb") as source:
                builder.add_ingredient(about, kind, source)
        builder.sign(signer, media, file, signed)


def _manifest(statement: Statement) -> dict[str, Any]:
    made = {"digitalSourceType": SOURCE_TYPE, "softwareAgent": _AGENT}
    if statement.source is None:
        actions = [{"action": "c2pa.created", **made}]
    else:
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_SOURCE]}}
        actions = [opened, {"action": "c2pa.edited", **made}]
    own: list[Mapping[str, Any]] = [{"label": "c2pa.actions.v2", "data": {"actions": actions}}]
    if statement.origin:
        own.append({"label": ORIGIN_LABEL, "data": json.loads(statement.origin)})
    return {
        "claim_generator_info": [_AGENT],
        "title": statement.title,
        "assertions": [*own, *statement.assertions],
    }


@cache
def _context() -> Any:
    """Without thumbnails: they would be as large as a small frame, in each."""
    library = require_c2pa()
    settings = {"builder": {"thumbnail": {"enabled": False}}}
    return library.Context(settings=library.Settings.from_dict(settings))


_SMALLEST = bytes.fromhex(  # a gray pixel
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c636800000082008177cd72b60000000049454e44ae426082"
)
