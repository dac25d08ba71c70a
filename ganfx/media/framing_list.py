"""ASC Framing Decision Lists: which part of a canvas is meant to be seen.

Lists of versions 1 and 2 are read by asc-fdl, of the extra ``fdl``, which is loaded where one is
read and checks it against the schema of version 2.0: what version 1 has is part of that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from ganfx.errors import UsageError

_SCHEMA = {"major": 2, "minor": 0}
_MOST = 3  # problems in a message


class Box(NamedTuple):
    """A rectangle in pixels of a canvas, from its top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Decision:
    """A framing decision: a framing intent on a canvas."""

    id: str
    label: str
    intent: str
    """Id of its framing intent."""
    intent_label: str
    framing: Box
    protection: Box | None
    """Around it, for later reframing."""

    @property
    def names(self) -> tuple[str, ...]:
        """What it may be asked for by."""
        return tuple(filter(None, (self.id, self.label, self.intent, self.intent_label)))


@dataclass(frozen=True)
class FramedCanvas:
    """The pixels of a medium, with the decisions about them."""

    id: str
    label: str
    width: int
    height: int
    squeeze: float
    """Anamorphic: how much wider it is shown than it is stored."""
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class FramingList:
    """What a list says."""

    canvases: tuple[FramedCanvas, ...]
    default_intent: str
    """Id of the framing intent that is meant where nothing is chosen; "" for none."""


def read_framing_list(path: Path) -> FramingList:
    """Read a Framing Decision List.

    Raises:
        UsageError: asc-fdl is not installed, or the file is not there, no JSON, or no valid list.
    """
    library = _load_library()
    values = _read_json(path)
    version = values.get("version") if isinstance(values, dict) else None
    if isinstance(version, dict) and version.get("major") in (1, 2):
        values["version"] = _SCHEMA
    try:
        with library.read_from_string(json.dumps(values), validate=False) as read:
            read.validate()
            return _taken(read)
    except (library.FDLError, ValueError) as error:
        _refuse(path, _problems(str(error)))


def _taken(read: Any) -> FramingList:
    intents = {each.id: each.label or "" for each in read.framing_intents}
    canvases = (canvas for context in read.contexts for canvas in context.canvases)
    return FramingList(
        tuple(_canvas(each, intents) for each in canvases), read.default_framing_intent or ""
    )


def _load_library() -> Any:
    try:
        import fdl
    except ImportError as error:
        raise UsageError(
            "framing decision lists are read by asc-fdl, which is not installed",
            hint='pip install "ganfx[fdl]"',
        ) from error
    return fdl


def _read_json(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text, parse_constant=_no_number)
    except FileNotFoundError as error:
        raise UsageError(f"--fdl {path}: there is no such file") from error
    except OSError as error:
        raise UsageError(f"--fdl {path}: {error.strerror or error}") from error
    except json.JSONDecodeError as error:
        _refuse(path, f"it is no JSON: line {error.lineno}, column {error.colno}: {error.msg}")
    except ValueError as error:  # UTF-8, too
        _refuse(path, f"it is no JSON: {error}")


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _refuse(path: Path, why: str) -> NoReturn:
    raise UsageError(f"--fdl {path} is no valid framing decision list: {why}")


def _problems(told: str) -> str:
    """The first of the problems that asc-fdl tells, one a line after a heading."""
    lines = [line.removeprefix("Schema Error: ") for line in told.splitlines()]
    found = [line for line in lines if line and line != "Validation failed!"]
    more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return "; ".join(found[:_MOST]) + more


def _canvas(read: Any, intents: dict[str, str]) -> FramedCanvas:
    size = read.dimensions
    return FramedCanvas(
        read.id,
        read.label or "",
        int(size.width),
        int(size.height),
        float(read.anamorphic_squeeze),
        tuple(_decisions(read, intents)),
    )


def _decisions(canvas: Any, intents: dict[str, str]) -> Iterator[Decision]:
    for each in canvas.framing_decisions:
        protection = each.get_protection_rect()
        intent = each.framing_intent_id
        yield Decision(
            each.id,
            each.label or "",
            intent,
            intents.get(intent, ""),
            _box(each.get_rect()),
            None if protection is None else _box(protection),
        )


def _box(read: Any) -> Box:
    return Box(float(read.x), float(read.y), float(read.width), float(read.height))
