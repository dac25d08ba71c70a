"""Proof, on a user's own shots, that a farm's chunks give the pixels of the whole."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from fileseq.frameset import FrameSet

from ganfx.errors import GanfxError, UsageError
from ganfx.media.sequences import Shot, find_shots
from ganfx.stylize.engine import stylize
from ganfx.stylize.events import FrameFailed
from ganfx.stylize.job.manifest import MANIFEST, file_hash
from ganfx.stylize.job.source_files import chooser
from ganfx.stylize.network.mixing import Shares
from ganfx.stylize.options import Options


@dataclass(frozen=True)
class SplitProved:
    """All frames done once more, in chunks."""

    split: int  # from 1
    chunks: tuple[str, ...]  # in fileseq's notation
    files: int
    different: tuple[str, ...]  # files that are not those of the whole, byte for byte


def prove_chunks(
    source: str | Path | Sequence[str | Path],
    style: str | Path | Shares,
    options: Options | None = None,
    *,
    splits: int = 3,
) -> Generator[SplitProved, None, None]:
    """Do all sequences whole, then in random chunks, in a temporary folder, and compare.

    Args:
        source: As `stylize` takes it.
        style: As `stylize` takes it.
        options: Of the job; ``out`` is not written to.
        splits: How many different splits. The same ones each time: their seeds are fixed.

    Yields:
        What came of each split.

    Raises:
        UsageError: There is no sequence.
        GanfxError: A frame cannot be done: mend it first.
    """
    options = replace(options or Options(), credentials=None)  # signatures have the time in them
    sources = [source] if isinstance(source, str | Path) else source
    shots = [shot for s in sources for shot in _shots(Path(s), options)]
    frames = sorted({frame for shot in shots for frame in shot.frames})
    if not frames:
        raise UsageError("--prove-chunks needs a sequence: only sequences are split")
    with TemporaryDirectory(prefix="ganfx-") as folder:
        whole = Path(folder) / "whole"
        _render(source, style, replace(options, out=whole, frames=_notation(frames)))
        for number in range(1, splits + 1):
            chunks = tuple(_notation(chunk) for chunk in _split(frames, random.Random(number)))
            parts = Path(folder) / f"split{number}"
            for chunk in chunks:
                _render(source, style, replace(options, out=parts, frames=chunk))
            made, again = _files(whole), _files(parts)
            different = tuple(name for name in made if again.get(name) != made[name])
            yield SplitProved(number, chunks, len(made), different)


def _shots(source: Path, options: Options) -> list[Shot]:
    return find_shots(source, frames=options.frames, choose=chooser(source, options))


def _render(
    source: str | Path | Sequence[str | Path], style: str | Path | Shares, options: Options
) -> None:
    with closing(stylize(source, style, options)) as events:
        for event in events:
            if isinstance(event, FrameFailed):
                raise GanfxError(f"{event.source}: {event.reason}", hint="mend it first")


def _split(frames: Sequence[int], chance: random.Random) -> Iterator[Sequence[int]]:
    """Chunks of all sizes from one frame up, in random order."""
    cuts = sorted(chance.sample(range(1, len(frames)), k=min(len(frames) - 1, 4)))
    bounds = [0, *cuts, len(frames)]
    chunks = [frames[a:b] for a, b in pairwise(bounds)]
    chance.shuffle(chunks)
    yield from chunks


def _notation(frames: Sequence[int]) -> str:
    return str(FrameSet(frames).frameRange())


def _files(folder: Path) -> dict[str, str]:
    """Hash of every file by its name."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in files}
