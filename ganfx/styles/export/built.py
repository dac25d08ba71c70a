"""What a target makes of a look: files in memory, how near they come, what was not tried."""

from __future__ import annotations

from dataclasses import dataclass, field

from ganfx.models.generator import Generator
from ganfx.styles.export.options import ExportOptions
from ganfx.styles.export.parity import Row
from ganfx.styles.file import Style


@dataclass(frozen=True, eq=False)
class Order:
    """A look, and how it is to be exported."""

    style: Style
    generator: Generator
    options: ExportOptions

    @property
    def name(self) -> str:
        """The look's."""
        return self.style.header.name


@dataclass(eq=False)
class Built:
    """Files by name, and what is known of them."""

    files: dict[str, bytes] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    def leave_untried(self, what: str) -> None:
        """Put on record, once, what could not be tried."""
        if what not in self.untried:
            self.untried.append(what)
