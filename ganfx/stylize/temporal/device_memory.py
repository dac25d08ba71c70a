"""What of a device's memory the temporal filter takes: bands of rows that fit.

Arithmetic on a device is that of each pixel by itself, so bands of any height give the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import torch

from ganfx.errors import GanfxError
from ganfx.models.devices import is_out_of_memory

MOST = 1 << 20
"""Pixels of a band where there is memory: about 200 MB are in use beside it."""
LEAST = 1 << 14
"""The same below which smaller bands would help no more."""

T = TypeVar("T")


@dataclass(eq=False)
class DeviceMemory:
    """A device, and how much fits it: found out once for a run, and for all its shots."""

    device: torch.device
    pixels: int = MOST
    """Of a band."""
    parks: bool = False
    """Whether frames wait in the computer's memory, and go to the device one by one."""
    problem: str = ""
    """What the device had no room for; empty while it has."""

    def bands(self, height: int, width: int) -> Iterator[slice]:
        """All rows of a picture, some at a time."""
        rows = max(1, self.pixels // max(1, width))
        return (slice(top, min(top + rows, height)) for top in range(0, height, rows))

    def fitted(self, work: Callable[[], T]) -> T:
        """The result of what computes on a device, begun again where memory did not suffice.

        Args:
            work: Takes bands from this; called again with smaller ones.

        Raises:
            GanfxError: The device is out of memory for the smallest bands, too.
        """
        while True:
            try:
                return work()
            except RuntimeError as error:
                if not is_out_of_memory(error):
                    raise
                self._shrink(error)
            if self.device.type == "cuda":
                torch.cuda.empty_cache()

    def _shrink(self, error: RuntimeError) -> None:
        told = str(error).strip().partition("\n")[0]
        if self.parks and self.pixels <= LEAST:
            raise GanfxError(
                f"the device is out of memory for the temporal filter: {told}",
                hint="close what else uses it, or choose another with --device",
            ) from error
        self.pixels, self.parks = max(LEAST, self.pixels // 4), True
        self.problem = self.problem or told
