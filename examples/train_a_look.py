"""Train a look from Python, with a loop of one's own around the events.

    python examples/train_a_look.py [RUN_FOLDER]

Takes about a minute on two CPU cores: long enough to see the losses move, far too short
for a look. `ganfx train` is this loop with a progress bar.
"""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

from ganfx.preset import load_preset
from ganfx.training import train
from ganfx.training.checkpoints import next_run
from ganfx.training.events import StepDone, TrainingDone

QUICK = ["train.steps=60", "train.crop_size=128", "train.batch_size=2", "data.samples=12"]


def main() -> None:
    """Train the noir preset on rendered samples, and stop early if the style term is low."""
    run = Path(sys.argv[1]) if len(sys.argv) > 1 else next_run("noir")
    preset = load_preset("noir", QUICK)
    # closing(): leaving the loop early saves a checkpoint at once, and --resume continues.
    with closing(train(preset, run)) as events:
        for event in events:
            match event:
                case StepDone(step, steps, losses, rate) if losses:
                    print(f"{step}/{steps}  style {losses['style']:.3f}  {rate:.1f} images/s")
                    if losses["style"] < 0.01:
                        break
                case TrainingDone(style):
                    print(f"the style: {style}")


if __name__ == "__main__":
    main()
