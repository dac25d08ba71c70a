"""The file of ``--credentials``: who signs, and what is said beside what ganfx knows.

certificate = "chain.pem"        # the signer's first; paths are relative to this file
key = "key.pem"
algorithm = "es256"
timestamp = "http://..."         # optional: a time-stamp authority (RFC 3161)

[[assertions]]                   # optional
label = "org.example.show"
data = { show = "Dune Buggy" }
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ganfx.errors import UsageError, nearest
from ganfx.media.content_credentials import (
    HOLD_CREDENTIALS,
    SOURCE_TYPE,
    SOURCE_TYPE_NAME,
    Signature,
    Statement,
    require_c2pa,
    sign,
    try_signature,
)
from ganfx.media.source_type import HOLD_XMP, put_source_type
from ganfx.stylize.job.jobs import Job

ALGORITHMS = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
_KEYS = {"certificate": str, "key": str, "algorithm": str, "timestamp": str, "assertions": list}
_NEEDED = ("certificate", "key", "algorithm")


@dataclass(frozen=True)
class Credentials:
    """Marks of a run's files, and what signs them."""

    identity: str
    """Of what is said: a renewed certificate makes no frame outdated."""
    signature: Signature | None = None
    """None marks without signing, as for a comparison of bytes from before."""
    assertions: tuple[Mapping[str, Any], ...] = ()
    """Of the user."""

    @property
    def attributes(self) -> dict[str, str]:
        """Attributes of EXR, by name."""
        return {SOURCE_TYPE_NAME: SOURCE_TYPE}

    def seal(self, job: Job, note: str) -> Callable[[Path], None] | None:
        """What signs a written file before it gets its name; None where nothing does."""
        signature = self.signature
        if signature is None or not holds_credential(job):
            return None
        source = job.source if job.source.suffix.lower() in HOLD_CREDENTIALS else None
        statement = Statement(job.output.name, note, source, self.assertions)
        return lambda temporary: sign(temporary, signature, statement, to=job.output)

    def mark(self, temporary: Path) -> None:
        """State the digital source type in a written file, where its format has XMP for it."""
        if temporary.suffix.lower() in HOLD_XMP:
            put_source_type(temporary, SOURCE_TYPE)


def holds_credential(job: Job) -> bool:
    """Whether the file of a job gets a credential: copies are nobody's making."""
    return not job.copied and job.output.suffix.lower() in HOLD_CREDENTIALS


def lacking_credentials(jobs: Iterable[Job]) -> Iterator[str]:
    """Notices of files that get no signed credential, as their formats hold none."""
    suffixes = {job.output.suffix.lower() for job in jobs if not job.copied}
    for suffix in sorted(suffixes - HOLD_CREDENTIALS.keys()):
        instead = "attributes say it instead" if suffix == ".exr" else "nothing in it says it"
        yield f"{suffix} holds no content credentials: {instead}"


def read_credentials(path: Path) -> Credentials:
    """Read and try the file of ``--credentials``.

    Raises:
        UsageError: It is not there or not valid, its certificate has expired, or nothing can be
            signed with it; or c2pa-python is not installed.
    """
    require_c2pa()
    values = _values(path)
    signature = Signature(
        _text(path, values, "certificate"),
        _text(path, values, "key"),
        values["algorithm"],
        values.get("timestamp"),
    )
    _refuse_out_of_date(path, values["certificate"], signature.certificates)
    problem = try_signature(signature)
    if problem:
        raise UsageError(
            f"--credentials {path}: cannot sign: {problem}",
            hint="key and algorithm have to be those of the first certificate; keys have no"
            " password",
        )
    assertions = tuple(values.get("assertions", ()))
    said = json.dumps([SOURCE_TYPE, assertions], sort_keys=True, default=str)
    return Credentials(hashlib.sha256(said.encode()).hexdigest(), signature, assertions)


def _values(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--credentials {path}: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--credentials {path}: not TOML: {error}") from error
    for name, value in values.items():
        if name not in _KEYS:
            near = nearest(name, _KEYS)
            hint = f"did you mean {near}?" if near else f"it takes {', '.join(_KEYS)}"
            raise UsageError(f"--credentials {path}: unknown key {name}", hint=hint)
        if not isinstance(value, _KEYS[name]):
            kind = "text" if _KEYS[name] is str else "a list of tables, [[assertions]]"
            raise UsageError(f"--credentials {path}: {name}: expected {kind}, got {value!r}")
    _check_values(path, values)
    return values


def _check_values(path: Path, values: dict[str, Any]) -> None:
    lacking = [name for name in _NEEDED if name not in values]
    if lacking:
        raise UsageError(f"--credentials {path} lacks {', '.join(lacking)}")
    if values["algorithm"] not in ALGORITHMS:
        raise UsageError(
            f"--credentials {path}: algorithm: expected one of {', '.join(ALGORITHMS)}, got"
            f" {values['algorithm']!r}"
        )
    for each in values.get("assertions", ()):
        if not isinstance(each, dict) or sorted(each) != ["data", "label"]:
            raise UsageError(f"--credentials {path}: assertions: each has a label and data, alone")


def _text(path: Path, values: dict[str, Any], name: str) -> str:
    """A PEM file that a key names."""
    named = path.parent / str(values[name])
    try:
        return named.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not PEM"
        raise UsageError(f"--credentials {path}: {name} {named}: {reason}") from error


def _refuse_out_of_date(path: Path, name: str, certificates: str) -> None:
    from cryptography import x509

    try:
        chain = x509.load_pem_x509_certificates(certificates.encode())
    except ValueError as error:
        raise UsageError(f"--credentials {path}: certificate {name}: not PEM: {error}") from error
    now = datetime.now(UTC)
    for each in chain:
        who = each.subject.rfc4514_string()
        if each.not_valid_after_utc < now:
            raise UsageError(
                f"--credentials {path}: the certificate of {who} expired on"
                f" {each.not_valid_after_utc:%Y-%m-%d}",
                hint="get a new one from whoever issued it, or leave out --credentials",
            )
        if each.not_valid_before_utc > now:
            raise UsageError(
                f"--credentials {path}: the certificate of {who} is not valid before"
                f" {each.not_valid_before_utc:%Y-%m-%d}",
                hint="is this machine's clock right?",
            )
