"""Selection over the whole set: near-duplicates, too small pieces, and output files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ganfx.preprocess.duplicates import find_duplicates
from ganfx.preprocess.geometry import plan
from ganfx.preprocess.inputs import Source
from ganfx.preprocess.journal import Survey
from ganfx.preprocess.names import base_names, file_names
from ganfx.preprocess.options import Options
from ganfx.preprocess.pieces import Piece


@dataclass(frozen=True)
class Record:
    """State of one source: its analysis, or the reason why it failed."""

    key: str
    path: Path
    source: Source | None = None
    survey: Survey | None = None
    failed: str = ""
    """Reason why the source cannot be used; "" if it can."""


@dataclass(frozen=True)
class Output:
    """One kept piece and its output files."""

    source: Source
    piece: Piece
    tone: tuple[float, ...]
    """`Tone` of the piece, if tones are matched; else empty."""
    files: tuple[str, ...]
    """Relative to the output folder."""

    @property
    def key(self) -> str:
        """Unique key of the piece, from which random choices are derived."""
        return piece_key(self.source.key, self.piece)


def piece_key(key: str, piece: Piece) -> str:
    """Key of a piece: the key of its source, with the part of a split page."""
    return f"{key} {piece.part}" if piece.part else key


def without_broken_videos(records: Sequence[Record]) -> list[Record]:
    """Records without the frames of videos that turned out to be damaged."""
    broken = {record.path for record in records if record.source is None and record.failed}
    return [record for record in records if record.source is None or record.path not in broken]


def select_pieces(records: Sequence[Record], options: Options) -> list[Record]:
    """Drop near-duplicates, and pieces that are smaller than the crop.

    Returns:
        The records, with dropped pieces marked.
    """
    pieces = _kept(records)
    changes = dict[tuple[int, int], Piece]()
    for (place, key), piece in pieces:
        if not plan(piece.width, piece.height, options, key):
            changes[place] = _too_small(piece, options)
    left = [(place, key, piece) for (place, key), piece in pieces if place not in changes]
    if options.duplicates and len(left) > 1:
        same = find_duplicates([(key, piece) for _, key, piece in left])
        for lost, found in same.items():
            (place, _, piece), (_, key, better) = left[lost], left[found]
            changes[place] = _same(piece, key, better)
    return [_changed(record, index, changes) for index, record in enumerate(records)]


def outputs_of(
    records: Sequence[Record], options: Options, reserved: Collection[str]
) -> list[Output]:
    """List the kept pieces with their output files, in the order of the sources.

    Args:
        records: From `select_pieces`.
        options: Options of the run.
        reserved: Names of other files in the output folder.
    """
    bases = base_names([record.key for record in records], flat=options.flat)
    found = [
        (record, record.source, piece, index)
        for record in records
        if record.survey is not None and record.source is not None
        for index, piece in enumerate(record.survey.pieces)
        if not piece.dropped
    ]
    wanted = [
        (
            record.key,
            piece.part,
            plan(piece.width, piece.height, options, piece_key(record.key, piece)),
        )
        for record, _, piece, _ in found
    ]
    names = file_names(bases, wanted, suffix=f".{options.format}", reserved=reserved)
    return [
        Output(source, piece, _tone(record, index), files)
        for (record, source, piece, index), files in zip(found, names, strict=True)
    ]


def _kept(records: Sequence[Record]) -> list[tuple[tuple[tuple[int, int], str], Piece]]:
    """Pieces not dropped so far, with their position and key."""
    return [
        (((index, number), piece_key(record.key, piece)), piece)
        for index, record in enumerate(records)
        if record.survey is not None
        for number, piece in enumerate(record.survey.pieces)
        if not piece.dropped
    ]


def _too_small(piece: Piece, options: Options) -> Piece:
    window = f"{options.crop_width}x{options.crop_height}"
    detail = f"{piece.width}x{piece.height}, shaped and scaled, is smaller than {window}"
    return replace(piece, dropped="crop", detail=detail)


def _same(piece: Piece, key: str, better: Piece) -> Piece:
    larger = better.width * better.height > piece.width * piece.height
    reason = "which is larger" if larger else "which comes first"
    return replace(piece, dropped="duplicate", detail=f"the same as {key}, {reason}")


def _changed(record: Record, index: int, changes: dict[tuple[int, int], Piece]) -> Record:
    survey = record.survey
    if survey is None:
        return record
    pieces = (changes.get((index, n), piece) for n, piece in enumerate(survey.pieces))
    return replace(record, survey=replace(survey, pieces=tuple(pieces)))


def _tone(record: Record, index: int) -> tuple[float, ...]:
    tones = record.survey.tones if record.survey else ()
    return tones[index] if tones else ()
