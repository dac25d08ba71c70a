"""Recipes: a look and all options of a shot in one TOML file, by their names.

    style = "oil"
    strength = "1001:0,1024:1"
    hold = 2

    [[region]]
    matte = "hero*"
    look = "anime"
    strength = 0.8

Keys are the fields of `ganfx.stylize.Options`, with ``style`` or ``mix``. Files that a recipe names
are looked for from its own folder. Everything in it is checked, and every problem told with its
line, as in presets.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import ConfigDict, ValidationError, create_model

from ganfx.errors import UsageError, nearest
from ganfx.option import Declared, absolute_text, declared, typed_values
from ganfx.preset.problems import PresetError, Problem, line_of
from ganfx.stylize.declared.hold import Hold
from ganfx.stylize.options import Options

LOOKS = ("style", "mix")
SUFFIX = ".safetensors"
NOT_SAVED = frozenset(("out", "frames", "overwrite", "expect"))
"""Options of one run: a recipe is for the next shot, too."""
_OPTIONS = {each.field: each for each in declared(Options)}


@dataclass(frozen=True)
class Recipe:
    """What a file says."""

    style: str = ""
    mix: str = ""
    options: Options = Options()  # noqa: RUF009  (frozen)

    @property
    def typed(self) -> dict[str, Any]:
        """What would be typed, by the names of parameters of the command line."""
        look = {name: getattr(self, name) for name in LOOKS if getattr(self, name)}
        return look | typed_values(self.options)


def load_recipe(path: Path) -> Recipe:
    """Read and check a recipe.

    Raises:
        UsageError: The file cannot be read.
        PresetError: Something in it is wrong: all problems at once, with lines.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # editors put a mark in front
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PresetError(path, [Problem("", f"not TOML: {error}", path.name)]) from error
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise UsageError(f"cannot read the recipe {path}: {why}") from error
    problems = list(_problems(values))
    if not problems:
        meant = {name: _meant(value, name, path.parent) for name, value in values.items()}
        problems = list(_refused(meant))
        if not problems:
            return _recipe(meant, path)
    by_line = sorted(problems, key=lambda each: line_of(text, (each[0],)) or 0)
    told = [Problem(key, message, _where(path, text, key)) for key, message in by_line]
    raise PresetError(path, told)


def write_recipe(path: Path, recipe: Recipe) -> None:
    """Write a look and all options that are not their defaults, but those of a single run.

    Raises:
        UsageError: The file cannot be written.
    """
    initial = {each.name: getattr(Options(), each.name) for each in fields(Options)}
    options = replace(recipe.options, **{name: initial[name] for name in NOT_SAVED})
    looks = {name: getattr(recipe, name) for name in LOOKS if getattr(recipe, name)}
    lines = [f"{name} = {_text(_absolute(value))}" for name, value in looks.items()]
    lines += [f"{name} = {_toml(each, options)}" for name, each in _given(options)]
    try:
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write the recipe {path}: {error.strerror}") from error


def _absolute(look: str) -> str:
    """A look's name, or its file, which another working folder has, too."""
    own = Path(look)
    return str(own.absolute()) if own.suffix == SUFFIX and own.exists() else look


def _given(options: Options) -> Iterator[tuple[str, Declared]]:
    for name, each in _OPTIONS.items():
        if getattr(options, name) != each.initial:
            yield name, each


def _toml(each: Declared, options: Options) -> str:
    value = getattr(options, each.field)
    if each.about.flags or isinstance(value, bool):
        return json.dumps(value)
    if each.repeats:
        return json.dumps([absolute_text(one) for one in value], ensure_ascii=False)
    if isinstance(value, int | float):
        unit = each.about.unit
        return repr(value) if unit == 1.0 else f"{value / unit:.12g}"
    return _text(typed_values(options)[each.field])


def _text(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _kind(each: Declared) -> Any:
    """What TOML may have for an option."""
    about = each.about
    if about.flags:
        return Literal[tuple(meant for meant, _ in about.flags.values())]
    if about.words:
        return Literal[tuple(about.words)]
    if each.field == "region":
        return list[str | dict[str, str | float | int]]
    if each.repeats:
        return list[str]
    if about.keyed or about.read is not None:
        return float | str
    if each.choices:
        return Literal[each.choices]
    if each.kind is Path:
        return str
    return float if about.unit != 1.0 else each.kind


def _problems(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Unknown keys, and values of another kind."""
    kinds: dict[str, Any] = {name: (_kind(each), None) for name, each in _OPTIONS.items()}
    kinds |= dict.fromkeys(LOOKS, (str, None))
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    try:
        # Through JSON, strict mode takes exactly what TOML writes.
        create_model("Recipe", __config__=config, **kinds).model_validate_json(
            json.dumps(values, default=str)
        )
    except ValidationError as error:
        told: dict[str, str] = {}
        for each in error.errors():
            told.setdefault(str(each["loc"][0]), _message(dict(each), list(kinds)))
        yield from told.items()


def _message(error: dict[str, Any], known: list[str]) -> str:
    key = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        near = nearest(key.replace("-", "_"), known)
        return "unknown key" + (f', did you mean "{near}"?' if near else "")
    if key in _OPTIONS and _kind(_OPTIONS[key]) == float | str:
        return f"expected a number or text, got {error['input']!r}"
    message = str(error["msg"]).replace("Input should be", "expected")
    return f"{message}, got {error['input']!r}"


def _meant(value: Any, name: str, folder: Path) -> Any:
    """The value of a field; what it names is looked for from the recipe's folder."""
    each = _OPTIONS.get(name)
    if each is None:
        own = folder / value
        return str(own.absolute()) if value.endswith(SUFFIX) and own.exists() else value
    about = each.about
    if about.words:
        return about.words[value]
    if about.unit != 1.0:
        return round(value * about.unit)
    if each.repeats:
        return tuple(value)
    if not isinstance(value, str):
        return str(value) if about.read is not None else value
    if about.path and value and not value.startswith(about.keywords or ("\0",)):
        return str((folder / value).absolute())
    if about.keyed and value.partition(",")[0].lower().endswith(".csv"):
        return str(folder / value)
    return value


def _refused(meant: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Values that an option does not take; or all of them, where they do not go together."""
    alone = []
    for name in meant.keys() & _OPTIONS.keys():
        try:
            Options(**{name: meant[name]})
        except UsageError as error:
            alone.append((name, _without_name(error.message, name)))
    if alone:
        yield from sorted(alone)
        return
    if all(meant.get(name) for name in LOOKS):
        yield "mix", "give either style or mix"
    try:
        Options(**{name: value for name, value in meant.items() if name in _OPTIONS})
    except UsageError as error:
        yield "", error.message


def _without_name(message: str, name: str) -> str:
    return message.removeprefix(f"{_OPTIONS[name].names[0]} ")


def _recipe(meant: dict[str, Any], path: Path) -> Recipe:
    options = Options(**{name: value for name, value in meant.items() if name in _OPTIONS})
    folder = path.parent
    hold: Hold = options.hold.absolute(folder)
    region = tuple(each.absolute(folder) for each in options.region)
    look = {name: meant[name] for name in LOOKS if name in meant}
    return Recipe(**look, options=replace(options, hold=hold, region=region))


def _where(path: Path, text: str, key: str) -> str:
    line = line_of(text, (key,)) if key else None
    return f"{path.name}:{line}" if line else path.name
