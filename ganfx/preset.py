"""Presets: everything that defines a look's training, typed and immutable.

A preset is one TOML file, readable by itself: there is no inheritance and no
interpolation. `load_preset` checks all of it at once, strictly (no silent
conversions, no unknown keys), and reports every problem with its file and line.
Importing this module imports no torch.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationError,
    model_validator,
)

from ganfx.errors import UsageError, nearest

PACKAGED_PRESETS = Path(__file__).parent / "presets"
"""Where the wheel keeps a copy of ``presets/``."""

UnitFloat = Annotated[float, Field(ge=0.0, le=1.0)]
Scale = Annotated[float, Field(gt=0.0, le=4.0)]


class Section(BaseModel):
    """A table in a preset: immutable, no unknown keys, no silent conversions."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
    )


class DataConfig(Section):
    """What to learn from. Folders of pictures, or ``samples:NAME`` for rendered ones."""

    photos: str = ""
    """Plain photographs or plates: what the look will be applied to."""
    art: str = ""
    """Pictures that have the look, unrelated to the photos."""
    pairs: str = ""
    """A folder with ``photos/`` and ``painted/``, the same names in both; replaces ``photos``."""
    photo_scale: tuple[Scale, Scale] = (0.5, 1.0)
    """Each photo crop is taken at a random scale in this range; 0.5 halves the picture."""
    art_scale: tuple[Scale, Scale] = (0.5, 1.0)
    """The same for art: small enough that a brush stroke spans 5 to 15 pixels."""
    samples: PositiveInt = 48
    """How many pictures to render where a source is ``samples:NAME``."""

    @model_validator(mode="after")
    def _sources_fit(self) -> Self:
        if self.pairs and self.photos:
            raise ValueError("give either photos or pairs: pairs bring their own photos")
        if not self.pairs and not (self.photos and self.art):
            raise ValueError("expected photos and art, or pairs")
        for key in ("photo_scale", "art_scale"):
            low, high = getattr(self, key)
            if low > high:
                raise ValueError(f"{key}: expected [low, high], got [{low}, {high}]")
        return self


class ModelConfig(Section):
    """The generator: a residual U-Net without normalisation layers."""

    channels: Annotated[tuple[PositiveInt, ...], Field(min_length=1, max_length=5)] = (
        16,
        32,
        64,
        96,
    )
    """Feature channels at full, half, quarter... resolution."""
    blocks: NonNegativeInt = 3
    """Residual blocks at the coarsest resolution."""
    monochrome: bool = False
    """A black-and-white look: one value for red, green and blue, by construction."""


class DiscriminatorConfig(Section):
    """Two patch networks: one on luma at full size, one on colour at quarter size."""

    channels: PositiveInt = 32
    """Feature channels of the first layer; doubled by each of the next two."""
    spectral_norm: bool = True
    """Bound each layer's gain (not needed with ``relativistic``, which has R1 and R2)."""


class LossConfig(Section):
    """What the generator is asked for. A weight of 0 turns a term off."""

    adversarial: Literal["bce", "lsgan", "hinge", "relativistic"] = "bce"
    """``bce`` is cross-entropy; the other three are the field's usual alternatives."""
    texture: NonNegativeFloat = 1.0
    """Adversarial weight of the luma discriminator: line, grain, brushwork."""
    palette: NonNegativeFloat = 0.5
    """Adversarial weight of the colour discriminator."""
    content: NonNegativeFloat = 2.0
    """Keeps the photo's coarse structure. Too low and shapes drift; too high: still a photo."""
    style: NonNegativeFloat = 4.0
    """Matches the art's texture statistics at several scales."""
    color: NonNegativeFloat = 0.0
    """Keeps the photo's hues, at low frequency. 0 lets the palette move."""
    pixel: NonNegativeFloat = 10.0
    """Mean absolute difference to the painted version; only with ``data.pairs``."""
    variation: NonNegativeFloat = 0.0
    """Discourages texture where the photo is flat, such as clear sky."""
    r1_gamma: NonNegativeFloat = 0.2
    """Weight of the R1 and R2 gradient penalties of ``relativistic``, per logit."""


class AugmentConfig(Section):
    """Geometric changes to what the discriminators see; never its colour."""

    flip: bool = True
    """Mirror left and right, half of the time."""
    probability: UnitFloat = 0.3
    """Chance of each further change: shift, small rotation and scale."""


class GrainConfig(Section):
    """Film grain, added after the network: new in every frame, the same on every machine."""

    amount: UnitFloat = 0.0
    """Standard deviation in mid-tones, of the display range 0 to 1."""
    size: Annotated[float, Field(ge=1.0, le=8.0)] = 1.5
    """Grain diameter in pixels at 1080 lines; scales with the picture's height."""
    color: UnitFloat = 0.0
    """0 is the same grain in red, green and blue; 1 is independent grain."""


