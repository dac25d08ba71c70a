"""Work on one source in a thread of the pool: analysis in the first pass, writing in the second."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ganfx.media.background import Color, parse_color
from ganfx.media.frame_reading import to_floats
from ganfx.media.icc import to_srgb
from ganfx.media.scans import Pixels, Scan, ScanDepth, write_scan
from ganfx.preprocess.geometry import render
from ganfx.preprocess.halftone import descreened, find_halftone
from ganfx.preprocess.inputs import Item, Seen, Unreadable, reason
from ganfx.preprocess.journal import Journal, Survey, Written
from ganfx.preprocess.options import Options
from ganfx.preprocess.pieces import Piece
from ganfx.preprocess.selection import Output, Record
from ganfx.preprocess.survey import cut, make_thumbnail, survey
from ganfx.preprocess.tone import Tone, match, measure_tone


def background_of(options: Options) -> Color:
    """Background of transparent pixels."""
    return parse_color(options.background, "--background")


@dataclass(frozen=True)
class Surveyor:
    """Analyses sources, and records the results in the journal."""

    options: Options
    journal: Journal

    def __call__(self, found: Item | Unreadable | Seen) -> tuple[Record, bool] | Seen:
        """Analyse a source; returns its record, and whether that is from the journal."""
        if isinstance(found, Seen):
            return found
        if isinstance(found, Unreadable):
            return Record(found.key, found.path, failed=found.reason), False
        source = found.source
        known = self.journal.surveyed(source.key, source.stamp)
        if known is not None:
            return Record(source.key, source.path, source, known), True
        try:
            new = self._survey(found.load(background_of(self.options)))
        except Exception as error:  # of this source: the others go on
            told = reason(error, source.path)
            return Record(source.key, source.path, source, failed=told), False
        self.journal.record_survey(source.key, source.stamp, new)
        return Record(source.key, source.path, source, new), False

    def _survey(self, scan: Scan) -> Survey:
        height, width = scan.pixels.shape[:2]
        pieces = tuple(survey(scan, self.options))
        tones = tuple(_tone(scan, piece) for piece in pieces) if self.options.evens_tone else ()
        return Survey(width, height, pieces, tones, scan.problem, scan.transparent)


@dataclass(frozen=True)
class Writer:
    """Writes the output files of sources, and records them in the journal."""

    options: Options
    folder: Path
    journal: Journal
    common: Tone | None
    """Target of tone matching; None for no matching."""

    def __call__(self, job: tuple[Item | Unreadable, Sequence[Output]]) -> str:
        """Write the pieces of one source, once all of them are processed.

        Returns:
            The reason of a failure, or "".

        Raises:
            MediaError: The folder cannot be written.
        """
        item, outputs = job
        if isinstance(item, Unreadable):
            return item.reason
        try:
            scan = item.load(background_of(self.options))
            made = [self._rendered(scan, output) for output in outputs]
        except Exception as error:  # of this source: the others go on
            return reason(error, item.source.path)
        for output, pictures in zip(outputs, made, strict=True):
            sizes = dict[str, int]()
            for name, pixels in zip(output.files, pictures, strict=True):
                path = self.folder / name
                write_scan(path, self._finished(pixels, scan, output), self._depth(pixels))
                sizes[name] = path.stat().st_size
            self.journal.record_written(output.key, Written(self._digest(output), sizes))
        return ""

    def is_finished(self, output: Output) -> bool:
        """Whether the files of a piece exist and are up to date."""
        written = self.journal.written(output.key)
        if written is None or written.digest != self._digest(output):
            return False
        with suppress(OSError):
            sizes = written.files.items()
            return all((self.folder / name).stat().st_size == size for name, size in sizes)
        return False

    def _rendered(self, scan: Scan, output: Output) -> list[Pixels]:
        """Pictures of one piece, in the colour space and depth of the source."""
        pixels = cut(scan.pixels, output.piece)
        if "descreen" in output.piece.edits:
            halftone = find_halftone(pixels)
            pixels = descreened(pixels, halftone) if halftone else pixels
        return [made for _, made in render(pixels, self.options, output.key)]

    def _finished(self, pixels: Pixels, scan: Scan, output: Output) -> Pixels:
        """A picture converted to sRGB, with its tone matched."""
        if scan.profile is None and self.common is None:
            return pixels
        rgb = to_srgb(to_floats(pixels), scan.profile)
        if self.common is not None:
            rgb = match(rgb, Tone(*output.tone), self.common, fully=self.options.full_range)
        return rgb

    def _depth(self, pixels: Pixels) -> ScanDepth:
        deep = self.options.depth == "16"
        if self.options.depth == "source":
            deep = pixels.dtype != np.uint8 and self.options.format != "jpg"
        return "uint16" if deep else "uint8"

    def _digest(self, output: Output) -> str:
        """SHA-256 of everything that a piece's files depend on, except for the options."""
        values = [
            output.source.stamp,
            asdict(output.piece),
            output.tone,
            self.common,
            output.files,
        ]
        return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def _tone(scan: Scan, piece: Piece) -> tuple[float, ...]:
    if piece.dropped:
        return ()
    tone = measure_tone(np.asarray(cut(make_thumbnail(scan), piece), np.uint8))
    return tuple(float(value) for value in tone)
