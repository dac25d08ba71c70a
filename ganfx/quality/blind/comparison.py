"""A comparison: pairs of pictures in a hidden order, on hidden sides, and the key to them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from ganfx.errors import MediaError, UsageError
from ganfx.media.atomic import replacing
from ganfx.media.headers import read_header
from ganfx.quality.pairing import matched
from ganfx.quality.sampling import spread

ID_DIGITS = 12
FORMAT = 1


@dataclass(frozen=True)
class Pair:
    """One question: two pictures of the same name, from two of the sets."""

    picture: str
    """Its path in the sets, without a suffix."""
    left: int
    """Index of the set on the left."""
    right: int


@dataclass(frozen=True)
class Comparison:
    """What is asked, in the order in which it is asked."""

    id: str
    """Of the pictures, the question and the order: votes carry it."""
    ask: str
    sets: tuple[str, ...]
    """The folders, as they were given."""
    pairs: tuple[Pair, ...]
    same: tuple[str, ...] = ()
    """Pictures that are the same file in two of the sets: whoever votes can only guess."""


Files = Mapping[str, Sequence[Path]]
"""The pictures by name: a path for each set."""


def planned(folders: Sequence[Path], ask: str, *, most: int, seed: int) -> tuple[Comparison, Files]:
    """The pairs of a comparison: every two sets, for every picture.

    Sides are even: of any two sets, each is on the left as often as the other, or once more.

    Args:
        folders: Two sets or more, with the same pictures.
        ask: The question.
        most: How many pictures, evenly spread.
        seed: Chooses order and sides.

    Raises:
        UsageError: There are not two folders, or they do not match.
        MediaError: A picture cannot be read, or has another size than its like, which tells them
            apart.
    """
    if len({folder.resolve() for folder in folders}) < max(2, len(folders)):
        raise UsageError(
            "a comparison is of two folders or more, each another one",
            hint="ganfx compare A/ B/",
        )
    every = matched(folders)
    files = {name: every[name] for name in spread(list(every), most)}
    for paths in files.values():
        _refuse_sizes(paths)
    pairs = _shuffled(list(files), len(folders), seed)
    digests = {name: [_digest(path) for path in paths] for name, paths in files.items()}
    same = tuple(name for name, found in digests.items() if len(set(found)) < len(found))
    asked = [ask, [asdict(pair) for pair in pairs], digests]
    name = hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:ID_DIGITS]
    return Comparison(name, ask, tuple(map(str, folders)), tuple(pairs), same), files


def _shuffled(names: Sequence[str], sets: int, seed: int) -> list[Pair]:
    rng = np.random.default_rng(seed)
    pairs = []
    for first, second in combinations(range(sets), 2):
        sides = rng.permutation(np.arange(len(names)) % 2)
        for name, side in zip(names, sides, strict=True):
            pairs.append(Pair(name, *((first, second) if side else (second, first))))
    return [pairs[index] for index in rng.permutation(len(pairs))]


def _refuse_sizes(paths: Sequence[Path]) -> None:
    sizes = [_size(path) for path in paths]
    for path, size in zip(paths, sizes, strict=True):
        if size != sizes[0]:
            shown = ["x".join(map(str, each)) for each in (size, sizes[0])]
            raise MediaError(f"{path}: {shown[0]}, and {paths[0]} has {shown[1]}")


def _size(path: Path) -> tuple[int, int]:
    """Of what is shown, upright."""
    header = read_header(path)
    shown = header.window.display
    turned = header.orientation in (5, 6, 7, 8)
    return (shown.height, shown.width) if turned else (shown.width, shown.height)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_key(path: Path, comparison: Comparison) -> None:
    """Write the key: not for those who vote.

    Raises:
        MediaError: It cannot be written.
    """
    values = {"ganfx_comparison": FORMAT, **asdict(comparison)}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def read_key(path: Path) -> Comparison:
    """Read a key.

    Raises:
        UsageError: It is missing, or none.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"cannot read the key {path}: {error.strerror}",
            hint="it was written beside the page or the sheets: give --key FILE",
        ) from error
    except ValueError as error:
        raise UsageError(f"{path} is no key of a comparison: {error}") from error
    if not isinstance(values, dict) or values.pop("ganfx_comparison", None) != FORMAT:
        raise UsageError(f"{path} is no key of a comparison")
    try:
        comparison = TypeAdapter(Comparison).validate_python(values)
    except ValidationError as error:
        told = error.errors()[0]
        where = ".".join(map(str, told["loc"]))
        raise UsageError(f"{path} is no key of a comparison: {where}: {told['msg']}") from error
    indices = range(len(comparison.sets))
    if any(p.left == p.right or not {p.left, p.right} <= {*indices} for p in comparison.pairs):
        raise UsageError(f"{path} is no key of a comparison: it has pairs of no sets")
    return comparison
