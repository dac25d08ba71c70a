"""Output of ``ganfx export``: the files, how near they come, what is not in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganfx.console.output import err, fact, note, print_result

if TYPE_CHECKING:
    from ganfx.styles.export.exporting import Exported


def show_export(exported: Exported) -> None:
    """Paths on stdout; what there is to know on stderr."""
    report = exported.report
    worst: dict[tuple[str, str], tuple[float, float]] = {}
    for row in report.rows:
        most, _ = worst.get((row.file, row.runtime), (0.0, 0.0))
        worst[row.file, row.runtime] = max(most, row.most), row.allowed
    for (file, runtime), (most, allowed) in worst.items():
        off = "the same bits" if not allowed else f"off by {most:.1g}, {allowed:.1g} is allowed"
        fact("parity", f"{file} in {runtime}: {off}", to=err)
    for each in report.left_out:
        fact("left out", each, to=err)
    for each in report.untried:
        note(f"untried: {each}")
    for path in exported.files:
        print_result(path)