class TrainConfig(Section):
    """The optimisation run."""

    steps: PositiveInt = 4000
    """Optimiser steps of the generator."""
    minutes: PositiveFloat | None = None
    """When set, replaces ``steps``: the step count that fits, from a few timed steps."""
    batch_size: PositiveInt = 4
    """Crops per step."""
    crop_size: Annotated[int, Field(ge=64, le=1024, multiple_of=16)] = 192
    """Side of the square training crop, in pixels."""
    generator_lr: PositiveFloat = 6e-4
    """Adam learning rate of the generator; falls to zero over the last ``decay`` of the run."""
    discriminator_lr: PositiveFloat = 3e-4
    """Adam learning rate of the discriminators; falls likewise."""
    decay: UnitFloat = 0.4
    """Share of the run over which the learning rates fall to zero."""
    ema_half_life: PositiveFloat = 800.0
    """Half-life of the averaged generator that becomes the style, in images."""
    preview_every: PositiveInt = 250
    """Steps between preview sheets."""
    save_every: PositiveInt = 500
    """Steps between checkpoints."""
    log_every: PositiveInt = 25
    """Steps between lines of ``stats.jsonl``."""
    seed: NonNegativeInt = 1
    """Seed of everything random."""


class Preset(Section):
    """One look: what it is, what it learns from and how."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
    """Name of the look and of its style file."""
    description: str = ""
    """One line for ``ganfx styles``."""
    licence: str = ""
    """Licence of the finished style file."""
    data: DataConfig
    model: ModelConfig = ModelConfig()
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    loss: LossConfig = LossConfig()
    augment: AugmentConfig = AugmentConfig()
    grain: GrainConfig = GrainConfig()
    train: TrainConfig = TrainConfig()


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
    try:
        # Through JSON, strict mode takes exactly what TOML writes: a list for a
        # tuple, but no string for a number and no true for 1.
        return Preset.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        written = {key: f"--set {override}" for key, override, _ in parsed}
        problems = [_problem(e["loc"], dict(e), file, text, written) for e in error.errors()]
        raise PresetError(file, problems) from error


def find_preset(path: str | Path) -> Path:
    """The preset file meant by a path or a bare name.

    Raises:
        UsageError: There is none; the hint names the nearest.
    """
    name = str(path)
    candidates = [Path(path)]
    if "/" not in name and "\\" not in name:
        stem = name.removesuffix(".toml")
        candidates += [Path("presets") / f"{stem}.toml", PACKAGED_PRESETS / f"{stem}.toml"]
        candidates.append(PACKAGED_PRESETS.parents[1] / "presets" / f"{stem}.toml")
    elif Path(path).parent == Path("presets"):
        # `presets/noir.toml` works from any folder: the packaged copy stands in.
        candidates += [PACKAGED_PRESETS / Path(path).name]
        candidates.append(PACKAGED_PRESETS.parents[1] / "presets" / Path(path).name)
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise UsageError(f"cannot read preset {name}: no such file", hint=_near_preset(Path(path)))


def list_presets() -> list[Path]:
    """The presets that ship with ganfx, by name."""
    folders = [PACKAGED_PRESETS, PACKAGED_PRESETS.parents[1] / "presets"]
    found = {p.stem: p for folder in reversed(folders) for p in sorted(folder.glob("*.toml"))}
    return [found[name] for name in sorted(found)]


def override_data(preset: Preset, *, photos: str = "", art: str = "", pairs: str = "") -> Preset:
    """The preset with the user's own pictures in place of its sources.

    ``photos`` with ``art`` selects the unpaired recipe, ``pairs`` the paired one
    (``art`` beside ``pairs`` is shown to the discriminators).

    Raises:
        UsageError: The combination makes no sense.
    """
    if not (photos or art or pairs):
        return preset
    if photos and pairs:
        raise UsageError("--photos and --pairs exclude each other: pairs bring their own photos")
    values = preset.data.model_dump()
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


def _near_preset(path: Path) -> str:
    known = [p.stem for p in list_presets()]
    near = nearest(path.stem, known)
    return f"did you mean {near}?" if near else f"presets: {', '.join(known)}"


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
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


def _problem(
    loc: tuple[int | str, ...],
    error: dict[str, Any],
    file: Path,
    text: str,
    written: dict[Key, str],
) -> Problem:
    key = tuple(str(part) for part in loc if not isinstance(part, int))
    where = next((written[key[:n]] for n in range(len(key), 0, -1) if key[:n] in written), None)
    if where is None:
        line = line_of(text, key)
        where = f"{file.name}:{line}" if line else file.name
    return Problem(".".join(key), _message(key, error), where)


def _message(key: Key, error: dict[str, Any]) -> str:
    kind, found = error["type"], error["input"]
    if kind == "extra_forbidden":
        near = nearest(key[-1], _keys_beside(key))
        return "unknown key" + (f', did you mean "{near}"?' if near else "")
    if kind == "missing":
        return "required, but not there"
    message: str = error["msg"]
    for start in ("Input should be ", "Value error, "):
        if message.startswith(start):
            message = ("expected " if start[0] == "I" else "") + message.removeprefix(start)
    return message if isinstance(found, dict) else f"{message}, got {found!r}"


def _keys_beside(key: Key) -> list[str]:
    """The keys that the table holding ``key`` may have."""
    model: type[BaseModel] = Preset
    for part in key[:-1]:
        field = model.model_fields.get(part)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
        model = kind
    return list(model.model_fields)


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
