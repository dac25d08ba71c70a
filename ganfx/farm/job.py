"""A farm job: the shots of a source, and the command that does a part of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from fileseq.frameset import FrameSet

from ganfx.errors import UsageError
from ganfx.media.atomic import replacing
from ganfx.media.sequences import Choose, Shot, find_shots
from ganfx.option import path_names
from ganfx.stylize.declared.kinds import Missing
from ganfx.stylize.job.plan import refuse_gaps
from ganfx.stylize.options import Options

NAMED = re.compile(r"[^A-Za-z0-9._-]+")
"""Characters that a step's name may not have."""
PATH_OPTIONS = path_names(Options)
"""Options of ``ganfx stylize`` whose value may be a path: nodes need it absolute, and mapped."""


@dataclass(frozen=True)
class Footage:
    """A sequence: parts of its frames are tasks."""

    name: str
    pattern: str
    """Below the source, in fileseq's notation: ``sh010/plate.####.exr``."""
    folder: str
    """Of its results, below the output; "" is the output itself."""
    frames: tuple[int, ...]

    @property
    def range(self) -> str:
        """The frames in fileseq's notation: ``1001-1004,1006``."""
        return str(FrameSet(self.frames).frameRange())


@dataclass(frozen=True)
class FarmJob:
    """A source in a look, to be done by many."""

    name: str
    source: Path
    """Folder that all of it lies below, absolute."""
    out: Path
    """Where results go, absolute."""
    style: str
    """A name, an absolute path, or a mix of several."""
    mixed: bool
    """Whether it is a mix."""
    expect: str
    """Of the style and this version, as ``--expect`` takes it: nodes that differ refuse."""
    arguments: tuple[str, ...]
    """Further options of ``ganfx stylize``; paths absolute."""
    sequences: tuple[Footage, ...]
    files: tuple[tuple[str, str], ...]
    """Stills and videos below the source, each with the folder of its result."""
    within: str = ""
    """Part of the source: a file, a sequence in fileseq's notation, or "" for all."""
    only: str | None = None
    """Which frames of the sequences were asked for; None for all, and stills and videos."""

    @property
    def frames(self) -> int:
        """Frames of sequences."""
        return sum(len(footage.frames) for footage in self.sequences)

    def options(self, out: str) -> list[str]:
        """Options that every command of the job has, of one that writes to ``out``."""
        look = "--mix" if self.mixed else "--style"
        return [look, self.style, "--expect", self.expect, "--out", out, *self.arguments]

    def verification(self, source: str, out: str) -> list[str]:
        """Arguments of ``ganfx`` that check all that was asked for, and nothing else."""
        frames = ["--frames", self.only] if self.only else []
        return ["verify", source, *frames, *self.options(out)]

    def checks(self) -> tuple[list[str], list[str]]:
        """The commands that verify the whole job, and assemble it: for once it is done."""
        sheet = self.out / "contact-sheet.jpg"
        verify = self.verification(str(self.source / self.within), str(self.out))
        return ["ganfx", *verify], ["ganfx", "assemble", str(self.out), "--sheet", str(sheet)]


