"""Scores of the looks, on photos, art and clips that none was trained on.

    python benchmarks/looks.py --photos held/photos --art held/art --features vgg19.pth
        [--clips clips/] [--results FILE] [--sheets DIR] [--finished] [NAME | NAME=STYLE_FILE ...]

``stylized_frame/art/NAME`` holds art of the look NAME; `hold_out.py` sets pictures aside. Without
names all built-in looks are scored that have art there; ``watercolor=plain.safetensors``
scores another style file against the art of a look. Every folder in ``--clips`` that
holds frames is a clip.

``--finished`` scores pictures with their hatching, paper and grain, instead of what the network
alone makes.

Results are lines of a file: a style that has been scored on these pictures is not scored
again, so the table may be filled over several runs. ``--sheets`` also writes a
before-and-after sheet of every look that is scored.
"""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from look_scores import CLEAN, Judge, Scores, read_all
from machine import describe_machine
from teacher_table import Results

from ganfx.errors import GanfxError, UsageError
from ganfx.media.frames import write_picture
from ganfx.quality.sheets import before_after
from ganfx.styles.library import find_style, list_styles
from ganfx.stylize import Options
from ganfx.stylize.network.look import Look, open_look
from ganfx.stylize.render.finish import stylize_picture

HEAD = """\
| look | KID photo → look | SWD photo → look | structure | grid | cast (art's) | sky \
(photo's) | E_warp | MB | ms at 1080p |
|---|---|---|---|---|---|---|---|---|---|"""
ON_SHEET = 12


@dataclass(frozen=True)
class Candidate:
    """A style file, and the look whose art it is scored against."""

    look: str
    path: Path
    label: str

    @property
    def key(self) -> str:
        """Of the style's bytes."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()[:16]


def main() -> None:
    """Score what has not been scored, and print the table."""
    options = _parse()
    try:
        _run(options)
    except GanfxError as error:
        raise SystemExit(f"error: {error}") from error


def _run(options: argparse.Namespace) -> None:
    results = Results(options.results)
    judge: Judge | None = None
    rows = []
    for candidate in _candidates(options):
        key = {"style": candidate.key, "pictures": _pictures(options, candidate.look)}
        key |= {"finished": options.finished}
        if results.find(key) is None:
            judge = judge or _judge(options)
            look = open_look(candidate.path)
            scores = judge.score(look, read_all(options.art / candidate.look))
            results.append(key | {"machine": describe_machine()} | asdict(scores))
            if options.sheets:
                _write_sheet(options.sheets / f"{candidate.path.stem}.png", look, judge)
        rows.append((candidate.label, results.find(key) or {}))
    print(describe_machine(), HEAD, sep="\n\n")
    for label, row in rows:
        print(_line(label, Scores(**{name: row[name] for name in Scores.__annotations__})))


def _judge(options: argparse.Namespace) -> Judge:
    seen = Options() if options.finished else CLEAN
    return Judge(options.photos, _clips(options.clips), options.features, options=seen)


def _line(label: str, s: Scores) -> str:
    steady = "" if s.warp_error is None else f"{s.warp_error:.2f}"
    cells = (
        label,
        f"{s.kid_photo:.3f} → {s.kid:.3f} ± {s.kid_error:.3f}",
        f"{s.swd_photo:.3f} → {s.swd:.3f}",
        f"{s.structure:.2f}",
        f"{s.grid:.2f}",
        f"{s.cast:.1f} ({s.cast_art:.1f})",
        f"{s.flat_area_noise:.1f} ({s.flat_area_noise_photo:.1f})",
        steady,
        f"{s.megabytes:.1f}",
        f"{s.milliseconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


def _candidates(options: argparse.Namespace) -> list[Candidate]:
    named = options.styles or [
        entry.name
        for entry in list_styles()
        if entry.origin == "built-in" and (options.art / entry.name).is_dir()
    ]
    found = []
    for text in named:
        look, _, style = text.partition("=")
        if not (options.art / look).is_dir():
            raise UsageError(f"there is no art of {look}: {options.art / look} is no folder")
        label = f"{look}: {Path(style).stem}" if style else look
        found.append(Candidate(look, find_style(style or look), label))
    return found


def _pictures(options: argparse.Namespace, look: str) -> str:
    """A hash of the names of all that a look is scored on."""
    folders = [options.photos, options.art / look, *_clips(options.clips)]
    names = [f"{f.name}/{p.relative_to(f)}" for f in folders for p in sorted(f.rglob("*"))]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def _clips(folder: Path | None) -> list[Path]:
    return [] if folder is None else sorted(clip for clip in folder.iterdir() if clip.is_dir())


def _write_sheet(path: Path, look: Look, judge: Judge) -> None:
    shown = judge.photos[:ON_SHEET]
    pairs = [(photo, stylize_picture(look, photo, number=i)) for i, photo in enumerate(shown)]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_picture(path, before_after(pairs, across=3))


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("styles", nargs="*", metavar="NAME[=STYLE]")
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--art", type=Path, required=True)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--results", type=Path, default=Path("looks.jsonl"))
    parser.add_argument("--sheets", type=Path)
    parser.add_argument("--finished", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
