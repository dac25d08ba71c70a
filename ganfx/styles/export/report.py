"""The report beside exported files: what was compared, how near it came, what was not tried."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import torch

from ganfx import __version__
from ganfx.styles.export.extra import version_of
from ganfx.styles.export.parity import Row


@dataclass(frozen=True)
class Report:
    """Everything that is known of an export."""

    style: str
    target: str
    hashes: dict[str, str]
    """SHA-256 of every file, by name."""
    rows: Sequence[Row]
    untried: Sequence[str]
    """Hosts and runtimes that could not be tried here."""
    left_out: Sequence[str]

    @property
    def holds(self) -> bool:
        """Whether all is as near as it has to be."""
        return all(row.holds for row in self.rows)

    def as_json(self) -> str:
        """For programs."""
        values = {
            "style": self.style,
            "target": self.target,
            "holds": self.holds,
            "versions": _versions(),
            "files": self.hashes,
            "compared": [{**asdict(row), "holds": row.holds} for row in self.rows],
            "untried": list(self.untried),
            "not_in_the_network": list(self.left_out),
        }
        return json.dumps(values, indent=2) + "\n"

    def as_text(self) -> str:
        """For people, in Markdown."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        verdict = "all of it holds" if self.holds else "IT DOES NOT HOLD"
        yield from (f"# {self.style} for {self.target}: {verdict}", "")
        yield from (", ".join(f"{name} {version}" for name, version in _versions().items()), "")
        yield "Differences are of the range 0 to 1, from what ganfx's own network makes in float32;"
        yield from ("of `bits`, from the same layers in torch.", "")
        yield "| file | in | size | most | mean | allowed | holds |"
        yield "|---|---|---|---|---|---|---|"
        for row in self.rows:
            yield (
                f"| {row.file} | {row.runtime} | {row.width}x{row.height} | {row.most:.2g}"
                f" | {row.mean:.2g} | {row.allowed:.2g} | {'yes' if row.holds else 'NO'} |"
            )
        yield from ("", "## Untried", "", *(f"- {each}" for each in self.untried))
        yield from ("", "## Not in the network", "", *(f"- {each}" for each in self.left_out))


def _versions() -> dict[str, str]:
    known = {"ganfx": __version__, "torch": torch.__version__, "CPU": platform.machine()}
    others = ("onnx", "onnxruntime", "openvino")
    return {**known, **{name: version_of(name) for name in others if version_of(name)}}
