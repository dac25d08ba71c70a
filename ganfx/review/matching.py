"""Which picture belongs to which: frames, what they were made from, and other looks of them.

Pictures match by folder, name without suffix, and frame number; a file with a file. A sequence may
be frames of a video: "clip.0012.png" is frame 12 of "clip.mp4".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fileseq.frameset import FrameSet

from ganfx.errors import UsageError
from ganfx.media.formats import VIDEO_SUFFIXES
from ganfx.media.own_outputs import SHEET
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.video.reading import count_frames, read_video_info
from ganfx.quality.wording import some
from ganfx.review.cut_videos import first_frame, offset, uncut
from ganfx.review.footage import Where
from ganfx.stylize.job.finished import Finished, finished_files

Pictures = Mapping[int, Where]
"""Of a shot, by frame number; of stills, by their place."""


@dataclass(frozen=True)
class ShotFootage:
    """A shot: its frames in every look, and what they were made from."""

    name: str
    looks: tuple[Pictures, ...]
    """The first is what the review is of."""
    source: Pictures
    over_time: bool
    """Whether neighbours are neighbours in time."""
    labels: Mapping[int, str]
    """What each picture is called, where that is not its number."""
    rate: float | None
    """Of a video."""
    remarks: tuple[str, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of the frames of the first look, in order."""
        return tuple(self.looks[0])


@dataclass(frozen=True)
class Tree:
    """The shots of a folder, file or sequence, and its pictures by name."""

    root: Path
    left_out: frozenset[Path] = field(default_factory=frozenset)

    @cached_property
    def shots(self) -> list[Shot]:
        """Without sheets and videos that a review or a farm job made.

        Raises:
            UsageError: There is nothing.
        """
        return find_shots(self.root, choose=self._chosen)

    @cached_property
    def alone(self) -> Path | None:
        """The one file that it is."""
        return self.root if self.root.is_file() else None

    @cached_property
    def _files(self) -> dict[tuple[Path, str], Path]:
        return {_key(path, shot): path for shot in self.shots for path in _files_of(shot)}

    @cached_property
    def _by_stem(self) -> dict[str, Path | None]:
        """None where two files of different folders are called so."""
        found: dict[str, Path | None] = {}
        for (_, stem), path in self._files.items():
            found[stem] = None if stem in found else path
        return found

    def find(self, folder: Path, stem: str) -> Path | None:
        """A picture or video by its folder and name, or by its name where there is one only."""
        return self._files.get((folder, stem)) or self._by_stem.get(stem)

    def _chosen(self, files: list[Path]) -> list[Path]:
        kept = [f for f in files if f.stem != SHEET and f.absolute() not in self.left_out]
        return kept or files


def match(output: Tree, others: Sequence[Tree], source: Tree | None) -> Iterator[ShotFootage]:
    """The shots of an output with their sources and other looks.

    Args:
        output: What the review is of.
        others: Further looks.
        source: What they were made from; None goes by the records of the output's folders.

    Raises:
        UsageError: There is nothing, or nothing of a source or look belongs to the output.
    """
    records: dict[Path, dict[str, Finished]] = {}
    shots = [_matched(shot, output, others, source, records) for shot in output.shots]
    if source is not None and not any(shot.source for shot in shots):
        raise _nothing_alike(output, source, "SRC that it was made from")
    for index, other in enumerate(others, start=1):
        if not any(shot.looks[index] for shot in shots):
            raise _nothing_alike(output, other, "same shots in another look")
    yield from shots


def _matched(
    shot: Shot,
    output: Tree,
    others: Sequence[Tree],
    source: Tree | None,
    records: dict[Path, dict[str, Finished]],
) -> ShotFootage:
    own = _own(shot)
    looks = [own, *(_found(shot, own, output, other) for other in others)]
    if source is None:
        found, remarks = _recorded(own, records)
    else:
        found, remarks = _found(shot, own, output, source), []
        remarks += _lacking(own, found, f"no source in {source.root}")
    remarks += _other_length(own, found)
    for other, look in zip(others, looks[1:], strict=True):
        remarks += _lacking(own, look, f"not in {other.root}")
    return ShotFootage(
        name=shot.name,
        looks=tuple(looks),
        source=found,
        over_time=shot.kind != "stills",
        labels={n: w.path.name for n, w in own.items()} if shot.kind == "stills" else {},
        rate=float(read_video_info(shot.files[0]).rate) if shot.kind == "video" else None,
        remarks=tuple(remarks),
    )


