"""Packages that only exports need, and that are there if the user wants them."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from ganfx.errors import GanfxError


def need(*packages: str) -> None:
    """Make sure that packages can be imported.

    Raises:
        GanfxError: One is not installed; the hint says how it is.
    """
    for package in packages:
        try:
            import_module(package)
        except ImportError as error:
            raise GanfxError(
                f"this needs the package {package}, which is not installed",
                hint='install it with: pip install "ganfx[export]"',
            ) from error


def version_of(package: str) -> str:
    """The version of an installed package; empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
