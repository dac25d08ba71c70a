"""Finding and reading presets, with overrides from the command line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ganfx.errors import UsageError, nearest
from ganfx.preset.problems import Key, PresetError, Problem, describe, is_consequence
from ganfx.preset.schema import DataConfig, Preset

WORDS = ("description", "licence", "notes", "good_at", "less_good_at")
"""Keys that say something of a look that was trained from certain pictures."""
FIRST = "look"
"""The preset that needs nothing but pictures."""
SHIPPED = (
    Path(__file__).parents[1] / "presets",  # the copy in the wheel
    Path(__file__).parents[2] / "presets",  # the checkout
)


def load_preset(path: str | Path, overrides: Sequence[str] = ()) -> Preset:
    """Read and check a preset.

    Args:
        path: A TOML file; a bare name such as ``noir`` is looked for in ``./presets``
            and then among the presets that ship with ganfx.
        overrides: ``KEY=VALUE`` strings such as ``train.steps=2000``; the value is
            TOML, and a bare word is a string. Later ones win.

    Raises:
        UsageError: The file cannot be found or read; the hint names the nearest preset.
        PresetError: Something in it is wrong: all problems at once, with lines.
    """
    file = find_preset(path)
    text = _read_text(file)
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None)
        where = f"{file.name}:{line}" if line else file.name
        raise PresetError(file, [Problem("", f"not TOML: {error}", where)]) from error
    parsed = [_parse_override(override, file) for override in overrides]
    for _, _, table in parsed:
        values = _merge(values, table)
    if _only_steps_are_set(parsed):
        # Minutes replace steps; who sets steps means them, whatever the file says.
        values.get("train", {}).pop("minutes", None)
    try:
        # Through JSON, strict mode takes exactly what TOML writes: a list for a
        # tuple, but no string for a number and no true for 1.
        return Preset.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        written = {key: f"--set {override}" for key, override, _ in parsed}
        problems = [
            describe(e["loc"], dict(e), file, text, written)
            for e in error.errors()
            if not is_consequence(dict(e))
        ]
        raise PresetError(file, list(dict.fromkeys(problems))) from error


def find_preset(path: str | Path) -> Path:
    """The preset file meant by a path or a bare name.

    Raises:
        UsageError: There is none; the hint names the nearest.
    """
    name = Path(path).name
    candidates = [Path(path)]
    # `noir` and `presets/noir.toml` work from any folder: the shipped preset stands in.
    if Path(path).parent in (Path(), Path("presets")):
        file = name if name.endswith(".toml") else f"{name}.toml"
        candidates += [folder / file for folder in (Path("presets"), *SHIPPED)]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise UsageError(f"cannot read preset {path}: no such file", hint=_near_preset(Path(path)))


def list_presets() -> list[Path]:
    """The presets that ship with ganfx: the one for a look of one's own, then by name."""
    found = {p.stem: p for folder in reversed(SHIPPED) for p in folder.glob("*.toml")}
    return [found[name] for name in sorted(found, key=lambda name: (name != FIRST, name))]


def shipped_words(name: str) -> dict[str, str]:
    """Description and licence in the shipped preset of that name; empty if there is none."""
    file = next((path for path in list_presets() if path.stem == name), None)
    values = tomllib.loads(_read_text(file)) if file else {}
    return {key: values[key] for key in WORDS if key in values}


def override_data(
    preset: Preset, *, photos: str = "", art: str = "", pairs: str = "", background: str = ""
) -> Preset:
    """The preset with the user's own pictures in place of its sources.

    ``photos`` with ``art`` selects the unpaired recipe, ``pairs`` the paired one
    (``art`` beside ``pairs`` is shown to the discriminators). ``background`` is what
    transparent pixels are put on.

    Raises:
        UsageError: The combination makes no sense.
    """
    if background:
        data = preset.data.model_copy(update={"background": background})
        preset = preset.model_copy(update={"data": data})
    if not (photos or art or pairs):
        return preset
    if photos and pairs:
        raise UsageError("--photos and --pairs exclude each other: pairs bring their own photos")
    values = preset.data.model_dump(exclude_unset=True)
    if pairs:
        values |= {"photos": "", "art": art, "pairs": pairs}
    else:
        values |= {"photos": photos or preset.data.photos, "art": art or preset.data.art}
        values |= {"pairs": ""}
    if not values["pairs"] and not (values["photos"] and values["art"]):
        raise UsageError(
            f"the preset {preset.name} learns from pairs: give both --photos and --art, or --pairs"
        )
    return preset.model_copy(update={"data": DataConfig(**values)})


def renamed(preset: Preset, name: str) -> Preset:
    """The preset under the user's own name, without the words of a shipped one.

    Raises:
        UsageError: It is not a name.
    """
    shipped = shipped_words(preset.name)
    words = {key: "" for key, value in shipped.items() if getattr(preset, key) == value}
    try:
        return Preset.model_validate(preset.model_dump(exclude_unset=True) | words | {"name": name})
    except ValidationError as error:
        raise UsageError(
            f"--name {name}: not a name for a look",
            hint="small letters, digits, - and _, such as my-look",
        ) from error


def written_keys(preset: Preset) -> frozenset[str]:
    """Keys that the file or an override wrote, dotted: all others have their default."""
    return frozenset(_dotted(preset.model_dump(exclude_unset=True)))


def filled_from(preset: Preset, values: Mapping[str, Any]) -> Preset:
    """The preset with other values, as nested tables, where it does not write its own.

    Raises:
        ValidationError: A value is none that its key can have.
    """
    merged = _merge(dict(values), preset.model_dump(mode="json", exclude_unset=True))
    return Preset.model_validate_json(json.dumps(merged))


def _dotted(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}"


def _near_preset(path: Path) -> str:
    known = [p.stem for p in list_presets()]
    near = nearest(path.stem, known)
    return f"did you mean {near}?" if near else f"presets: {', '.join(known)}"


def _only_steps_are_set(parsed: Sequence[tuple[Key, str, dict[str, Any]]]) -> bool:
    keys = {key for key, _, _ in parsed}
    return ("train", "steps") in keys and ("train", "minutes") not in keys


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # Windows editors put a mark first
    except UnicodeDecodeError as error:
        raise UsageError(f"cannot read preset {file}: not UTF-8 text") from error
    except OSError as error:
        raise UsageError(f"cannot read preset {file}: {error.strerror}") from error


def _parse_override(override: str, file: Path) -> tuple[Key, str, dict[str, Any]]:
    """Split ``train.steps=2000`` into its key, itself and a nested table."""
    name, equals, value = override.partition("=")
    name = name.strip()
    # A TOML assignment is already a nested table; a bare word is taken as a string.
    for candidate in (f"{name} = {value}", f"{name} = {json.dumps(value)}"):
        try:
            table = tomllib.loads(candidate)
        except tomllib.TOMLDecodeError:
            continue
        return tuple(part.strip() for part in name.split(".")), override, table
    what = "expected KEY=VALUE" if not equals else f"'{name}' is not a key"
    raise PresetError(file, [Problem("", what, f"--set {override}")])


def _merge(into: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    merged = dict(into)
    for key, value in table.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merge(old, value) if both else value  # type: ignore[arg-type]
    return merged
