"""Manifest and credits of a run: ``manifest.jsonl`` and ``SOURCES.tsv`` in the output folder.

The manifest begins with a description of the run that suffices to repeat it, followed by a line
for each source in order: its output files, or the reason why there are none. It depends on
nothing but the sources and the options.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import imagehash
import numpy as np
import OpenImageIO as oiio  # noqa: N813

from ganfx import __version__
from ganfx.media.atomic import cannot_write, replacing
from ganfx.media.sources import AUTHOR, FILE, LICENSE, Credits, write_sources
from ganfx.media.sources import NAME as SOURCES
from ganfx.preprocess.options import Options
from ganfx.preprocess.pieces import Piece
from ganfx.preprocess.selection import Output, Record

MANIFEST = "manifest.jsonl"


def describe_run(source: Path, options: Options) -> dict[str, Any]:
    """Describe a run: versions, source and options, all that its results depend on."""
    return {
        "versions": {
            "ganfx": __version__,
            "opencv": cv2.__version__,
            "openimageio": oiio.VERSION_STRING,
            "numpy": np.__version__,
            "imagehash": imagehash.__version__,
        },
        "source": str(source.absolute()),
        "options": asdict(options),
    }


def manifest_lines(
    head: Mapping[str, Any],
    records: Sequence[Record],
    outputs: Sequence[Output],
    credits: Credits,
) -> Iterator[dict[str, Any]]:
    """Lines of the manifest: the description of the run, then each source."""
    yield dict(head)
    files = {(output.source.key, output.piece.part): output.files for output in outputs}
    for record in records:
        row = credits.of(record.path)
        credit = {name: row[name] for name in (LICENSE, AUTHOR) if row.get(name)}
        line: dict[str, Any] = {"source": record.key, **credit}
        if record.failed or record.survey is None or record.source is None:
            yield {**line, "failed": record.failed}
            continue
        line["bytes"] = record.source.stamp.size
        size = line["size"] = [record.survey.width, record.survey.height]
        if record.survey.profile:
            line["profile"] = record.survey.profile
        line["pieces"] = [
            _piece_line(piece, size, files.get((record.key, piece.part), ()))
            for piece in record.survey.pieces
        ]
        yield line


def write_manifest(folder: Path, lines: Iterable[Mapping[str, Any]]) -> None:
    """Write the manifest atomically.

    Raises:
        MediaError: It cannot be written.
    """
    path = folder / MANIFEST
    with replacing(path) as temporary:
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(json.dumps(line) + "\n" for line in lines)
        except OSError as error:
            raise cannot_write(path, error) from error


def write_credits(folder: Path, outputs: Sequence[Output], credits: Credits) -> None:
    """Write the credits of the output files to the output folder's own ``SOURCES.tsv``.

    A row for each written file, with all columns of its source's row and ``file`` changed.
    Training finds it by `ganfx.media.sources.Credits`. No table is written if no source
    has a row.

    Raises:
        MediaError: It cannot be written.
    """
    columns, rows = [FILE], list[dict[str, str]]()
    for output in outputs:
        row = credits.of(output.source.path)
        if row:
            columns += [name for name in row if name not in columns]
            rows += [{**row, FILE: name} for name in output.files]
    path = folder / SOURCES
    if not rows:
        path.unlink(missing_ok=True)  # of an attempt that was interrupted
        return
    with replacing(path) as temporary:
        try:
            write_sources(temporary, columns, rows)
        except OSError as error:
            raise cannot_write(path, error) from error


def read_manifest(folder: Path) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Read a manifest: the description of the run, and the sources; None without a manifest."""
    lines = list[dict[str, Any]]()
    with suppress(OSError, ValueError):
        for text in (folder / MANIFEST).read_text(encoding="utf-8").splitlines():
            values = json.loads(text)
            if isinstance(values, dict):
                lines.append(values)
    if lines and "versions" in lines[0] and "options" in lines[0]:
        return lines[0], lines[1:]
    return None, []


def written_files(entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """All output files that the lines of a manifest list."""
    for entry in entries:
        for piece in entry.get("pieces", ()):
            yield from piece.get("kept", ())


def _piece_line(piece: Piece, size: Sequence[int], files: Sequence[str]) -> dict[str, Any]:
    line: dict[str, Any] = {
        "part": piece.part,
        "box": piece.box.pixels(size[0], size[1]),
        "angle": piece.angle,
        "edits": piece.edits,
    }
    if piece.dropped:
        line |= {"dropped": piece.dropped, "detail": piece.detail}
    else:
        line["kept"] = files
    return {**line, "numbers": dict(piece.numbers)}
