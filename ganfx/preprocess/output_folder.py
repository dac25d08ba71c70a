"""Output folder: checks of its contents, and removal of an earlier run's files.

The user's own files are never deleted or replaced. Files of an earlier run are those that its
manifest or journal lists; they are deleted when the new run begins to write, not before.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from ganfx.errors import UsageError
from ganfx.media.atomic import is_temporary
from ganfx.media.sequences import Shot
from ganfx.media.sources import NAME as SOURCES
from ganfx.preprocess.journal import Journal, read_journal
from ganfx.preprocess.manifest import MANIFEST, read_manifest, written_files
from ganfx.preprocess.options import Options, flag
from ganfx.quality.wording import some

_WRITTEN = (".png", ".jpg", ".tif", ".tsv", ".jsonl")  # of temporary files of a killed run


@dataclass(frozen=True)
class FolderContents:
    """Contents of an output folder."""

    journal: Mapping[str, Any] | None
    """The first line of the journal of an unfinished run."""
    manifest: Mapping[str, Any] | None
    """The first line of a finished run's manifest."""
    ours: tuple[str, ...]
    """Pictures that an earlier run wrote, relative to the folder."""
    foreign: tuple[str, ...]
    """Other files, hidden ones left out."""


def refuse_overlap(source: Path, shots: Iterable[Shot], folder: Path, *, called: str) -> None:
    """Refuse an output folder that contains sources or is inside them, links resolved.

    Args:
        source: The source.
        shots: Shots of the source.
        folder: The folder to write to.
        called: Name of the folder in messages: "the output".

    Raises:
        UsageError: They overlap.
    """
    hint = "choose a folder beside it"
    place = folder.resolve()
    if source.is_dir():
        root = source.resolve()
        if place == root:
            raise UsageError(f"{called} {folder} is the source itself", hint=hint)
        if place.is_relative_to(root):
            raise UsageError(f"{called} {folder} is inside the source {source}", hint=hint)
        if root.is_relative_to(place):
            raise UsageError(f"the source {source} is inside {called} {folder}", hint=hint)
    folders = {file.parent for shot in shots for file in (*shot.files, *shot.on_disk.values())}
    for each in sorted(folders):
        if each.resolve().is_relative_to(place):
            raise UsageError(f"{each}, which is to be read, is inside {called} {folder}", hint=hint)


def inspect_folder(folder: Path) -> FolderContents:
    """List an output folder: files of an earlier run, and others.

    Raises:
        UsageError: The path is not a folder, or cannot be listed.
    """
    names = _names_in(folder)
    lines = list(read_journal(folder))
    journal = lines[0] if lines else None
    head, entries = read_manifest(folder)
    ours = set(written_files(entries))
    for line in lines:
        ours.update(line.get("files", ()) if "written" in line else ())
    if journal and not any(line.get("cleared") for line in lines):
        ours.update(journal.get("old", ()))
    known = {SOURCES, MANIFEST} if journal or head else set[str]()
    safe = tuple(sorted(name for name in ours if _is_safe(name)))
    return FolderContents(journal, head, safe, tuple(sorted(names - set(safe) - known)))


def check_contents(
    folder: Path,
    contents: FolderContents,
    run: Mapping[str, Any],
    *,
    resume: bool,
    overwrite: bool,
) -> None:
    """Refuse an output folder with files that the run may not touch.

    Args:
        folder: The output folder.
        contents: From `inspect_folder`.
        run: Description of the new run, as in its journal.
        resume: Whether an unfinished run may be continued.
        overwrite: Whether the files of an earlier run may be deleted.

    Raises:
        UsageError: The folder holds another run or other files.
    """
    head = contents.journal.get("run") if contents.journal else contents.manifest
    if resume and head:
        _refuse_other_run(folder, head, run)
    elif contents.journal and not overwrite:
        raise UsageError(
            f"{folder} holds a run that was not finished",
            hint="continue it with --resume, or begin anew with --overwrite",
        )
    elif contents.manifest and not overwrite:
        raise UsageError(
            f"{folder} holds the pictures of another run",
            hint="replace them with --overwrite, or choose another folder",
        )
    if not head:
        _refuse_foreign(folder, contents.foreign, overwrite=overwrite)


