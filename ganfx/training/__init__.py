"""Training: data, losses, the training step, checkpoints, and the training loop.

`train` is an iterator of typed events and prints nothing. A step depends on the
preset, the seed and its own number, never on wall-clock time or on what ran before
in the process, so an interrupted run continues as if it had not been.
"""

from ganfx.training.dry_run import estimate_cost
from ganfx.training.loop import train

__all__ = ["estimate_cost", "train"]