def _own(shot: Shot) -> Pictures:
    if shot.kind == "video":
        return {n: Where(shot.files[0], n) for n in range(count_frames(shot.files[0]))}
    numbers = shot.frames or range(1, len(shot.files) + 1)
    return {n: Where(path) for n, path in zip(numbers, shot.files, strict=True)}


def _found(shot: Shot, own: Pictures, output: Tree, other: Tree) -> Pictures:
    """Pictures of another tree for those of a shot: by number."""
    part = _Part()
    found: dict[int, Where] = {}
    for number, where in own.items():
        both = output.alone and other.alone
        path = other.alone if both else other.find(*_key(where.path, shot))
        if path is None and shot.kind == "sequence":
            folder = where.path.parent.relative_to(shot.root)
            path = other.find(folder, shot.naming.prefix.rstrip("._-"))
        if path is None and shot.kind == "video":
            folder = where.path.parent.relative_to(shot.root)
            path = other.find(folder, uncut(where.path.stem))
        if path is None:
            continue
        if path.suffix.lower() not in VIDEO_SUFFIXES:
            if where.frame is None:
                found[number] = Where(path)
        elif (there := part.frame(where, path, number)) is not None:
            found[number] = Where(path, there)
    return found


def _recorded(
    own: Pictures, records: dict[Path, dict[str, Finished]]
) -> tuple[Pictures, list[str]]:
    """The sources that records name, and what is wrong with them."""
    found: dict[int, Where] = {}
    gone: dict[Path, None] = {}
    part = _Part()
    for number, where in own.items():
        folder = where.path.parent
        if folder not in records:
            records[folder] = finished_files(folder)
        record = records[folder].get(where.path.name)
        if record is None or record.source is None:
            continue
        path = record.source
        if not path.is_file():
            gone[path] = None
        elif path.suffix.lower() not in VIDEO_SUFFIXES:
            found[number] = Where(path)
        elif (there := part.frame(where, path, number)) is not None:
            found[number] = Where(path, there)
    if gone:
        names = some([str(path) for path in gone])
        return found, [f"the source is not there any more, so there is no wipe: {names}"]
    if not found:
        return found, ["what it was made from is not on record, so there is no wipe: give --source"]
    return found, list(_lacking(own, found, "no source on record"))


def _lacking(own: Pictures, found: Pictures, words: str) -> Iterator[str]:
    """Which frames have no counterpart."""
    missing = [number for number in own if number not in found]
    if missing:
        frames = FrameSet(missing).frameRange()
        yield f"{len(missing)} of {len(own)} pictures: {words} ({frames})"


def _other_length(own: Pictures, found: Pictures) -> Iterator[str]:
    """Of a video beside a longer one: which part of it, if that is known."""
    one, other = (next(iter(pictures.values()), None) for pictures in (own, found))
    if one is None or other is None or one.frame is None or other.frame is None:
        return
    count = count_frames(other.path)
    if count <= len(own):
        return
    lengths = f"{other.path.name} has {count} frames, {one.path.name} has {len(own)}"
    if first_frame(one.path) is None:
        yield f"{lengths}: they are compared from the first on"
    else:
        yield f"{lengths}: they are compared from its frame {other.frame} on"


@dataclass
class _Part:
    """Where frames of a video are in another, which may be longer or shorter."""

    _known: dict[Path, tuple[int, int]] = field(default_factory=dict)
    """By the other: what to add to a number, and its length."""

    def frame(self, where: Where, other: Path, number: int) -> int | None:
        """The frame of another video that belongs to a picture; None if it has not got that."""
        if other not in self._known:
            added = 0 if where.frame is None else offset(where.path, other)
            self._known[other] = added, count_frames(other)
        added, count = self._known[other]
        return number + added if 0 <= number + added < count else None


def _key(path: Path, shot: Shot) -> tuple[Path, str]:
    return path.parent.relative_to(shot.root), path.stem


def _files_of(shot: Shot) -> tuple[Path, ...]:
    return tuple(shot.on_disk.values()) or shot.files


def _nothing_alike(output: Tree, other: Tree, what: str) -> UsageError:
    one, two = (some([p.name for s in t.shots for p in _files_of(s)], 2) for t in (output, other))
    return UsageError(
        f"nothing in {other.root} ({two}) belongs to {output.root} ({one}): files match by folder,"
        " name without suffix, and frame",
        hint=f"name the {what}",
    )
