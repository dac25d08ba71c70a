"""How marks are drawn anew over time, as in animation that is drawn frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ganfx.curve import Curve, Key, fixed, is_curve, least, most, read_amount
from ganfx.errors import UsageError, nearest

_EXPECTED = "give a share from 0 to 1, then every=N and fade: 0.5,every=3,fade"


@dataclass(frozen=True)
class Boil:
    """Which share of the marks is drawn anew, and how often.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

    amount: float | Curve = 0.0
    """0 carries all marks along the shot, 1 draws all of them anew each time."""
    every: int = 1
    """Frames of a drawing; drawings begin at multiples of it."""
    fade: bool = False
    """Whether a drawing fades into the next."""

    def __post_init__(self) -> None:
        if not (least(self.amount) >= 0 and most(self.amount) <= 1):
            raise UsageError(f"--boil {self.amount}: expected from 0 to 1", hint=_EXPECTED)
        if self.every < 1:
            raise UsageError(f"--boil every={self.every}: expected at least 1", hint=_EXPECTED)

    def __str__(self) -> str:
        amount = self.amount if isinstance(self.amount, Curve) else f"{self.amount:.12g}"
        every = f",every={self.every}" if self.every != 1 else ""
        return f"{amount}{every}{',fade' if self.fade else ''}"

    @property
    def keys(self) -> tuple[Key, ...]:
        """Of the amount, where that changes over time."""
        return self.amount.keys if isinstance(self.amount, Curve) else ()

    def at(self, frame: int) -> Boil:
        """As it is in a frame."""
        if not isinstance(self.amount, Curve):
            return self
        return replace(self, amount=self.amount.at(frame))

    @property
    def share(self) -> float:
        """The amount, of options that are one frame's."""
        return fixed(self.amount)

    def drawings(self, frame: int) -> tuple[tuple[int, float], ...]:
        """Numbers of the drawings that a frame shows, each with its share; shares sum to 1."""
        drawing, gone = divmod(frame, self.every)
        if not (self.fade and gone):
            return ((drawing, 1.0),)
        later = gone / self.every
        return ((drawing, 1.0 - later), (drawing + 1, later))


CALM = Boil()
"""Nothing is drawn anew."""


def read_boil(text: str) -> Boil:
    """``0.5``, ``1,every=3``, ``1001:0,1040:1,linear,every=2,fade``.

    Raises:
        UsageError: It is something else.
    """
    parts = [part.strip() for part in text.split(",")]
    amount = [part for part in parts if not _is_word(part)]
    every, fade = 1, False
    for word in parts:
        if word == "fade":
            fade = True
        elif word.startswith("every="):
            every = _whole(word, text)
    return Boil(_amount(",".join(amount), text), every, fade)


def _is_word(part: str) -> bool:
    return part == "fade" or ("=" in part and part.startswith("every="))


def _whole(word: str, text: str) -> int:
    try:
        return int(word.removeprefix("every="))
    except ValueError:
        raise UsageError(f"--boil {text}: {word} is no number of frames", hint=_EXPECTED) from None


def _amount(amount: str, text: str) -> float | Curve:
    try:
        return read_amount(amount)
    except UsageError as error:
        if is_curve(amount):
            raise UsageError(f"--boil {error.message}", hint=error.hint) from error
        words = [part.partition("=")[0] for part in amount.split(",")]
        near = next(filter(None, (nearest(word, ("every", "fade")) for word in words)), None)
        hint = f"did you mean {near}?" if near else _EXPECTED
        raise UsageError(f"--boil {text}: expected a number, or keys", hint=hint) from None
