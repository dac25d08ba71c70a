"""Numbers that change over a shot: keys at frames, and what lies between them.

``1001:0,1040:1`` is 0 up to frame 1001 and 1 from frame 1040 on. Values between keys are those of
a smooth curve that never goes beyond its keys (Fritsch and Carlson, Monotone Piecewise Cubic
Interpolation, 1980, with level ends); ``linear`` and ``step`` behind the keys say otherwise.

Values are sums, products and quotients of Python's floats alone: the same on every machine.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ganfx.errors import UsageError, nearest

Between = Literal["smooth", "linear", "step"]
"""How a curve goes from key to key; ``step`` stays at a key's value until the next."""
Key = tuple[int, float]
"""A frame and the value there."""

WAYS: tuple[Between, ...] = get_args(Between)
_EXAMPLE = "keys are FRAME:VALUE, as in 1001:0,1040:1 or 1001:0,1040:1,linear"


@dataclass(frozen=True)
class Curve:
    """A number for every frame.

    Raises:
        ValueError: On construction: there are no keys, or they are not in the order of frames.
    """

    keys: tuple[Key, ...]
    """Ascending; before the first and after the last their values hold."""
    between: Between = "smooth"

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a curve has at least one key")
        for (frame, _), (following, _) in zip(self.keys, self.keys[1:], strict=False):
            if frame == following:
                raise ValueError(f"frame {frame} has two keys")
            if frame > following:
                raise ValueError(f"frame {following} is after {frame}: keys go by frame")

    def __str__(self) -> str:
        keys = ",".join(f"{frame}:{_shown(value)}" for frame, value in self.keys)
        return keys if self.between == "smooth" else f"{keys},{self.between}"

    @property
    def least(self) -> float:
        """The smallest value that it has anywhere."""
        return min(value for _, value in self.keys)

    @property
    def most(self) -> float:
        """The largest value that it has anywhere."""
        return max(value for _, value in self.keys)

    def at(self, frame: int) -> float:
        """The value at a frame."""
        after = bisect_right(self.keys, frame, key=lambda key: key[0])
        if after == 0:
            return self.keys[0][1]
        first, value = self.keys[after - 1]
        if after == len(self.keys) or first == frame or self.between == "step":
            return value
        last, following = self.keys[after]
        share = (frame - first) / (last - first)
        straight = value + share * (following - value)
        if self.between == "linear":
            return straight
        bent = self._bent(after - 1, share, last - first)
        return min(max(bent, min(value, following)), max(value, following))

    def _bent(self, index: int, share: float, frames: int) -> float:
        """Hermite's cubic between two keys."""
        (_, value), (_, following) = self.keys[index], self.keys[index + 1]
        begins, ends = self._slope(index) * frames, self._slope(index + 1) * frames
        rest = 1 - share
        return (
            value * (1 + 2 * share) * rest * rest
            + begins * share * rest * rest
            + following * (3 - 2 * share) * share * share
            - ends * share * share * rest
        )

    def _slope(self, index: int) -> float:
        """Of the curve at a key, a frame: 0 at its ends, and where it turns."""
        if index in (0, len(self.keys) - 1):
            return 0.0
        before, after = self._chord(index - 1), self._chord(index)
        if before * after <= 0:
            return 0.0
        left, right = (self.keys[index + k][0] - self.keys[index + k - 1][0] for k in (0, 1))
        first, second = left + 2 * right, 2 * left + right
        return (first + second) / (second / before + first / after)

    def _chord(self, index: int) -> float:
        (frame, value), (last, following) = self.keys[index], self.keys[index + 1]
        return (following - value) / (last - frame)


def fixed(value: float | Curve) -> float:
    """A number of options that are those of one frame: curves have been looked up."""
    assert not isinstance(value, Curve), "options of all frames, where one frame's are needed"
    return value


def least(value: float | Curve) -> float:
    """The smallest value of a number that may change over time."""
    return value.least if isinstance(value, Curve) else value


def most(value: float | Curve) -> float:
    """The largest value of a number that may change over time."""
    return value.most if isinstance(value, Curve) else value


def read_amount(text: str) -> float | Curve:
    """A number; or keys, ``1001:0,1040:1``; or those of a file, ``strength.csv``.

    Raises:
        UsageError: It is none of these, saying where; the option is named by the caller.
    """
    if is_curve(text):
        return read_curve(text)
    try:
        return float(text)
    except ValueError:
        raise UsageError(f"{text}: expected a number, or keys", hint=_EXAMPLE) from None


def is_curve(text: str) -> bool:
    """Whether a text is written as keys, or as a file of them."""
    return ":" in text or text.partition(",")[0].lower().endswith(".csv")


def read_curve(text: str) -> Curve:
    """A curve from ``1001:0,1040:1``, from ``1001:0,1040:1,linear``, or from ``FILE.csv``.

    A file may be followed by how values go between its frames, too.

    Raises:
        UsageError: A key, a row or the word makes no sense, saying which.
    """
    parts = [part.strip() for part in text.split(",")]
    between: Between = "smooth"
    if len(parts) > 1 and ":" not in parts[-1]:
        between = _way(parts.pop(), text)
    if len(parts) == 1 and parts[0].lower().endswith(".csv"):
        return _of_file(Path(parts[0]), between)
    try:
        return Curve(tuple(_key(part) for part in parts), between)
    except ValueError as error:
        raise UsageError(f"{text}: {error}", hint=_EXAMPLE) from None


def _way(word: str, text: str) -> Between:
    for way in WAYS:
        if word == way:
            return way
    near = nearest(word, WAYS)
    hint = f"did you mean {near}?" if near else _EXAMPLE
    raise UsageError(f"{text}: expected smooth, linear or step after the keys", hint=hint)


def _key(text: str) -> Key:
    frame, _, value = text.rpartition(":")
    try:
        return int(frame), _finite(value)
    except ValueError:
        raise ValueError(f"{text!r} is no key") from None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("not a number")
    return value


def _of_file(path: Path, between: Between) -> Curve:
    """Of rows ``frame,value``; the first may be a heading, and lines that begin with # are none."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not text"
        raise UsageError(
            f"cannot read the curve {path}: {why}", hint="a row is frame,value: 1001,0.25"
        ) from error
    keys: list[Key] = []
    for row, line in enumerate(lines, start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            found = _row(line, path, row, heading=not keys)
            if found and keys and found[0][0] <= keys[-1][0]:
                raise UsageError(
                    f"{path}, row {row}: frame {found[0][0]} after {keys[-1][0]}",
                    hint="each frame once, in order",
                )
            keys += found
    if not keys:
        raise UsageError(f"{path} has no keys", hint="a row is frame,value: 1001,0.25")
    return Curve(tuple(keys), between)


def _row(line: str, path: Path, row: int, *, heading: bool) -> list[Key]:
    """The key of a row; none of a heading.

    Raises:
        UsageError: It is broken.
    """
    cells = [cell.strip().strip('"') for cell in line.split(",")]
    if heading and len(cells) == 2 and cells[0].lower() in ("frame", "frames"):
        return []
    try:
        frame, value = cells
        return [(int(frame), _finite(value))]
    except ValueError:
        raise UsageError(
            f"{path}, row {row}: {line.strip()!r} is no frame,value",
            hint="a row is a whole frame number and a number: 1001,0.25",
        ) from None


def _shown(value: float) -> str:
    """As short as it can be typed and be the same number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
