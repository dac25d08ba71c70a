"""What is known of a look: settings, card and records of its frames."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ganfx.media.frame_fingerprint import read_fingerprint
from ganfx.quality.pages import Table
from ganfx.review.footage import Where
from ganfx.styles.header import Source
from ganfx.stylize.job.finished import (
    Finished,
    finished_files,
    header_of,
    names_of_looks,
    settings_in_words,
)

LETTERS = "ABCDEFGHI"
SHOWN_SETTINGS = 4  # different ones of a folder


@dataclass(frozen=True)
class LookFacts:
    """A look of the review, for people."""

    letter: str
    label: str
    """``noir``, or ``noir --strength 0.5``; the folder's name without records."""
    path: Path
    facts: Table
    learned: tuple[tuple[str, str], ...] = ()
    """What each look learned from: in a few words, and with every licence."""


def facts_of(letter: str, path: Path, pictures: Sequence[Where]) -> LookFacts:
    """What records and files say of a look.

    Args:
        letter: Of the look in the page.
        path: Folder or file that it is.
        pictures: Those of it that the page shows.
    """
    records = _records(pictures)
    settings = [record.settings for record in records if record.settings]
    looks = list(dict.fromkeys(str(each.get("look", "")) for each in settings))
    words = Counter(" ".join(f"{n} {v}" for n, v in settings_in_words(s)) for s in settings)
    label = path.name or str(path.resolve().name)
    if looks:
        short = next(iter(words)) if len(words) == 1 else ""
        label = ", ".join(looks) + (f" {short}" if short else "")
    rows: list[tuple[str, str]] = [("where", str(path.absolute()))]
    rows += [("look", ", ".join(looks))] if looks else []
    rows += [("settings", f"{w or 'all at their defaults'}{_of(n, words)}") for w, n in _few(words)]
    names = list(dict.fromkeys(name for each in settings for name in names_of_looks(each)))
    rows += [(name, _card(name)) for name in names]
    if not settings:
        rows.append(("record", "none: these frames have no .ganfx.jsonl beside them"))
    rows += _fingerprint(pictures)
    learned = tuple(pair for name in names for pair in _learned(name))
    return LookFacts(letter, label, path, Table(rows), learned)


def distinct(facts: Sequence[LookFacts]) -> list[LookFacts]:
    """The same, with folders' names where two would be called alike."""
    counts = Counter(each.label for each in facts)
    return [
        replace(each, label=f"{each.label} ({each.path.name})") if counts[each.label] > 1 else each
        for each in facts
    ]


def _records(pictures: Sequence[Where]) -> list[Finished]:
    files = list(dict.fromkeys(where.path for where in pictures))
    folders = {path.parent: finished_files(path.parent) for path in files}
    found = (folders[path.parent].get(path.name) for path in files)
    return [record for record in found if record is not None]


def _few(words: Counter[str]) -> list[tuple[str, int]]:
    return words.most_common(SHOWN_SETTINGS)


def _of(count: int, words: Counter[str]) -> str:
    return f" ({count:,} of {words.total():,} files)" if len(words) > 1 else ""


def _card(name: str) -> str:
    """What the style file says of itself."""
    header = header_of(name)
    if header is None:
        return "not in the library of this machine"
    return f"{header.description} Licence: {header.licence or 'not stated'}."


def _learned(name: str) -> Iterator[tuple[str, str]]:
    header = header_of(name)
    if header is None:
        return
    made = header.provenance
    for kind, sources in (("photos", made.photos), ("art", made.art), ("painted", made.painted)):
        if sources:
            yield f"{name} learned from: {kind}", "; ".join(_source(source) for source in sources)


def _source(source: Source) -> str:
    licences = ", ".join(f"{name} ({count:,})" for name, count in source.licences.items())
    return f"{source.source}: {licences or f'{source.count:,} pictures'}"


def _fingerprint(pictures: Sequence[Where]) -> Iterator[tuple[str, str]]:
    still = next((where.path for where in pictures if where.frame is None), None)
    fingerprint = read_fingerprint(still) if still else ""
    if still and fingerprint:
        yield "fingerprint", f"{fingerprint} (in {still.name})"
