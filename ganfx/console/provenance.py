"""Output of ``ganfx why`` and ``ganfx redo``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ganfx.console.output import note, print_result

if TYPE_CHECKING:
    from ganfx.stylize.job.history import History, Input
    from ganfx.stylize.redo import Redone


def print_history(history: History, inputs: Iterable[Input]) -> None:
    """All that is on record of a file, as one JSON object on stdout."""
    values = {
        "file": str(history.file),
        "by": history.by,
        "as_written": history.is_as_written,
        "fingerprint": history.fingerprint,
        "look": history.look,
        "origin": history.origin,
        "settings": history.settings,
        "inputs": [
            {"what": each.what, "path": str(each.path), "state": each.state} for each in inputs
        ],
    }
    print_result(json.dumps(values))


def show_redone(redone: Redone) -> None:
    """What came of a frame that was made again."""
    if not redone.is_there:
        note(f"{redone.file} has been changed since it was written: what was written is on record")
    beside = "" if redone.written is None else f", beside it: {redone.written}"
    print_result(f"{redone.file}: the same bytes ({redone.sha256[:12]}){beside}")
