"""Train a look from Python, in your own loop, which decides when to stop.

    python examples/custom_training_loop.py [RUN_FOLDER]

`train` is an iterator of typed events and prints nothing: what is shown, and when to
stop, is up to the loop. This one stops when the style term has not come down for a while.
It takes less than a minute on two CPU cores: long enough to see the losses move, far too
short for a look.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from ganfx.preset import load_preset
from ganfx.training import train
from ganfx.training.checkpoints import next_run
from ganfx.training.events import Notice, PreviewSaved, StepDone, TrainingDone, TrainingStarted

QUICK = ["train.steps=80", "train.crop_size=96", "train.batch_size=2", "train.log_every=4"]
QUICK += ["model.channels=[8, 16, 24]", "data.samples=10"]
PATIENCE = 4  # logged steps without a better value


class Patience:
    """Tells when the running mean of a value has stopped coming down."""

    def __init__(self, patience: int) -> None:
        self.patience, self.waited = patience, 0
        self.mean = self.best = float("inf")

    def is_over(self, value: float) -> bool:
        """Whether that was one value too many without a better mean."""
        self.mean = value if self.mean == float("inf") else 0.7 * self.mean + 0.3 * value
        self.waited = 0 if self.mean < self.best else self.waited + 1
        self.best = min(self.best, self.mean)
        return self.waited >= self.patience


def main() -> None:
    """Train the noir preset on rendered samples until its style term settles."""
    run = Path(sys.argv[1]) if len(sys.argv) > 1 else next_run("noir")
    preset, patience = load_preset("noir", QUICK), Patience(PATIENCE)
    # closing(): leaving the loop early saves a checkpoint and the report at once.
    with closing(train(preset, run)) as events:
        for event in events:
            match event:
                case TrainingStarted(photos=photos, art=art, device=device):
                    print(f"from {photos} and {art}, on {device}")
                case StepDone(step, steps, losses, rate) if losses:
                    over = patience.is_over(losses["style"])
                    print(f"{step}/{steps}  style {patience.mean:.3f}  {rate:.1f} images/s")
                    if over:
                        print(f"settled; {run / 'report.html'} shows it, --resume would go on")
                        break
                case PreviewSaved(path=path):
                    print(f"look at {path}")
                case Notice(message):
                    print(f"note: {message}")
                case TrainingDone(style=style):
                    print(f"the style: {style}")


if __name__ == "__main__":
    main()
