"""What can be seen of a run as it goes: preview sheets, the look itself, and plates in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ganfx.training import recovery
from ganfx.training.events import LookSaved, Notice, PlateShown, PreviewSaved
from ganfx.training.export import StyleWriter, style_path
from ganfx.training.previews import save_preview
from ganfx.training.run_length import known_steps, seconds_left
from ganfx.training.state import State
from ganfx.training.watch import Watch

SOON = 45.0
"""Seconds after which there is a preview whatever its number of steps; then after twice as many."""


class Showing:
    """Of the first process: when something is to be shown, and the showing of it.

    Args:
        writer: Of the run's look.
        plates: That the user watches.
        seconds: Of the run so far.
    """

    def __init__(self, writer: StyleWriter, plates: Sequence[Path], seconds: float) -> None:
        self._writer = writer
        self._watch = Watch(plates, writer.run, seconds)
        self._seconds = seconds
        """When something was shown last."""
        self._written: int | None = None
        """The step of the look that is there."""

    def is_due(self, state: State) -> bool:
        """By the preset's number of steps; also soon after the start, and ever more rarely."""
        every = state.preset.train.preview_every
        if state.step % every == 0 or state.step in (1, state.steps):
            return True
        left = seconds_left(state)
        ends_soon = left is not None and left < SOON  # with a preview
        return state.seconds >= max(SOON, 2 * self._seconds) and not ends_soon

    def show(self, state: State) -> PreviewSaved:
        """A preview sheet: the last of what is shown after a step."""
        self._seconds = state.seconds
        return PreviewSaved(
            state.step, save_preview(state, self._writer.pictures, self._writer.run)
        )

    def watch(self, state: State) -> Iterator[LookSaved | PlateShown | Notice]:
        """The look, and what it makes of the plates."""
        yield from self.keep_look(state)
        if self._written == state.step:
            yield from self._watch.show(state, style_path(self._writer.run, state.preset))

    def keep_look(self, state: State) -> Iterator[LookSaved]:
        """The look as it is by now; nothing where it is there already, or is none."""
        if self._written == state.step or not recovery.is_finite(state):
            return
        self._written = state.step
        path = self._writer.write(state, finished=False)
        yield LookSaved(state.step, known_steps(state), path)

    def finish(self, state: State) -> Path:
        """Write the look that stays."""
        return self._writer.write(state, finished=True)
