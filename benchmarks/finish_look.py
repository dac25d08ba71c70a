"""Put a trained look's card into its style file: words from its preset, scores from a benchmark.

    python benchmarks/finish_look.py RUN_STYLE OUT --preset presets/noir.toml
        [--scores looks.jsonl]

Words: the preset's description, notes, ``good_at`` and ``less_good_at``, which are written
after the pictures have been looked at. Scores: what `looks.py` found for these weights.
Weights, provenance and the preset as it was trained stay as they are.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from teacher_table import Results

from ganfx.errors import GanfxError, UsageError
from ganfx.preset import load_preset
from ganfx.styles.file import load_style, save_style
from ganfx.styles.header import Scores
from ganfx.training.result import describe_method


def main() -> None:
    """Write the finished style file."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("style", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--preset", required=True)
    parser.add_argument("--scores", type=Path)
    options = parser.parse_args()
    try:
        print(finish(options.style, options.out, options.preset, options.scores))
    except GanfxError as error:
        raise SystemExit(f"error: {error}") from error


def finish(path: Path, out: Path, preset_name: str, scores: Path | None) -> Path:
    """The style at ``path`` with its card, at ``out``."""
    style, preset = load_style(path), load_preset(preset_name)
    if style.header.name != preset.name:
        raise UsageError(f"{path} is {style.header.name}, not {preset.name}")
    provenance = style.header.provenance.model_copy(update={"notes": describe_method(preset)})
    card = {
        "description": preset.description,
        "licence": preset.licence,
        "grain": preset.grain,
        "good_at": preset.good_at,
        "less_good_at": preset.less_good_at,
        "provenance": provenance,
        "scores": _scores(path, scores) if scores else style.header.scores,
    }
    return save_style(out, style.header.model_copy(update=card), style.weights)


def _scores(path: Path, results: Path) -> Scores:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    row = Results(results).find({"style": digest})
    if row is None:
        raise UsageError(f"{results} has no scores of {path}: run benchmarks/looks.py on it first")
    return Scores(**{name: row[name] for name in Scores.model_fields})


if __name__ == "__main__":
    main()