def task_commands(job: FarmJob, chunk: int, most: int | None = None) -> Iterator[list[str]]:
    """The commands of a job: of chunks of sequences, then of each still and video.

    Args:
        job: The job.
        chunk: Frames of a command; raised where there would be more than ``most`` of them.
        most: Commands that a scheduler takes; None for any number.
    """
    if most is not None:
        chunk = max(chunk, -(-job.frames // max(1, most - len(job.files))))
    for footage in job.sequences:
        source = str(job.source / footage.pattern)
        options = job.options(str(job.out / footage.folder))
        for first, last in chunks(footage.frames, chunk):
            yield ["ganfx", "stylize", source, "--frames", f"{first}-{last}", *options]
    for file, folder in job.files:
        yield ["ganfx", "stylize", str(job.source / file), *job.options(str(job.out / folder))]


def write_scripts(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Write the files of a job by their names; those that end in ``.sh`` can be run.

    Raises:
        UsageError: Files of these names are there that are of no job.
        MediaError, OSError: The folder cannot be written.
    """
    _refuse_strange(folder, texts)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with replacing(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
        if name.endswith(".sh"):
            (folder / name).chmod(0o755)
    return [folder / name for name in texts]


def _refuse_strange(folder: Path, texts: Mapping[str, str]) -> None:
    """Jobs call ganfx somewhere: what has a job's name, and does not, is somebody else's."""
    there = {name: _calls_ganfx(folder / name) for name in texts if (folder / name).exists()}
    known = any(there.values())
    for name, calls in there.items():
        if not calls and (not known or "ganfx" in texts[name]):
            raise UsageError(
                f"{folder / name} is there, and is of no job that ganfx wrote",
                hint="give another folder with --job",
            )


def _calls_ganfx(path: Path) -> bool:
    return path.is_file() and "ganfx" in path.read_text(encoding="utf-8", errors="replace")


def describe_job(
    source: Path,
    out: Path,
    style: str,
    *,
    expect: str,
    arguments: Sequence[str] = (),
    frames: str | None = None,
    missing: Missing = "skip",
    mixed: bool = False,
    choose: Choose = list,
) -> FarmJob:
    """Find what a job has to do; nothing is read but names, sizes and headers.

    Args:
        source: A folder, a sequence in fileseq's notation, a picture or a video.
        out: Where results go.
        style: A name, a path, or several looks as ``--mix`` takes them.
        expect: What the nodes' style and version have to be.
        arguments: Further options of ``ganfx stylize``.
        frames: Only these frames of the sequences, without stills and videos.
        missing: What is done about frames that a sequence lacks, as ``--missing`` has it.
        mixed: Whether ``style`` is a mix.
        choose: Which files of the source are taken.

    Raises:
        UsageError: There is nothing to do, or a sequence lacks frames and ``missing`` is
            ``error``.
    """
    filled = missing in ("hold", "black")
    shots = find_shots(source, frames=frames, gaps_too=filled, choose=choose)
    refuse_gaps(shots, missing)
    root, within = shots[0].root.resolve(), "" if source.is_dir() else source.name
    notation = "" if source.is_file() else within
    sequences = tuple(
        _footage(shot, notation, filled=filled) for shot in shots if shot.kind == "sequence"
    )
    files = tuple(
        (file.relative_to(shot.root).as_posix(), _folder_of(file, shot))
        for shot in shots
        if shot.kind != "sequence"
        for file in shot.files
    )
    name = NAMED.sub("-", source.resolve().name).strip("-.") or "shots"
    return FarmJob(
        name=name,
        source=root,
        out=out.absolute(),
        style=style,
        mixed=mixed,
        expect=expect,
        arguments=tuple(arguments),
        sequences=sequences,
        files=files,
        within=within,
        only=frames,
    )


def chunks(frames: Sequence[int], size: int) -> Iterator[tuple[int, int]]:
    """Runs of neighbouring frames, evenly balanced, none longer than ``size``.

    Yields:
        First and last frame of each.

    Raises:
        UsageError: ``size`` is less than 1.
    """
    if size < 1:
        raise UsageError(f"--chunk {size}: expected at least 1")
    ends = [i for i, (a, b) in enumerate(pairwise(frames), start=1) if b != a + 1]
    for start, end in pairwise([0, *ends, len(frames)]):
        length = end - start
        count = -(-length // size)
        bounds = [start + length * i // count for i in range(count + 1)]
        yield from ((frames[a], frames[b - 1]) for a, b in pairwise(bounds))


def _footage(shot: Shot, notation: str, *, filled: bool) -> Footage:
    there = sorted(shot.on_disk)
    folder = _folder_of(shot.on_disk[there[0]], shot)
    missing = shot.missing if filled else ()
    # A notation may ask for frames beyond those on disk: a pattern alone knows nothing of them.
    beyond = any(not there[0] < frame < there[-1] for frame in missing)
    pattern = notation if beyond else f"{folder}/{shot.pattern}".lstrip("/")
    return Footage(shot.name, pattern, folder, tuple(sorted((*shot.frames, *missing))))


def _folder_of(file: Path, shot: Shot) -> str:
    folder = file.parent.relative_to(shot.root).as_posix()
    return "" if folder == "." else folder
