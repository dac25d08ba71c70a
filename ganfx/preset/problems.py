"""Problems of a preset: each with its key and the line it is written on."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ganfx.errors import UsageError, nearest
from ganfx.preset.schema import Preset

Key = tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a preset."""

    key: str  # dotted, "" for the file as a whole
    message: str
    where: str  # "mine.toml:9", "mine.toml" or "--set train.steps=0"


class PresetError(UsageError):
    """Every problem of one preset, each with where it is written."""

    def __init__(self, path: Path, problems: Sequence[Problem], *, hint: str | None = None) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        lines = [f"  {p.where}  {p.key + ': ' if p.key else ''}{p.message}" for p in problems]
        super().__init__("\n".join([f"{path.name} has {count}", *lines]), hint=hint)
        self.problems = tuple(problems)


class KeyedError(UsageError):
    """What a key of a preset names is of no use, as was found when it was looked at."""

    def __init__(self, key: str, problem: str, *, hint: str | None = None) -> None:
        super().__init__(f"{key}: {problem}", hint=hint)
        self.key = key  # dotted, or what its value was called in the call
        self.problem = problem


def is_consequence(error: dict[str, Any]) -> bool:
    """Whether a list is only too short because values in it are wrong, which is told already."""
    short: bool = error["type"] == "too_short"
    return short and len(error["input"]) >= error["ctx"]["min_length"]


def describe(
    loc: tuple[int | str, ...],
    error: dict[str, Any],
    file: Path,
    text: str,
    written: Mapping[Key, str],
) -> Problem:
    """A validation error as a problem of ``file``, or of the override that wrote the value.

    Args:
        loc: Where in the preset, as pydantic says it.
        error: What pydantic found.
        file: The preset.
        text: Its contents.
        written: Keys that an override wrote, with the words to show for it.
    """
    key = tuple(str(part) for part in loc if not isinstance(part, int))
    message = _message(loc, error)
    where = _override(key, error["type"], message, text, written)
    if where is None:
        line = line_of(text, key)
        where = f"{file.name}:{line}" if line else file.name
    return Problem(".".join(key), message, where)


def _override(
    key: Key, kind: str, message: str, text: str, written: Mapping[Key, str]
) -> str | None:
    """The override to blame, in words; None where it is the file."""
    for n in range(len(key), 0, -1):
        if key[:n] in written:
            return written[key[:n]]
    inside = [other for other in written if other[: len(key)] == key]
    if kind == "value_error":  # of a table whose values do not go together
        inside = [other for other in inside if re.search(rf"\b{other[-1]}\b", message)]
    elif _has_table(text, key):
        return None
    return written[inside[-1]] if inside else None


def _has_table(text: str, key: Key) -> bool:
    values: Any = tomllib.loads(text)
    for part in key:
        values = values.get(part) if isinstance(values, dict) else None
    return isinstance(values, dict)


def _message(loc: tuple[int | str, ...], error: dict[str, Any]) -> str:
    key = tuple(str(part) for part in loc if not isinstance(part, int))
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        near = nearest(key[-1], _keys_beside(key))
        return "unknown key" + (f', did you mean "{near}"?' if near else "")
    if kind == "missing" and isinstance(loc[-1], int):
        return f"expected {_length(key)} values, got {found!r}"
    if kind == "missing":
        return "required, but not there"
    if kind == "too_long":
        return f"expected at most {error['ctx']['max_length']} values, got {found!r}"
    message: str = error["msg"]
    for start in ("Input should be ", "Value error, "):
        if message.startswith(start):
            message = ("expected " if start[0] == "I" else "") + message.removeprefix(start)
    return message if isinstance(found, dict) else f"{message}, got {found!r}"


def _keys_beside(key: Key) -> list[str]:
    """The keys that the table holding ``key`` may have."""
    return list(_fields_beside(key))


def _length(key: Key) -> int:
    """How many values a list of a fixed length has."""
    return len(get_args(_fields_beside(key)[key[-1]].annotation))


def _fields_beside(key: Key) -> dict[str, FieldInfo]:
    model: type[BaseModel] = Preset
    for part in key[:-1]:
        field = model.model_fields.get(part)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return {}
        model = kind
    return model.model_fields


def line_of(text: str, key: Key) -> int | None:
    """Line, from 1, of the statement that first writes ``key`` or the table it is missing from.

    Asks the TOML parser itself: it reads the file one line further at a time until
    the key appears. Quadratic, and only ever run to report an error.
    """
    lines = text.splitlines()
    reached, found, start = 0, None, 0
    for end in range(1, len(lines) + 1):
        try:
            values = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue  # inside a value that spans several lines
        depth = _depth(values, key)
        if depth > reached:
            reached, found = depth, _first_written(lines, start, end)
        start = end
    return found


def _depth(values: Any, key: Key) -> int:
    """How many leading parts of ``key`` exist in ``values``."""
    depth = 0
    for part in key:
        if not isinstance(values, dict) or part not in values:
            break
        values, depth = values[part], depth + 1
    return depth


def _first_written(lines: list[str], start: int, end: int) -> int:
    """The first line, from 1, in ``lines[start:end]`` that is not blank or a comment."""
    for number in range(start, end):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            return number + 1
    return end
