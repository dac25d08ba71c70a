"""A shot's keys on screen: what they cover, what is odd about them, what to paint next."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ganfx.console.output import count, fact, note, print_result

if TYPE_CHECKING:  # the package behind these imports OpenCV
    from ganfx.keyframes.coverage import Coverage
    from ganfx.keyframes.key_shot import KeyShot

SHOWN_KEYS = 8


def show_keys(key_shot: KeyShot, coverage: Coverage, notices: Iterable[str]) -> None:
    """The shot, its keys, and what they cover of it."""
    frames = key_shot.frames
    fact("shot", f"{key_shot.shot.name}, {count(len(frames), 'frame')}")
    if key_shot.keys:
        numbers = [str(key.frame) for key in key_shot.keys]
        more = f" and {len(numbers) - SHOWN_KEYS} more" if len(numbers) > SHOWN_KEYS else ""
        fact("painted", f"{', '.join(numbers[:SHOWN_KEYS])}{more}")
        fact("followed", f"{coverage.covered:.0%} of the shot can be followed to them")
        if coverage.least not in [key.frame for key in key_shot.keys]:
            least = coverage.by_frame[coverage.least]
            fact("least", f"frame {coverage.least}, {least:.0%}")
    for each in coverage.next:
        fact("next", f"paint frame {each.frame}: {each.covered:.0%} of the shot then")
    for message in notices:
        note(message)


def show_suggestions(key_shot: KeyShot, coverage: Coverage) -> None:
    """The files to paint over, on stdout."""
    for each in coverage.next:
        print_result(key_shot.shot.on_disk[each.frame])
    if not coverage.next:
        note("no further painting would cover much more of the shot")


def show_learned_before(style: Path) -> None:
    """That nothing has to be learned."""
    fact("look", f"{style}, learned from these keys before")


def show_again(source: str, style: Path, painted: str, out: Path | None) -> None:
    """The command that does the shot again, into the same place."""
    where = [] if out is None else ["--out", str(out)]
    words = ["ganfx", "stylize", source, "--style", str(style), "--painted", painted, *where]
    fact("again", shlex.join(words))
