"""Errors for users: one base class and its few kinds.

The message says what is wrong and where (file, key, line, frame); the hint says
what to do. Anything that is not a `GanfxError` is a bug and keeps its traceback.
Exit codes are stable, for scripts: see ``EXIT_*`` below.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

EXIT_FAILED = 1  # could not do it
EXIT_USAGE = 2  # the input or the options are wrong
EXIT_PARTIAL = 3  # some frames failed, the rest is done
EXIT_GATE = 4  # a quality gate failed
EXIT_MISMATCH = 5  # a style or version does not match
EXIT_INTERRUPTED = 130  # Ctrl-C
EXIT_TERMINATED = 143  # SIGTERM, after saving


class GanfxError(Exception):
    """A problem the user can act on; exit code 1 unless a subclass says otherwise."""

    exit_code = EXIT_FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GanfxError):
    """The input or the options are wrong: nothing was started (exit code 2)."""

    exit_code = EXIT_USAGE


class MediaError(GanfxError):
    """A picture or video that cannot be read or written."""


class NodeError(GanfxError):
    """This machine cannot make the pixels that were asked for."""

    exit_code = EXIT_MISMATCH


class StyleError(GanfxError):
    """A style file that is not usable by this version (exit code 5)."""

    exit_code = EXIT_MISMATCH


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks most like ``word``, for "did you mean"; None if none does."""
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return matches[0] if matches else None
