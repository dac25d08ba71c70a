"""Pipeline of a run: analyse all sources, select over the set, write the pictures, report."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from ganfx.errors import GanfxError
from ganfx.media.sequences import Shot
from ganfx.media.sources import Credits
from ganfx.preprocess.events import (
    Event,
    FramesSeen,
    Notice,
    PassStarted,
    PieceShown,
    PreprocessDone,
    PreprocessStarted,
    ReportWritten,
    SourceFailed,
    SourceSurveyed,
    SourceWritten,
)
from ganfx.preprocess.inputs import Seen, find_items, reopen
from ganfx.preprocess.journal import JOURNAL, Journal
from ganfx.preprocess.manifest import (
    manifest_lines,
    read_manifest,
    write_credits,
    write_manifest,
    written_files,
)
from ganfx.preprocess.options import Options, switch
from ganfx.preprocess.output_folder import clear_old, remove
from ganfx.preprocess.pool import in_order
from ganfx.preprocess.report import choose_shown, make_report, report_folder
from ganfx.preprocess.selection import (
    Output,
    Record,
    outputs_of,
    select_pieces,
    without_broken_videos,
)
from ganfx.preprocess.tone import Tone, common_tone, full_range
from ganfx.preprocess.workers import Surveyor, Writer
from ganfx.quality.wording import listed

_SHOWN_FAILURES = 5


@dataclass
class Pipeline:
    """State of one run: its settings, and results so far."""

    source: Path
    out: Path
    options: Options
    dry_run: bool
    report: bool
    workers: int
    shots: Sequence[Shot]
    credits: Credits
    head: Mapping[str, Any]
    notices: Sequence[str]
    journal: Journal
    begun: float = field(default_factory=time.monotonic)
    records: list[Record] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    megapixels: float = 0.0

    def events(self) -> Iterator[Event]:
        """Run all passes, yielding events.

        Raises:
            MediaError: The output folder cannot be written.
            GanfxError: No picture is left; raised after the last event.
        """
        yield _started(self.source, self.out, self.shots, self.workers, self.journal.begun)
        yield from (Notice(message) for message in self.notices)
        yield from self._survey()
        self.records = select_pieces(without_broken_videos(self.records), self.options)
        taken = self.journal.head.get("foreign", ())
        self.outputs = outputs_of(self.records, self.options, taken)
        if self.outputs and not self.dry_run:
            yield from self._write()
        if self.report:
            yield from self._report()
        if not self.dry_run:
            self._finish()
        yield self._done()
        if not self.outputs:
            raise self._nothing_left()

    def _survey(self) -> Iterator[Event]:
        """First pass: analyse all sources."""
        yield PassStarted("surveying", _total(self.shots, self.options))
        work = Surveyor(self.options, self.journal)
        with (
            closing(
                find_items(self.shots, self.options, self.journal, workers=self.workers)
            ) as found,
            closing(in_order(work, found, self.workers)) as results,
        ):
            for _, result in results:
                if isinstance(result, Seen):
                    yield FramesSeen(result.key, result.frames)
                    continue
                record, resumed = result
                self.records.append(record)
                if record.survey is None:
                    yield SourceFailed(record.key, record.failed)
                    continue
                if not resumed:
                    self.megapixels += record.survey.width * record.survey.height / 1e6
                dropped = tuple(piece.dropped for piece in record.survey.pieces)
                yield SourceSurveyed(record.key, dropped, resumed)
        yield from self._transparency_notices()
        wrong = [(r.key, r.survey.profile) for r in self.records if r.survey and r.survey.profile]
        if wrong:
            key, problem = wrong[0]
            yield Notice(
                f"taken as sRGB, as their colour profiles cannot be used: {len(wrong)} of"
                f" {len(self.records)} sources, the first is {key} ({problem})"
            )

    def _transparency_notices(self) -> Iterator[Notice]:
        found = [r.key for r in self.records if r.survey and r.survey.transparent]
        if found:
            yield Notice(
                f"{len(found)} of {len(self.records)} sources are transparent in part and put on"
                f" {self.options.background}, the first is {found[0]} (--background COLOR takes"
                " another colour)"
            )

    def _write(self) -> Iterator[Event]:
        """Second pass: write the kept pieces of each source."""
        clear_old(self.out, self.journal)
        writer = Writer(self.options, self.out, self.journal, self._common_tone())
        by_source = {
            source: list(group) for source, group in groupby(self.outputs, lambda each: each.source)
        }
        yield PassStarted("writing", len(by_source))
        waiting = []
        for source, outputs in by_source.items():
            if all(writer.is_finished(output) for output in outputs):
                yield SourceWritten(source.key, _files(outputs), resumed=True)
            else:
                waiting.append(source)
        jobs = zip(reopen(waiting), map(by_source.__getitem__, waiting), strict=True)
        failed = dict[str, str]()
        with closing(in_order(writer, jobs, self.workers)) as results:
            for (_, outputs), reason in results:
                key = outputs[0].source.key
                if reason:
                    failed[key] = reason
                    yield SourceFailed(key, reason)
                else:
                    yield SourceWritten(key, _files(outputs), resumed=False)
        self._give_up(failed)

    def _give_up(self, failed: Mapping[str, str]) -> None:
        """Mark sources as failed that could be read in the first pass, but not again."""
        self.outputs = [each for each in self.outputs if each.source.key not in failed]
        self.records = [
            replace(record, failed=failed[record.key], survey=None)
            if record.key in failed
            else record
            for record in self.records
        ]

    def _common_tone(self) -> Tone | None:
        if not self.options.evens_tone:
            return None
        common = common_tone([Tone(*output.tone) for output in self.outputs])
        return full_range(common) if self.options.full_range else common

    def _report(self) -> Iterator[Event]:
        """Last pass: contact sheets of dropped and kept pieces."""
        written = None if self.dry_run else self.out
        shown = choose_shown(self.records, self.outputs, written)
        folder, written_pages = report_folder(self.out), 0
        yield PassStarted("reporting", len({each.source.key for each in shown}))
        with closing(make_report(shown, folder, workers=self.workers)) as progress:
            for pages in progress:
                written_pages = pages
                yield PieceShown()
        if written_pages:
            yield ReportWritten(folder, written_pages)

    def _finish(self) -> None:
        """Write the manifest and the credits, and delete the journal of a complete run."""
        if self.outputs:
            names = {name for output in self.outputs for name in output.files}
            remove(self.out, sorted(self.journal.files - names))
            write_credits(self.out, self.outputs, self.credits)
            head = {**self.head, "files": sum(len(shot.files) for shot in self.shots)}
            lines = manifest_lines(head, self.records, self.outputs, self.credits)
            write_manifest(self.out, lines)
        old = set(written_files(read_manifest(self.out)[1]))
        left = not self.outputs and not set(self.journal.head.get("old", ())) <= old
        if left or any(record.failed for record in self.records if self.outputs):
            return  # --resume tries those again, --overwrite needs the list of files
        self.journal.close()
        with suppress(OSError):  # as is a folder with anything in it
            (self.out / JOURNAL).unlink()
            self.out.rmdir()

    def _done(self) -> PreprocessDone:
        pieces = [piece for r in self.records if r.survey for piece in r.survey.pieces]
        dropped = Counter(piece.dropped for piece in pieces)
        kept = dropped.pop("", 0)
        edits = Counter(edit for p in pieces if not p.dropped for edit in p.edits)
        return PreprocessDone(
            sources=len(self.records),
            kept=kept,
            dropped=dict(dropped.most_common()),
            edits=dict(edits.most_common()),
            failed=sum(bool(record.failed) for record in self.records),
            files=sum(len(output.files) for output in self.outputs),
            megapixels=round(self.megapixels, 1),
            dry_run=self.dry_run,
            seconds=round(time.monotonic() - self.begun, 1),
            output=self.out,
        )

    def _nothing_left(self) -> GanfxError:
        done = self._done()
        failed = [f"{record.key}: {record.failed}" for record in self.records if record.failed]
        lines = listed(failed, _SHOWN_FAILURES)
        if not done.dropped:
            message = f"none of {self.source} could be read"
            return GanfxError("\n".join([message, *lines]), hint="copy them again")
        counts = ", ".join(f"{number} {why}" for why, number in done.dropped.items())
        unread = f"; {done.failed} could not be read" if failed else ""
        return GanfxError(
            "\n".join([f"nothing is left of {self.source}: dropped {counts}{unread}", *lines]),
            hint=f"{switch(next(iter(done.dropped)))} turns the filter off that dropped most;"
            " --report shows what it dropped",
        )


def nothing_to_do(source: Path, out: Path, shots: Sequence[Shot]) -> Iterator[Event]:
    """Events of a finished run that is up to date."""
    begun = time.monotonic()
    yield _started(source, out, shots, 1, True)
    yield Notice(f"{out} is finished and up to date: there is nothing to do")
    _, entries = read_manifest(out)
    pieces = [piece for entry in entries for piece in entry.get("pieces", ())]
    dropped = Counter(piece.get("dropped", "") for piece in pieces)
    kept = dropped.pop("", 0)
    edits = Counter(edit for p in pieces if "dropped" not in p for edit in p["edits"])
    yield PreprocessDone(
        sources=len(entries),
        kept=kept,
        dropped=dict(dropped.most_common()),
        edits=dict(edits.most_common()),
        failed=0,
        files=sum(1 for _ in written_files(entries)),
        megapixels=0.0,
        dry_run=False,
        seconds=round(time.monotonic() - begun, 1),
        output=out,
    )


def _started(
    source: Path, out: Path, shots: Sequence[Shot], workers: int, resumed: bool
) -> PreprocessStarted:
    counts = Counter[str]()
    for shot in shots:
        counts[shot.kind] += len(shot.files)
    return PreprocessStarted(
        source=source,
        output=out,
        shots=len(shots),
        stills=counts["stills"],
        frames=counts["sequence"],
        videos=counts["video"],
        workers=workers,
        resumed=resumed,
    )


def _total(shots: Sequence[Shot], options: Options) -> int | None:
    """Number of pictures to analyse; None if it is known only after decoding."""
    if any(shot.kind == "video" or (shot.kind == "sequence" and options.per_cut) for shot in shots):
        return None
    thinned = (shot.files[:: options.every if shot.kind == "sequence" else 1] for shot in shots)
    return sum(len(files) for files in thinned)


def _files(outputs: Sequence[Output]) -> tuple[str, ...]:
    return tuple(name for output in outputs for name in output.files)
