"""Exports: a look's network written for another program, with a report of how near it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import EXIT_GATE, GanfxError, UsageError
from ganfx.media.atomic import cannot_write, write_bytes
from ganfx.styles.export.built import Built, Order
from ganfx.styles.export.description import left_out
from ganfx.styles.export.engine import build_engine
from ganfx.styles.export.flame import build_flame
from ganfx.styles.export.hosts import check_host
from ganfx.styles.export.nuke import build_nuke
from ganfx.styles.export.onnx_file import build_onnx
from ganfx.styles.export.options import ExportOptions
from ganfx.styles.export.report import Report
from ganfx.styles.export.torchscript import build_torchscript
from ganfx.styles.file import build_generator, load_style
from ganfx.styles.header import SUFFIX
from ganfx.styles.library import find_style

BUILDERS: Mapping[str, Callable[[Order, Path], Built]] = {
    "onnx": lambda order, folder: build_onnx(order),
    "torchscript": lambda order, folder: build_torchscript(order),
    "nuke": build_nuke,
    "flame": lambda order, folder: build_flame(order),
    "engine": lambda order, folder: build_engine(order),
}
"""What makes the files of a target, from a look and the folder that they will lie in."""


class ParityError(GanfxError):
    """An exported network is not near enough to the look's own (exit code 4)."""

    exit_code = EXIT_GATE


@dataclass(frozen=True)
class Exported:
    """What was written."""

    files: tuple[Path, ...]
    """Networks and what hosts read with them; the report last, as JSON and as text."""
    report: Report


def export_style(style: str | Path, options: ExportOptions) -> Exported:
    """Write a look's network for another program.

    Nothing is written of a network that does not come near enough to the look's own, but the
    report that says so.

    Args:
        style: A name or a file: one look, no mix.
        options: What for, and how.

    Raises:
        UsageError: The style or the target is unknown, the host does not take what would be
            written, or there are files of an earlier export.
        StyleError: The file is not usable by this version.
        GanfxError: A package is missing.
        MediaError: The folder cannot be written.
        ParityError: The network comes out otherwise.
    """
    if not options.to:
        expected = ", ".join(BUILDERS)
        raise UsageError("what for? give --to", hint=f"expected one of {expected}")
    check_host(options)
    _refuse_mix(style)
    loaded = load_style(find_style(style))
    order = Order(loaded, build_generator(loaded), options)
    folder = _claimed(options.out or Path(f"{order.name}-{options.to}"))
    built = BUILDERS[options.to](order, folder)
    report = _report(order, built)
    if not report.holds:
        written = _write(folder, _of_report(f"{order.name}.refused", report), overwrite=True)
        raise _refusal(written[-1], report)
    files = {**built.files, **_of_report(f"{order.name}.parity", report)}
    return Exported(_write(folder, files, overwrite=options.overwrite), report)


def _refuse_mix(style: str | Path) -> None:
    text = str(style)
    if text.endswith(SUFFIX) or Path(text).exists():
        return
    if any(sign in text for sign in ",:+"):
        raise UsageError(
            f"{text}: a mix is several networks, and one look is exported at a time",
            hint="export each of its looks, and mix their pictures by their shares",
        )


def _claimed(folder: Path) -> Path:
    """The folder, made if it is missing: what cannot be written should show before the work."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    return folder


def _report(order: Order, built: Built) -> Report:
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in built.files.items()}
    missing = left_out(order.style.header)
    return Report(order.name, order.options.to, hashes, built.rows, built.untried, missing)


def _of_report(name: str, report: Report) -> dict[str, bytes]:
    return {
        f"{name}.json": report.as_json().encode(),
        f"{name}.md": report.as_text().encode(),
    }


def _write(folder: Path, files: Mapping[str, bytes], *, overwrite: bool) -> tuple[Path, ...]:
    there = [name for name in files if (folder / name).exists()]
    if there and not overwrite:
        raise UsageError(
            f"{folder / there[0]} is there already", hint="replace an export with --overwrite"
        )
    for name, data in files.items():
        write_bytes(folder / name, data)
    return tuple(folder / name for name in files)


def _refusal(written: Path, report: Report) -> ParityError:
    worst = max((row for row in report.rows if not row.holds), key=lambda row: row.most)
    return ParityError(
        f"{worst.file} in {worst.runtime} is off by {worst.most:.2g} at"
        f" {worst.width}x{worst.height}, where {worst.allowed:.2g} is allowed",
        hint=f"no network was written; all figures are in {written}",
    )
