"""The generator compiled, where that works and pays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from ganfx.models.generator import Generator


class Compiled:
    """A generator that runs compiled on a GPU, and as it is elsewhere.

    Only the generator: the gradient penalty differentiates the discriminators twice,
    which compiled networks cannot do. Compiling happens at the first call, and needs a
    compiler for the device; where that fails, the generator runs as it is from then on.

    Args:
        generator: Its parameters stay its own.
        wanted: The preset's ``train.compile``.
        device: Compiled for a CPU it took two minutes longer to begin, and each pass a tenth
            longer, where that was measured.

    Attributes:
        problem: Why it runs as it is although it should be compiled; empty otherwise.
    """

    def __init__(
        self, generator: Generator, wanted: Literal["auto", "off"], device: torch.device
    ) -> None:
        self._generator = generator
        self._compiled: Callable[[Tensor], Tensor] | None = None
        if wanted == "auto" and device.type == "cuda":
            self._compiled = torch.compile(generator.forward)
        self.problem = ""

    def __call__(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` to the same shape, as the generator makes it."""
        if self._compiled is not None:
            try:
                return self._compiled(photo)
            except torch.cuda.OutOfMemoryError:
                raise
            except Exception as error:  # compilers fail in many ways
                self._compiled = None
                self.problem = str(error).strip().partition("\n")[0] or type(error).__name__
        result: Tensor = self._generator(photo)
        return result
