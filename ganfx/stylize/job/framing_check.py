"""A framing decision list is held against the first picture of each shot before a run."""

from __future__ import annotations

from pathlib import Path

from ganfx.errors import MediaError, UsageError
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.headers import read_header
from ganfx.media.video import read_video_info
from ganfx.stylize.job.framing import Framing
from ganfx.stylize.job.jobs import Plan
from ganfx.stylize.job.run import Run


def refuse_other_framing(plan: Plan, run: Run) -> None:
    """Make sure that a list frames any of a run's shots; others are told of in their turn.

    Raises:
        UsageError: It frames none.
    """
    framing = run.planes.framing
    if framing is None:
        return
    firsts = [next((job for job in each.jobs if not job.copied), None) for each in plan.shots]
    sources = [job.source for job in firsts if job is not None]
    problems = [(source, why_unframed(source, framing)) for source in sources]
    if not problems or not all(problem for _, problem in problems):
        return
    source, problem = problems[0]
    assert problem is not None, "all shots have one"
    raise UsageError(f"{source}: {problem.message}", hint=problem.hint)


def why_unframed(source: Path, framing: Framing) -> MediaError | None:
    """Why a picture or a video has no framed area, by its header; None where it has one.

    What cannot be read has one as far as is known: that is told when its turn comes.
    """
    try:
        if source.suffix.lower() in VIDEO_SUFFIXES:
            info = read_video_info(source)
            size, header = (info.height, info.width), None
        else:
            header = read_header(source)
            size = header.height, header.width
    except MediaError:
        return None
    try:
        framing.place(size, header)
    except MediaError as error:
        return error
    return None
