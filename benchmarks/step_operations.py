"""Operations of one training step: on a GPU each is launched by Python, and that takes the time.

    python benchmarks/step_operations.py [PRESET] [--set KEY=VALUE ...]

A step of the preset is taken on the CPU, with random pictures, and what torch is asked to do is
counted, views and Adam left out: Adam is a few operations where it is fused, as on a GPU. Of the
augmentation, what draws numbers and multiplies matrices is done on the CPU whatever the device.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import torch
from machine import describe_machine
from torch.utils._python_dispatch import TorchDispatchMode

from ganfx.preset import Preset, find_preset, load_preset
from ganfx.training import augment
from ganfx.training.data import Batch
from ganfx.training.state import new_state
from ganfx.training.step import take_step

WARM = 2
"""Steps before the one that is counted: they make what is kept."""
ATEN = torch.ops.aten
COPYLESS = {ATEN.detach.default, ATEN._reshape_alias.default}
"""What moves no values, beside views."""


class Operations(TorchDispatchMode):
    """Counts what torch is asked to do, here and in what is drawn on the CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.all: Counter[str] = Counter()
        self.drawn = self.drawing = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if not (func.is_view or func in COPYLESS):
            self.all[str(func)] += 1
            self.drawn += bool(self.drawing)
        return func(*args, **(kwargs or {}))

    def within(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function, whose operations are counted as drawn."""

        def counted(*args: Any, **named: Any) -> Any:
            self.drawing += 1
            try:
                return function(*args, **named)
            finally:
                self.drawing -= 1

        return counted


def count(preset: Preset) -> Operations:
    """Of one step."""
    state = new_state(preset, torch.device("cpu"))
    shape = (2, preset.train.batch_size, 3, preset.train.crop_size, preset.train.crop_size)
    photos, art = torch.randint(0, 256, shape, dtype=torch.uint8)
    for _ in range(WARM):
        take_step(state, Batch(photos, art, None))
    counting = Operations()
    with (
        patch.object(torch.optim.Adam, "step", lambda self: None),
        patch.object(augment, "_back_to_source", counting.within(augment._back_to_source)),
        patch.object(augment.Warp, "_drawn", counting.within(augment.Warp._drawn)),
        counting,
    ):
        take_step(state, Batch(photos, art, None))
    return counting


def main() -> None:
    """Print the machine, then the counts."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("preset", nargs="?", default="noir")
    parser.add_argument("--set", action="append", default=[], dest="overrides")
    args = parser.parse_args()
    print(describe_machine())
    found = count(load_preset(find_preset(args.preset), [*args.overrides, "train.compile=off"]))
    total = found.all.total()
    print(f"{args.preset}: {total:,} operations a step, {found.drawn} of them always on the CPU")
    print(", ".join(f"{name.removeprefix('aten.')} {n}" for name, n in found.all.most_common(12)))


if __name__ == "__main__":
    main()
