"""The public `preprocess` function: checks of a run before its pipeline begins."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ganfx.errors import MediaError, UsageError
from ganfx.media.cores import usable_cores
from ganfx.media.file_search import unread_files
from ganfx.media.formats import FORMATS
from ganfx.media.headers import count_parts
from ganfx.media.own_outputs import own_outputs
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.sources import Credits
from ganfx.preprocess.events import Event
from ganfx.preprocess.journal import Journal
from ganfx.preprocess.manifest import describe_run
from ganfx.preprocess.options import Options, check
from ganfx.preprocess.output_folder import (
    FolderContents,
    check_contents,
    claim,
    inspect_folder,
    is_up_to_date,
    refuse_overlap,
)
from ganfx.preprocess.pipeline import Pipeline, nothing_to_do
from ganfx.preprocess.pool import one_thread_each
from ganfx.preprocess.report import report_folder
from ganfx.quality.wording import some


def preprocess(
    source: Path,
    out: Path,
    options: Options,
    *,
    preset: str = "",
    dry_run: bool = False,
    report: bool = False,
    resume: bool = False,
    overwrite: bool = False,
    workers: int | None = None,
) -> Generator[Event, None, None]:
    """Prepare training pictures from a source, yielding events.

    Prints nothing and never writes to the source. The pictures, their names and the manifest
    depend on the source and the options alone. Stopping early (closing the iterator; use
    ``contextlib.closing``) finishes the pictures in progress and leaves only complete files.

    Args:
        source: A folder tree, a picture, a video, or a sequence in fileseq's notation.
        out: The folder for the pictures, ``manifest.jsonl`` and ``SOURCES.tsv``.
        options: Options of the run; see `ganfx.preprocess.find_preset`.
        preset: Name of the options, for the manifest.
        dry_run: Count only; write nothing but the report.
        report: Write contact sheets into a folder beside ``out``.
        resume: Continue an interrupted run with the same options.
        overwrite: Replace the files of an earlier run.
        workers: Number of threads; by default one for each core.

    Raises:
        UsageError: The source or the options are invalid; nothing is written.
        MediaError: The folder cannot be written.
        GanfxError: No picture is left of the source; raised after the last event.
    """
    _check_request(options, workers, resume=resume, overwrite=overwrite)
    shots, own = _find_shots(source, out, options, report=report)
    credits = Credits(file for shot in shots for file in shot.files)
    described, contents = describe_run(source, options), inspect_folder(out)
    allowed = _check(out, contents, described, resume, overwrite, dry_run=dry_run)
    notices = [*allowed, *_left_out(source, shots, own)]
    if resume and contents.journal is None and is_up_to_date(out, shots, options):
        yield from nothing_to_do(source, out, shots)
        return
    with _prepared(out, contents, described, resume=resume, dry_run=dry_run) as journal:
        pipeline = Pipeline(
            source=source,
            out=out,
            options=options,
            dry_run=dry_run,
            report=report,
            workers=workers or usable_cores(),
            shots=shots,
            credits=credits,
            head={**described, "preset": preset},
            notices=notices,
            journal=journal,
        )
        with _how_to_go_on():
            yield from pipeline.events()


def _check_request(options: Options, workers: int | None, *, resume: bool, overwrite: bool) -> None:
    """Refuse what contradicts itself, before anything is looked at."""
    check(options)
    if resume and overwrite:
        raise UsageError("--resume and --overwrite: choose one")
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers}: must be at least 1")


def _find_shots(
    source: Path, out: Path, options: Options, *, report: bool
) -> tuple[list[Shot], list[Path]]:
    """Find the shots of the source; refuse an output or report folder that overlaps it.

    Returns:
        The shots, and the files that `ganfx stylize` wrote, which are no sources.
    """
    own: list[Path] = []

    def choose(files: list[Path]) -> list[Path]:
        own.extend(own_outputs(files) if source.is_dir() else [])
        left_out = set(own)
        return [file for file in files if file not in left_out]

    shots = find_shots(source, frames=options.frames, choose=choose)
    refuse_overlap(source, shots, out, called="the output")
    if report:
        refuse_overlap(source, shots, report_folder(out), called="the report")
    return shots, own


@contextmanager
def _prepared(
    out: Path,
    contents: FolderContents,
    described: Mapping[str, Any],
    *,
    resume: bool,
    dry_run: bool,
) -> Iterator[Journal]:
    """The journal of the run, once the folder is its own; none is kept in a dry run."""
    with one_thread_each():
        none = Journal(None, {})
        journal = none if dry_run else claim(out, contents, described, resume=resume)
        with closing(journal):
            yield journal


def _left_out(source: Path, shots: list[Shot], own: list[Path]) -> Iterator[str]:
    """Notices of files of the source that are not taken."""
    unread = unread_files(source) if source.is_dir() else []
    if own:
        yield f"left out, as ganfx stylize wrote them: {some(list(map(str, own)))}"
    if unread:
        yield f"left out, as this format is not read: {some(list(map(str, unread)))}"
    pages = [str(file) for shot in shots for file in shot.files if _has_pages(file)]
    if pages:
        yield f"only the first page is taken: {some(pages)}"


def _has_pages(file: Path) -> bool:
    if FORMATS.get(file.suffix.lower()) != "tiff":
        return False
    try:
        return count_parts(file) > 1
    except MediaError:  # told when it is read
        return False


@contextmanager
def _how_to_go_on() -> Iterator[None]:
    """Add a hint to errors of writing: mostly a full disk."""
    try:
        yield
    except MediaError as error:
        hint = "make room there and continue with --resume, or choose another folder"
        raise MediaError(error.message, hint=hint) from error


def _check(
    out: Path,
    contents: FolderContents,
    described: Mapping[str, Any],
    resume: bool,
    overwrite: bool,
    *,
    dry_run: bool,
) -> Iterator[str]:
    """Refuse an output folder that may not be written; yields notices about it."""
    try:
        check_contents(out, contents, described, resume=resume, overwrite=overwrite)
    except UsageError as error:
        if not dry_run:
            raise
        yield f"{error.message} ({error.hint})"
        return
    if contents.foreign:
        yield f"kept, as preprocess did not write them: {some(contents.foreign)} in {out}"
