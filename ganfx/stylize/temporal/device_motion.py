"""How a shot moves, on a device: `ganfx.stylize.temporal.motion` with a flow of its own.

Given the same flow, trust is that of the CPU's path but for the last bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from ganfx.media.color import LUMA
from ganfx.media.flow import NOISE
from ganfx.stylize.temporal.device_flow import device_flow
from ganfx.stylize.temporal.device_sampling import blurred, eroded, inside, length_of, sample_at
from ganfx.stylize.temporal.motion import MARGIN, MISSED, TOLERANCE, UNLIKE
from ganfx.stylize.temporal.paths import Path, Paths, Step


@dataclass(eq=False)
class DeviceMotion(Paths[Tensor, Tensor]):
    """Paths by torch; all tensors are on one device."""

    def _size(self, guide: Tensor) -> tuple[int, int]:
        return guide.shape[0], guide.shape[1]

    def _there_and_back(self, first: int, second: int) -> tuple[Tensor, Tensor]:
        pairs = ((first, second), (second, first))
        lacking = [pair for pair in pairs if pair not in self.known and pair not in self._flows]
        if lacking:
            here, there = (
                torch.stack([self._seen_at(pair[end]) for pair in lacking]) for end in (0, 1)
            )
            self._flows |= dict(zip(lacking, device_flow(here, there).unbind(), strict=True))
        forward, back = (
            self.known[pair] if pair in self.known else self._flows[pair] for pair in pairs
        )
        return forward, back

    def _checked(self, forward: Tensor, back: Tensor) -> Step[Tensor]:
        returned = _at(back, forward)
        miss = length_of(forward + returned)
        limit, share = TOLERANCE
        limits = (length_of(forward) + length_of(returned)) * share + limit
        ratio = miss / limits
        trust = _falling(ratio * ratio) * inside(forward)
        lost = int((miss > limits * (MISSED / limit)).sum())
        return Step(forward, trust, lost / miss.numel())

    def _further(self, flow: Tensor, trust: Tensor, step: Step[Tensor]) -> tuple[Tensor, Tensor]:
        return flow + _at(step.flow, flow), trust * _at(step.trust, flow)

    def _compared(self, frame: int, paths: Sequence[Path[Tensor]]) -> Sequence[Path[Tensor]]:
        return [self._compared_one(frame, path) for path in paths]

    def _compared_one(self, frame: int, path: Path[Tensor]) -> Path[Tensor]:
        here, there = self.guides[frame].float(), self.guides[frame + path.distance].float()
        difference = (here - _at(there, path.flow)) / 255.0
        soft = blurred(difference, 1.0)  # noise of a pixel is no change
        red, green, blue = (soft * soft).unbind(-1)
        likeness = _falling((red + green + blue) / (3.0 * UNLIKE**2))
        return replace(path, trust=eroded(path.trust * likeness, MARGIN))

    def _seen_at(self, frame: int) -> Tensor:
        if frame not in self._seen:
            self._seen[frame] = seen_on_device(self.guides[frame])
        return self._seen[frame]


def seen_on_device(guide: Tensor) -> Tensor:
    """A frame as it is matched: its luma ``(H, W)``, 0 to 255, without sensor noise."""
    red, green, blue = guide.float().unbind(-1)
    return blurred(red * LUMA[0] + green * LUMA[1] + blue * LUMA[2], NOISE)


def _at(image: Tensor, flow: Tensor) -> Tensor:
    return sample_at(image, flow[..., 0], flow[..., 1])


def _falling(square: Tensor) -> Tensor:
    """Tukey's biweight of a square: 1 at 0, and 0 from 1 on."""
    left = (1.0 - square).clamp(min=0.0)
    return left * left
