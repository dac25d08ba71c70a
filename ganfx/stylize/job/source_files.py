"""Which files of a source are taken: not what is excluded, and not what ganfx wrote itself."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ganfx.media.own_outputs import own_outputs
from ganfx.media.sequences import Choose
from ganfx.stylize.options import Options


def chooser(source: Path, options: Options, left_out: list[Path] | None = None) -> Choose:
    """The shots of a source, as `ganfx.media.sequences.find_shots` finds them.

    Args:
        source: A folder, a file, or a sequence in fileseq's notation.
        options: For ``exclude`` and ``force``.
        left_out: Gets the files that ganfx wrote and that are therefore not taken.
    """

    def choose(files: list[Path]) -> list[Path]:
        kept = without_excluded(files, source, options.exclude)
        if options.force or not source.is_dir():
            return kept
        own = own_outputs(kept)
        if left_out is not None:
            left_out.extend(own)
        return [file for file in kept if file not in set(own)]

    return choose


def without_excluded(files: Sequence[Path], source: Path, globs: Sequence[str]) -> list[Path]:
    """The files that no pattern fits.

    Args:
        files: Of ``source``.
        source: Folders above it are not looked at.
        globs: A pattern without a slash fits the name of a file, or of a folder that holds it; one
            with slashes fits the end of a path. Upper and lower case are alike.
    """
    patterns = [PurePosixPath(glob.strip("/").lower()).parts for glob in globs if glob.strip("/")]
    depth = len(source.parts) if source.is_dir() else len(source.parent.parts)
    return [file for file in files if not any(_fits(file, each, depth) for each in patterns)]


def _fits(file: Path, pattern: tuple[str, ...], depth: int) -> bool:
    """Whether a pattern fits the file, or a folder below the source that it lies in."""
    parts = [part.lower() for part in file.parts]
    return any(
        len(pattern) <= end and all(map(fnmatchcase, parts[end - len(pattern) : end], pattern))
        for end in range(depth + 1, len(parts) + 1)
    )
