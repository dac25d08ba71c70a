"""The generator under ``torch.compile``, where that works and pays."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganfx.models.devices import is_out_of_memory
from ganfx.models.generator import Generator

SIZES = 64
"""Sizes of picture that one run compiles for; what comes after those runs as it is."""
KEPT = "TORCHINDUCTOR_CACHE_DIR"
"""Where torch keeps what it has compiled, if the user says so."""


class Compiled:
    """A generator that runs compiled where that is asked for, and else as it is.

    Only a generator: the gradient penalty differentiates the discriminators twice, which
    compiled networks cannot do. Compiling happens at the first call with each size of
    picture, and needs a compiler for the device; where it fails, the generator runs as it is
    from then on. What was compiled is kept for later runs.

    Args:
        generator: Its parameters stay its own.
        kept: Folder for what was compiled, if the environment names no other. None compiles
            nothing.

    Attributes:
        problem: Why it runs as it is although it should be compiled; empty otherwise.
    """

    def __init__(self, generator: Generator, kept: Path | None) -> None:
        self._generator = generator
        self._compiled = None if kept is None else _compile(generator, kept)
        self.problem = ""

    @property
    def stride(self) -> int:
        """The generator's."""
        stride: int = self._generator.stride
        return stride

    @property
    def receptive_radius(self) -> int:
        """The generator's."""
        radius: int = self._generator.receptive_radius
        return radius

    @property
    def border(self) -> int:
        """The generator's."""
        border: int = self._generator.border
        return border

    def __call__(self, photo: Tensor) -> Tensor:
        """``(B, 3, H, W)`` to the same shape, as the generator makes it."""
        if self._compiled is not None:
            try:
                return self._compiled(photo)
            except Exception as error:  # compilers fail in many ways
                if is_out_of_memory(error):  # that is not the compiler's fault
                    raise
                self._compiled = None
                cause = getattr(error, "inner_exception", error)  # torch puts its own words first
                self.problem = str(cause).strip().partition("\n")[0] or type(cause).__name__
        result: Tensor = self._generator(photo)
        return result


def _compile(generator: Generator, kept: Path) -> Callable[[Tensor], Tensor]:
    from torch._inductor.runtime.cache_dir_utils import default_cache_dir

    # Torch sets it itself, to a folder that is gone at a restart, before anyone compiles.
    if os.environ.get(KEPT) in (None, default_cache_dir()):
        os.environ[KEPT] = str(kept)
    # It warns that there is no GPU, where nobody asked for one.
    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)
    # The limit is torch's own guard against code that is compiled without end.
    config: Any = torch._dynamo.config
    config.recompile_limit = max(config.recompile_limit, SIZES)
    compiled: Callable[[Tensor], Tensor] = torch.compile(generator.forward, dynamic=False)
    passes: Any = torch._functorch.config

    def run(photo: Tensor) -> Tensor:
        # Or else a backward pass is compiled when it is first run, and fails in midst of a step.
        with passes.patch(force_non_lazy_backward_lowering=True):
            return compiled(photo)

    return run
