"""Gates of looks: the limits that ``ganfx evaluate look`` holds their finished pictures to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache

from ganfx.errors import GanfxError
from ganfx.styles.header import Gates, read_style_header
from ganfx.styles.library import BUILT_IN, find_style

TABLE = BUILT_IN / "gates.toml"
"""Gates of the built-in looks: beside their files, whose bytes are their identity."""


def gates_of(names: Iterable[str]) -> Gates:
    """The gates of a look, or of a mix: of each limit the widest.

    Args:
        names: Of looks that the library has. One that it does not have, or that has no gates,
            leaves all of them open.
    """
    gates = [_gates(name) for name in names]
    least = [each.min_structure for each in gates if each.min_structure is not None]
    most = [each.max_grid for each in gates if each.max_grid is not None]
    return Gates(
        min_structure=min(least) if least and len(least) == len(gates) else None,
        max_grid=max(most) if most and len(most) == len(gates) else None,
    )


def _gates(name: str) -> Gates:
    try:
        path = find_style(name)
        gates = read_style_header(path).gates
    except GanfxError:
        return Gates()
    if gates is None and path.parent == BUILT_IN:
        gates = _built_in().get(name)
    return gates or Gates()


@cache
def _built_in() -> dict[str, Gates]:
    tables = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {name: Gates(**values) for name, values in tables.items()}