def is_up_to_date(folder: Path, shots: Sequence[Shot], options: Options) -> bool:
    """Whether a finished run with the same options is up to date.

    It is if all output files exist, and every source has its recorded size and is older than
    the manifest.
    """
    head, entries = read_manifest(folder)
    files = [(file, shot) for shot in shots for file in shot.files]
    if head is None or head.get("files") != len(files) or any("failed" in e for e in entries):
        return False
    since = (folder / MANIFEST).stat().st_mtime_ns
    sizes = {entry["source"]: entry["bytes"] for entry in entries}
    sizes |= {key.rpartition("#")[0]: size for key, size in sizes.items()}  # of videos
    for file, shot in files:
        status, size = file.stat(), sizes.get(file.relative_to(shot.root).as_posix())
        thinned = shot.kind == "sequence" and (options.per_cut or options.every > 1)
        left_out = thinned and size is None
        if (size != status.st_size and not left_out) or status.st_mtime_ns > since:
            return False
    return all((folder / name).is_file() for name in written_files(entries))


def claim(
    folder: Path, contents: FolderContents, run: Mapping[str, Any], *, resume: bool
) -> Journal:
    """Lock an output folder and open its journal; temporary files of a killed run are deleted.

    Args:
        folder: The output folder, checked by `check_contents`.
        contents: From `inspect_folder`.
        run: Description of the run.
        resume: Whether to continue an existing journal.

    Raises:
        UsageError: The folder cannot be written, or another process is writing to it.
    """
    head = {"run": dict(run), "old": list(contents.ours), "foreign": list(contents.foreign)}
    goes_on = resume and contents.journal is not None
    journal = Journal(folder, head, anew=not goes_on)
    with suppress(OSError):  # leftovers are harmless
        for path in folder.rglob(".*"):
            if is_temporary(path) and path.suffix in _WRITTEN:
                path.unlink()
    return journal


def clear_old(folder: Path, journal: Journal) -> None:
    """Delete the files of the previous run, once."""
    if journal.is_cleared:
        return
    remove(folder, [*journal.head.get("old", ()), MANIFEST, SOURCES])
    journal.record_cleared()


def remove(folder: Path, names: Iterable[str]) -> None:
    """Delete output files by name, and folders that become empty.

    Raises:
        OSError: An existing file cannot be deleted.
    """
    for name in names:
        if not _is_safe(name):
            continue
        path = folder / name
        path.unlink(missing_ok=True)
        for parent in path.relative_to(folder).parents[:-1]:
            with suppress(OSError):  # not empty, or gone
                (folder / parent).rmdir()


def _names_in(folder: Path) -> set[str]:
    """All files that are not hidden, relative to the folder."""

    def refuse(error: OSError) -> None:
        raise error

    if folder.exists() and not folder.is_dir():
        raise UsageError(f"cannot write to {folder}: it is not a folder")
    names = set[str]()
    try:
        if folder.is_dir():
            for place, folders, files in os.walk(folder, onerror=refuse):
                links = [name for name in folders if (Path(place) / name).is_symlink()]
                folders[:] = [name for name in folders if not name.startswith(".")]
                visible = (name for name in (*files, *links) if not name.startswith("."))
                names.update(
                    (Path(place) / name).relative_to(folder).as_posix() for name in visible
                )
    except OSError as error:
        raise UsageError(f"cannot list {error.filename or folder}: {error.strerror}") from error
    return names


def _is_safe(name: str) -> bool:
    """Whether a recorded name is a path inside the folder."""
    path = PurePosixPath(name)
    return bool(name) and not path.is_absolute() and ".." not in path.parts


def _refuse_foreign(folder: Path, foreign: Collection[str], *, overwrite: bool) -> None:
    clashing = sorted({SOURCES, MANIFEST}.intersection(foreign))
    if clashing:
        raise UsageError(
            f"{folder} holds a {clashing[0]} that preprocess did not write",
            hint="choose another folder",
        )
    if foreign and not overwrite:
        raise UsageError(
            f"{folder} holds files that preprocess did not write: {some(sorted(foreign))}",
            hint="choose an empty folder; --overwrite writes beside them and keeps them",
        )


def _refuse_other_run(folder: Path, theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> None:
    if theirs.get("source") != ours["source"]:
        raise UsageError(
            f"{folder} was made from {theirs.get('source')}, and this is {ours['source']}",
            hint="begin anew with --overwrite, or choose another folder",
        )
    for group in ("options", "versions"):
        shown = flag if group == "options" else str
        before, now = theirs.get(group, {}), ours[group]
        changes = [
            f"{shown(name)} {_plain(before.get(name))}, now {_plain(now.get(name))}"
            for name in dict.fromkeys([*before, *now])
            if before.get(name) != now.get(name)
        ]
        if changes:
            raise UsageError(
                f"{folder} was begun with other {group}: {'; '.join(changes)}",
                hint="give the same, or begin anew with --overwrite",
            )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "none" if value is None else str(value)
