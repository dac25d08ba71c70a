"""The crops of a training step, and what is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

Terms = dict[str, Tensor]
"""Losses of a step, scalars on the device, by name."""


@dataclass
class Crops:
    """The crops of a step, or of a micro-batch: ``(B, 3, S, S)`` each, in [-1, 1]."""

    photo: Tensor
    real: Tensor
    painted: Tensor | None
    fake: Tensor | None = None  # what the generator made of ``photo``, once it has
    finished: Tensor | None = None  # ``fake`` with marks on, once they are
    share: float = 1.0  # of the step's crops

    def micro_batches(self, count: int) -> Iterator[Crops]:
        """Micro-batches of at most ``count`` crops; a single one is the whole itself."""
        size = len(self.photo)
        if size <= count:
            yield self
            return
        for start in range(0, size, count):
            part = slice(start, start + count)
            painted = None if self.painted is None else self.painted[part]
            photo = self.photo[part]
            yield Crops(photo, self.real[part], painted, share=len(photo) / size)

    @property
    def made(self) -> tuple[Tensor, Tensor]:
        """What the generator made of the photos, bare and with marks on; once it is there."""
        assert self.fake is not None
        assert self.finished is not None
        return self.fake, self.finished
