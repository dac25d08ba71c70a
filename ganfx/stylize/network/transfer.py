"""Windows to the device and back, beside the network where the device works on its own.

A GPU copies while it computes, but only from and to memory that stays in its place. So windows
go through two such buffers each way, in turn: while the network works on one, the next is on its
way there and the one before on its way back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ganfx.media.arrays import ImageF32

BUFFERS = 2
"""Each way."""

Wait = Callable[[], None]
"""Returns once a copy is done."""


class Copier(Protocol):
    """A device that copies on its own, beside what it computes."""

    def buffer(self, size: int) -> Tensor:
        """``(size,)`` float32 in memory that the device copies from and to by itself."""

    def there(self, buffer: Tensor) -> tuple[Tensor, Wait]:
        """Begin to copy a buffer to the device: what is computed next has it all."""

    def back(self, picture: Tensor, buffer: Tensor) -> Wait:
        """Begin to copy a picture into a buffer of its shape, once it is computed."""


class Transfer:
    """Windows to where the network is, and back at once: of a CPU, or a device that is waited for.

    As a context, its end is when all results are there.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def there(self, part: NDArray[np.float32]) -> Tensor:
        """``(h, w, 3)`` on the device."""
        return _as_tensor(part).to(self._device)

    def back(self, picture: Tensor, into: ImageF32) -> None:
        """Have a result, ``(h, w, 3)``, in an array by the end of the context."""
        torch.from_numpy(into).copy_(picture)

    def __enter__(self) -> Transfer:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        pass


def _as_tensor(part: NDArray[np.float32]) -> Tensor:
    # torch takes no memory that runs backwards, nor what it may not write to.
    return torch.from_numpy(np.require(part, np.float32, ["C", "W"]))


class _Buffer:
    """Memory for copies, grown as far as it was asked for."""

    def __init__(self, copier: Copier) -> None:
        self._copier = copier
        self._values: Tensor | None = None
        self._copied: Wait | None = None

    def of(self, shape: tuple[int, ...]) -> Tensor:
        """In a shape, once the last copy is done."""
        self.wait()
        size = int(np.prod(shape))
        if self._values is None or self._values.numel() < size:
            self._values = None  # or both would be there for a moment
            self._values = self._copier.buffer(size)
        return self._values[:size].view(shape)

    def wait(self) -> None:
        """Until the last copy is done."""
        copied, self._copied = self._copied, None
        if copied is not None:
            copied()

    def is_copied(self, copied: Wait) -> None:
        """Note when the copy that was begun is done."""
        self._copied = copied


@dataclass(frozen=True, eq=False)
class _Result:
    """One that is on its way."""

    buffer: _Buffer
    values: Tensor
    into: ImageF32


class BufferedTransfer(Transfer):
    """The same beside the network; results arrive when their buffer is wanted, or at the end."""

    def __init__(self, device: torch.device, copier: Copier) -> None:
        super().__init__(device)
        self._copier = copier
        self._up, self._down = ([_Buffer(copier) for _ in range(BUFFERS)] for _ in range(2))
        self._coming: list[_Result] = []

    def there(self, part: NDArray[np.float32]) -> Tensor:
        """``(h, w, 3)`` on the device."""
        buffer = self._up[0]
        self._up.reverse()
        values = buffer.of(part.shape)
        values.copy_(_as_tensor(part))  # on all cores, as numpy would not
        window, copied = self._copier.there(values)
        buffer.is_copied(copied)
        return window

    def back(self, picture: Tensor, into: ImageF32) -> None:
        """Have a result, ``(h, w, 3)``, in an array by the end of the context."""
        if len(self._coming) == BUFFERS:
            self._arrive()
        buffer = self._down[0]
        self._down.reverse()
        values = buffer.of(tuple(picture.shape))
        buffer.is_copied(self._copier.back(picture, values))
        self._coming.append(_Result(buffer, values, into))

    def _arrive(self) -> None:
        first = self._coming.pop(0)
        first.buffer.wait()
        torch.from_numpy(first.into).copy_(first.values)

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is not None:  # the picture is begun again, or never
            self._coming.clear()
        while self._coming:
            self._arrive()


class CudaCopier:
    """Copies of the current GPU, in a stream of their own each way."""

    def __init__(self) -> None:
        self._up, self._down = (
            torch.cuda.Stream()  # type: ignore[no-untyped-call]
            for _ in range(2)
        )

    def buffer(self, size: int) -> Tensor:
        """See `Copier`."""
        return torch.empty(size, pin_memory=True)

    def there(self, buffer: Tensor) -> tuple[Tensor, Wait]:
        """See `Copier`."""
        current = torch.cuda.current_stream()
        with torch.cuda.stream(self._up):
            window = buffer.to("cuda", non_blocking=True)
            copied = self._up.record_event()
        current.wait_event(copied)
        window.record_stream(current)  # or its memory would be free as soon as it was copied
        return window, cast("Wait", copied.synchronize)

    def back(self, picture: Tensor, buffer: Tensor) -> Wait:
        """See `Copier`."""
        self._down.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._down):
            buffer.copy_(picture, non_blocking=True)
            copied = self._down.record_event()
        picture.record_stream(self._down)
        return cast("Wait", copied.synchronize)


_kept = threading.local()
"""Buffers of each thread: to make them takes longer than to copy a window."""


def transfer_for(device: torch.device) -> Transfer:
    """How windows get to a device and back."""
    if device.type != "cuda":
        return Transfer(device)
    made: BufferedTransfer | None = getattr(_kept, "transfer", None)
    if made is None:
        made = _kept.transfer = BufferedTransfer(device, CudaCopier())
    return made
