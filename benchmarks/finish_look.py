"""Put a trained look's card into its style file: words from `cards.toml`, scores from a benchmark.

    python benchmarks/finish_look.py RUN_STYLE OUT [--scores looks.jsonl]

Words: how its pictures were made, what it is good at and what not, written after its pictures
have been looked at; its effects and the size of its brush, which are not the network's, and were
chosen by eye. Scores: what `looks.py` found for these weights. Weights, provenance and the preset
as it was trained stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from teacher_table import Results

from ganfx.errors import GanfxError, UsageError
from ganfx.preset import EffectSections, ScaleConfig, Section
from ganfx.styles.file import load_style, save_style
from ganfx.styles.header import FORMAT, Provenance, Scores, Source

CARDS = Path(__file__).with_name("cards.toml")


def main() -> None:
    """Write the finished style file."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("style", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--scores", type=Path)
    options = parser.parse_args()
    try:
        print(finish(options.style, options.out, options.scores))
    except GanfxError as error:
        raise SystemExit(f"error: {error}") from error


def finish(path: Path, out: Path, scores: Path | None) -> Path:
    """The style at ``path`` with its card, at ``out``."""
    style = load_style(path)
    words = tomllib.loads(CARDS.read_text(encoding="utf-8")).get(style.header.name)
    if words is None:
        raise UsageError(f"{CARDS} says nothing about {style.header.name}")
    card = {
        "description": words.get("description", style.header.description),
        "good_at": words["good_at"],
        "less_good_at": words["less_good_at"],
        "provenance": _told_once(style.header.provenance, words["notes"]),
        "scores": _scores(path, scores) if scores else style.header.scores,
        "format": FORMAT,
        **{name: _read(kind, words[name]) for name, kind in _sections() if name in words},
    }
    return save_style(out, style.header.model_copy(update=card), style.weights)


def _sections() -> list[tuple[str, type[Section]]]:
    """Tables of a preset that a card may replace: they come after the network."""
    effects = [(name, type(default)) for name, default in EffectSections()]
    return [*effects, ("scale", ScaleConfig)]


def _read(kind: type[Section], table: dict[str, Any]) -> Section:
    return kind.model_validate_json(json.dumps(table))


def _told_once(made: Provenance, notes: str) -> Provenance:
    """Where a look was trained in runs on the same pictures, they are named once, as at first."""
    kinds = {"photos": made.photos, "art": made.art, "painted": made.painted}
    # Wherever they lay, equal counts by licence and author are the same pictures; first runs
    # come last.
    once = {
        kind: tuple({_unnamed(source): source for source in sources}.values())
        for kind, sources in kinds.items()
    }
    return made.model_copy(update={**once, "notes": notes})


def _unnamed(source: Source) -> str:
    return source.model_copy(update={"source": ""}).model_dump_json()


def _scores(path: Path, results: Path) -> Scores:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    row = Results(results).find({"style": digest, "finished": False})
    if row is None:
        raise UsageError(f"{results} has no scores of {path}: run benchmarks/looks.py on it first")
    return Scores(**{name: row[name] for name in Scores.model_fields})


if __name__ == "__main__":
    main()
