"""Certificates that tests sign with, made when they run and worth nothing afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Days:
    """From when to when, from today."""

    first: int = -1
    last: int = 30


def credentials_file(folder: Path, days: Days | None = None, more: str = "") -> Path:
    """A file for ``--credentials`` with a chain of two certificates and a key."""
    root_key, key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    valid = days or Days()
    root = _certificate("root", root_key, "root", root_key, valid, authority=True)
    leaf = _certificate("leaf", key, "root", root_key, valid, authority=False)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "chain.pem").write_bytes(
        leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    path = folder / "signing.toml"
    told = 'certificate = "chain.pem"\nkey = "key.pem"\nalgorithm = "es256"\n'
    path.write_text(told + more)
    return path


def _certificate(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: EllipticCurvePrivateKey,
    days: Days,
    *,
    authority: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(_named(issuer), _named(name), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days.first))
        .not_valid_after(now + timedelta(days=days.last))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(_usage(authority=authority), critical=True)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Throwaway"),
        ]
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    """To sign certificates, or to sign all else."""
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
