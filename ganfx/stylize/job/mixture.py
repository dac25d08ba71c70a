"""Mixtures: no output folder comes to hold two looks without a word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.stylize.job.jobs import Job, Plan
from ganfx.stylize.job.run import Run
from ganfx.stylize.job.settings import Settings, changes


class OtherOptionsError(UsageError):
    """Frames that are there already were made in another look, or with other options."""


def refuse_mixture(plan: Plan, run: Run) -> None:
    """Make sure that no folder is going to hold two looks; ``overwrite`` means it to.

    Frames on record without settings, by earlier versions, are not compared.

    Raises:
        OtherOptionsError: Frames that this run would make again, or beside which it would put
            its own, are of another look or other options.
    """
    if run.options.overwrite:
        return
    # A copy of data is the same in every look.
    jobs = [job for planned in plan.shots for job in planned.jobs if not job.copied]
    _refuse_to_remake(jobs, run)
    for folder, first, outputs in _folders_of_results(plan):
        _refuse_to_join(folder, run.settings(first), outputs, run)


def _refuse_to_remake(jobs: list[Job], run: Run) -> None:
    differing: dict[Path, str] = {}
    for job in jobs:
        before = run.manifests[job.output.parent].settings(job.output)
        told = ", ".join(changes(before, run.settings(job))) if before else ""
        if told:
            differing[job.output] = told
    if differing:
        raise OtherOptionsError(
            f"{_first(differing)} there already, made with other options:"
            f" {next(iter(differing.values()))}",
            hint="make them again with --overwrite, or choose another folder with --out",
        )


def _refuse_to_join(folder: Path, settings: Settings, outputs: set[str], run: Run) -> None:
    differing: dict[Path, str] = {}
    for name, before in sorted(run.manifests[folder].all_settings().items()):
        told = ", ".join(changes(before, settings, beside=True))
        if told and name not in outputs and (folder / name).exists():
            differing[folder / name] = told
    if differing:
        raise OtherOptionsError(
            f"{_first(differing)} in the folder that is to be written to, made with other options:"
            f" {next(iter(differing.values()))}",
            hint="choose another folder with --out; with --overwrite, both go into this one",
        )


def _folders_of_results(plan: Plan) -> Iterator[tuple[Path, Job, set[str]]]:
    """Folders that hold nothing but results, each with its first job and its files' names.

    A single picture or video goes where the user likes: pictures of other looks may be there.
    """
    sources = {job.source.parent for planned in plan.shots for job in planned.jobs}
    first: dict[Path, Job] = {}
    for planned in plan.shots:
        for job in () if planned.alone else planned.jobs:
            if not job.copied:
                first.setdefault(job.output.parent, job)
    for folder, outputs in plan.outputs.items():
        if folder in first and folder not in sources:
            yield folder, first[folder], {output.name for output in outputs}


def _first(outputs: dict[Path, str]) -> str:
    first, more = next(iter(outputs)), len(outputs) - 1
    return f"{first} and {more} more are" if more else f"{first} is"
