"""Tables of options in the pages of this folder, from where the options are declared.

python docs/options.py            # write them, between the lines that say <!-- options: ... -->
python docs/options.py --check    # exit code 1 if one is out of date
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ganfx.cli.preprocessing import Options as PreprocessOptions
from ganfx.cli.reviewing import ShowOptions
from ganfx.cli.stylizing import LookOptions, RunOptions
from ganfx.option import Declared, declared
from ganfx.preprocess.options import PANELS as PREPROCESS_PANELS
from ganfx.quality import options as judging
from ganfx.quality.blind.options import PANELS as COMPARE_PANELS
from ganfx.quality.blind.options import CompareOptions
from ganfx.review.options import PANELS as REVIEW_PANELS
from ganfx.review.options import Options as ReviewOptions
from ganfx.styles.export.options import PANELS as EXPORT_PANELS
from ganfx.styles.export.options import ExportOptions
from ganfx.stylize.declared.kinds import PANELS as STYLIZE_PANELS
from ganfx.stylize.options import Options as StylizeOptions

DOCS = Path(__file__).parent
TABLES: dict[str, tuple[Sequence[str], Sequence[type]]] = {
    "stylize": (STYLIZE_PANELS, (LookOptions, StylizeOptions, RunOptions)),
    "review": (REVIEW_PANELS, (ReviewOptions, ShowOptions)),
    "preprocess": (PREPROCESS_PANELS, (PreprocessOptions,)),
    "evaluate": (
        judging.PANELS,
        (
            *(judging.FlickerOptions, judging.LookOptions, judging.ArtOptions),
            *(judging.StyleOptions, judging.GoldenFolder, judging.GoldenOptions),
            judging.TellOptions,
        ),
    ),
    "compare": (COMPARE_PANELS, (CompareOptions,)),
    "export": (EXPORT_PANELS, (ExportOptions,)),
}
"""Headings, and dataclasses with options, by the name in the page."""


def table(name: str) -> str:
    """The options of a command in Markdown, a table for each heading."""
    panels, kinds = TABLES[name]
    options = [each for kind in kinds for each in declared(kind)]
    tables = ("\n".join(_table(panel, options)) for panel in panels)
    return "\n\n".join(tables)


def _table(panel: str, options: Sequence[Declared]) -> Iterator[str]:
    yield from (f"### {panel}", "", "| option | meaning |", "|---|---|")
    for each in options:
        if each.about.panel == panel:
            yield f"| {_names(each)} | {_meaning(each)} |".replace("\n", " ")


def _names(each: Declared) -> str:
    value = each.about.metavar or "|".join(each.about.words or filter(None, map(str, each.choices)))
    shown = f" {value}" if value and not each.about.flags else ""
    return ", ".join(f"`{name}{shown}`".replace("|", "\\|") for name in each.names)


def _meaning(each: Declared) -> str:
    about = each.about
    default = about.default or ("" if each.initial in (None, "", False, ()) else str(each.initial))
    told = f"{about.help} {about.details}".strip() + (" Takes keys." if about.keyed else "")
    shows = default and each.initial is not None and each.kind is not bool
    return f"{told} Default: {default}." if shows or about.default else told


def filled(text: str) -> str:
    """A page with its tables as they have to be."""
    marked = r"(<!-- options: (\w+) -->\n).*?(<!-- /options -->)"
    return re.sub(marked, lambda m: f"{m[1]}{table(m[2])}\n{m[3]}", text, flags=re.DOTALL)


def main(check: bool) -> int:
    """Write the tables, or say which page is out of date."""
    stale = 0
    for page in sorted(DOCS.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = filled(before)
        if before != after:
            stale += 1
            print(f"{page.name}: {'out of date' if check else 'written'}")
            if not check:
                page.write_text(after, encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv))
