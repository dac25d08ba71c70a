"""Versions of hosts, as far as their makers say what these take."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ganfx.errors import UsageError
from ganfx.styles.export.options import ExportOptions

Version = tuple[int, int]
"""Major and minor."""

OLD_TORCH = {(13, 0): "1.6", (14, 0): "1.12", (15, 0): "1.12"}
"""PyTorch in Nuke: Foundry's guides to .cat files, by the first version that has it."""
NUKE_FROM, FLAME_FROM = (15, 1), (2025, 2)
"""Nuke with a PyTorch of 2.x; Flame with named channels in its models (Autodesk's help)."""
UNITY_OPSETS: list[tuple[Version, int]] = [((2, 6), 25), ((1, 0), 15)]
"""Latest opset of Unity's package, by the first version that takes it (its manuals)."""


@dataclass(frozen=True)
class Host:
    """A host by name and version."""

    name: str
    version: Version


def check_host(options: ExportOptions) -> None:
    """Refuse a host that does not take what would be written; "" is any.

    Raises:
        UsageError: It does not, or it is none that goes with the target.
    """
    if not options.host:
        return
    host = _parsed(options)
    if host.name == "nuke" and host.version < NUKE_FROM:
        _refuse_nuke(host)
    if host.name == "flame" and host.version < FLAME_FROM:
        raise UsageError(
            f"--host {options.host}: Flame reads these models from 2025.2 on",
            hint="on older ones use ganfx stylize, and import its frames",
        )
    if host.name == "unity":
        _check_opset(host, options.opset)


def _parsed(options: ExportOptions) -> Host:
    names = {"nuke": ("nuke",), "flame": ("flame",), "engine": ("unity", "unreal")}
    known = names.get(options.to, ())
    if not known:
        raise UsageError(
            f"--host {options.host}: {options.to} is a file format, and has no host",
            hint="hosts are those of --to nuke, flame and engine",
        )
    found = re.fullmatch(r"(?:([a-z]+)\s*)?(\d+(?:\.\d+)*)(?:v\d+)?", options.host.strip().lower())
    name = (found[1] or known[0]) if found else ""
    if found is None or name not in known or (options.to == "engine" and not found[1]):
        example = "'unity 2.1' or 'unreal 5.5'" if options.to == "engine" else f"'{known[0]} 2026'"
        raise UsageError(f"--host {options.host}: expected a version, such as {example}")
    major, minor, *_ = (*map(int, found[2].split(".")), 0)
    return Host(name, (major, minor))


def _refuse_nuke(host: Host) -> None:
    has = [torch for first, torch in OLD_TORCH.items() if host.version >= first]
    torch = f"has PyTorch {has[-1]}, which" if has else "has no Inference node that"
    raise UsageError(
        f"Nuke {'.'.join(map(str, host.version))} {torch} does not read this TorchScript",
        hint="it is for Nuke 15.1 and later; before, use ganfx stylize and read its frames",
    )


def _check_opset(host: Host, opset: int) -> None:
    most = next((last for first, last in UNITY_OPSETS if host.version >= first), 0)
    if opset > most:
        takes = f"takes opsets up to {most}" if most else "is before Sentis 1.0"
        raise UsageError(
            f"--opset {opset}: Unity's package {'.'.join(map(str, host.version))} {takes}",
            hint=f"use --opset {most}" if most else "update the package com.unity.ai.inference",
        )
