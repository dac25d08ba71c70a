"""Shares of the stages of a run, as a table that others print, not run by itself.

*busy* is the share of the time during which at least one thread was at a stage, *alone* that
during which none was at another: what the run waited for. Stages overlap, so that the first do not
add up to 1. On a GPU each stage is waited for, which takes apart what would overlap there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch

from ganfx.models.devices import wait_for
from ganfx.stages import StageTimes


def waiting_for(device: torch.device) -> Callable[[], None] | None:
    """What `ganfx.stages.timed_stages` takes for a device."""
    return partial(wait_for, device) if device.type == "cuda" else None


def print_stages(times: StageTimes, what: str, count: int, *, idle: str = "idle") -> None:
    """Print a row for every stage, the one that was waited for longest first.

    Args:
        times: Of a run.
        what: A frame, or a step.
        count: How many of them there were.
        idle: What to call the time that is in no stage.
    """
    each = times.seconds / count
    print(f"\n| stage | busy | alone | alone, ms a {what} |\n|---|---|---|---|")
    for share in sorted(times.shares(), key=lambda share: -share.alone):
        name = idle if share.stage == "idle" else share.stage
        alone = 1000 * share.alone * each
        print(f"| {name} | {share.busy:.1%} | {share.alone:.1%} | {alone:.1f} |")
    print(f"\n{1000 * each:.0f} ms a {what}, {count} of them", flush=True)
