"""Output folders before a run: nothing of the user's is replaced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.stylize.job.jobs import Plan
from ganfx.stylize.job.manifest import MANIFEST, Manifest
from ganfx.stylize.job.notices import some
from ganfx.stylize.job.run import is_same_file
from ganfx.stylize.options import Options


def claim_outputs(plan: Plan, manifests: Mapping[Path, Manifest]) -> None:
    """Make the output folders, and put on record what this run is going to write.

    Args:
        plan: Of the run.
        manifests: The record of each output folder, of `check_outputs`.

    Raises:
        UsageError: A folder cannot be written.
    """
    for folder, outputs in plan.outputs.items():
        manifests[folder].claim(outputs)


def check_outputs(plan: Plan, options: Options) -> dict[Path, Manifest]:
    """The record of each output folder, as it is; nothing is written.

    Raises:
        UsageError: One cannot be read, or holds files that ganfx did not write.
    """
    manifests = {folder: Manifest(folder) for folder in plan.outputs}
    copies = {job.output: job for each in plan.shots for job in each.jobs if job.copied}
    foreign = [
        output
        for folder, outputs in plan.outputs.items()
        for there in [_names_in(folder)]
        for output in outputs
        if output.name in there and not manifests[folder].owns(output)
        if output not in copies or not is_same_file(copies[output])
    ]
    if foreign and not options.overwrite:
        raise UsageError(
            f"{some(foreign)}: there already, and not written by ganfx"
            f" (or its record, {MANIFEST}, is gone)",
            hint="replace with --overwrite, or choose another folder with --out",
        )
    return manifests


def _names_in(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        return set()
    except OSError as error:
        raise UsageError(
            f"cannot write to {folder}: {error.strerror}",
            hint="choose another folder with --out",
        ) from error
