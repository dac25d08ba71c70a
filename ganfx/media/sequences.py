"""Shots: grouping of files into frame sequences, stills and videos.

A *sequence* is three or more pictures of one folder with the same name up to a dot or an
underscore before the frame number, with equal size and format, and with gaps of less than
a tenth of their range. Other pictures of a folder are *stills*, numbered or not: they have no
neighbours in time, and no missing frames. A video is a shot by itself. Sequences are named
in fileseq's notation: "plate.1001-1100#.exr".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from fileseq.exceptions import MaxSizeException
from fileseq.filesequence import FileSequence
from fileseq.frameset import FrameSet

from ganfx.errors import MediaError, UsageError
from ganfx.media.file_search import files_in, find_files, missing_source, natural_order
from ganfx.media.formats import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from ganfx.media.headers import read_header

_NUMBERED = re.compile(r"(?P<prefix>.*[._])(?P<number>-?\d+)(?P<suffix>\.[^.]+)", re.DOTALL)
_BARE = re.compile(r"(?P<prefix>)(?P<number>\d{3,})(?P<suffix>\.[^.]+)")
_FEWEST_FRAMES = 3  # two pictures called _1 and _2 are rarely footage
_LARGEST_GAP = 0.1  # of the range
_MOST_GAPS = 4  # missing frames per existing one: with more, numbers are no frame numbers
_LONGEST = 1_000_000  # frames of a range: a date is no frame number
_FRAME_ITEMS = re.compile(r"-?\d+(--?\d+([xy:]-?\d+)?)?(,-?\d+(--?\d+([xy:]-?\d+)?)?)*")


@dataclass(frozen=True)
class Shot:
    """Files that are processed together."""

    name: str
    """Display name: "sh010/plate.1001-1140#.png", "photos (40 stills)", "clip.mp4"."""
    kind: Literal["sequence", "stills", "video"]
    files: tuple[Path, ...]
    """Files to process, in order; a video has one."""
    frames: tuple[int, ...]
    """Frame numbers of ``files``; selected frames of a video; empty for stills and all of it."""
    missing: tuple[int, ...]
    """Missing frames: selected frame numbers of a sequence that are not on disk."""
    root: Path
    """Folder of the source: results go to ``out / file.relative_to(root)``."""
    on_disk: Mapping[int, Path] = field(default_factory=dict, hash=False)
    """All frames of a sequence by frame number, selected or not: temporal neighbours."""
    holes: tuple[str, ...] = ()
    """Notices for stills: numbered pictures with too many missing frames for a sequence."""
    doubts: tuple[str, ...] = ()
    """Notices for stills: other near-sequences, and why they are not taken as such."""

    def path_of(self, frame: int) -> Path:
        """Path of a frame of a sequence, on disk or missing."""
        if frame in self.on_disk:
            return self.on_disk[frame]
        number, path = next(iter(self.on_disk.items()))
        prefix = path.stem.removesuffix(_as_written(path, number))
        return path.with_name(f"{prefix}{frame:0{_width(self.on_disk)}d}{path.suffix}")

    @property
    def pattern(self) -> str:
        """File name pattern of a sequence in fileseq's notation: "plate.#.exr"."""
        number, path = next(iter(self.on_disk.items()))
        prefix = path.stem.removesuffix(_as_written(path, number))
        return f"{prefix}{_padding(_width(self.on_disk))}{path.suffix}"


def find_shots(source: Path, *, frames: str | None = None, gaps_too: bool = False) -> list[Shot]:
    """Find the shots of a folder tree, of one file, or of a sequence in fileseq notation.

    Hidden files and folders are ignored, and a folder that several links lead to is
    searched once. Every file is in one shot only. A sequence given in notation may have
    any number of gaps; its frames still have one size and format.

    Args:
        source: A folder, a picture, a video, or fileseq notation:
            "sh010/plate.1001-1100#.exr", "plate.####.exr", "plate.%04d.exr". The padding
            need not match, if there is only one on disk.
        frames: Frame range to select from the sequences, in fileseq notation: "1001-1100x2".
            Stills are then left out; frames of videos are counted from 0.
        gaps_too: Whether a selection may consist of missing frames, which will be filled.

    Returns:
        The shots in natural order of their folders and names ("sh2" before "sh10").

    Raises:
        UsageError: If the source does not exist, holds no picture or video or cannot be
            listed, ``frames`` cannot be parsed, or no frame is selected.
    """
    if source.is_dir():
        shots = _shots_of_tree(source)
    elif source.exists():
        shots = [_shot_of_file(source)]
    else:
        shots = [_shot_of_notation(source)]
    return shots if frames is None else select_frames(shots, frames, gaps_too=gaps_too)


def group_files(files: Sequence[Path]) -> list[Shot]:
    """Group individually listed pictures into sequences and stills.

    Args:
        files: Existing pictures. Those of one folder are grouped as if it held nothing else;
            duplicates count once.
    """
    folders: dict[Path, list[Path]] = {}
    for file in dict.fromkeys(files):
        folders.setdefault(file.parent, []).append(file)
    return [shot for each, held in folders.items() for shot in _shots_of_folder(each, held, each)]


def parse_frames(text: str) -> frozenset[int]:
    """Parse a frame range in fileseq notation: "1001-1100", "1-10x2", "1,3,5", "-5-5".

    Raises:
        UsageError: If it is not a frame range, or too long.
    """
    try:
        if not _FRAME_ITEMS.fullmatch(text):
            raise ValueError(text)
        return frozenset(int(frame) for frame in FrameSet(text))
    except MaxSizeException:
        raise UsageError(f"the frame range {text} is too long to be meant") from None
    except ValueError as error:  # fileseq's own errors are ValueErrors too
        raise UsageError(
            f"cannot understand the frame range {text!r}",
            hint="write it as 1001-1100, 1001-1100x2 (every second) or 1001,1005,1010-1020",
        ) from error


def _shots_of_tree(root: Path) -> list[Shot]:
    folders = find_files(root, PICTURE_SUFFIXES | VIDEO_SUFFIXES)
    return [shot for folder, files in folders for shot in _shots_of_folder(folder, files, root)]


def _shots_of_folder(folder: Path, files: list[Path], root: Path) -> Iterator[Shot]:
    pictures = [file for file in files if file.suffix.lower() in PICTURE_SUFFIXES]
    in_sequences: set[Path] = set()
    shots: list[Shot] = []
    told: dict[str, list[str]] = {"holes": [], "doubts": []}
    for group in _numbered_groups(pictures, _NUMBERED):
        kind, why = _judged(group)
        if kind == "sequence":
            shots.append(_sequence(group, root))
            in_sequences.update(group.values())
        elif kind != "stills":
            told[kind].append(f"{_sequence_name(group, tuple(group), root)} {why}")
    stills = [file for file in pictures if file not in in_sequences]
    for group in _numbered_groups(stills, _BARE):
        if _judged(group)[0] == "sequence":
            name = _sequence_name(group, tuple(group), root)
            told["doubts"].append(f"{name} has no dot or underscore before its numbers")
    videos = (file for file in files if file.suffix.lower() in VIDEO_SUFFIXES)
    shots += [_video(file, root) for file in videos]
    yield from sorted(shots, key=lambda shot: natural_order(shot.files[0]))
    if stills:
        count = "1 still" if len(stills) == 1 else f"{len(stills)} stills"
        name = f"{_shown(folder, root) or root.resolve().name} ({count})"
        holes, doubts = tuple(told["holes"]), tuple(told["doubts"])
        yield Shot(name, "stills", tuple(stills), (), (), root, holes=holes, doubts=doubts)


def _shot_of_file(path: Path) -> Shot:
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return _video(path, path.parent)
    if suffix in PICTURE_SUFFIXES:
        return Shot(path.name, "stills", (path,), (), (), path.parent)
    known = " ".join(sorted(PICTURE_SUFFIXES | VIDEO_SUFFIXES))
    raise UsageError(f"{path} is neither a picture nor a video", hint=f"known are {known}")


def _shot_of_notation(source: Path) -> Shot:
    """The sequence of a fileseq notation such as ``plate.1001-1100#.exr``."""
    try:
        pattern = FileSequence(source.name)
    except ValueError:
        raise missing_source(source) from None
    folder, text = source.parent, pattern.frameRange()
    if not pattern.padding() or not folder.is_dir():
        raise missing_source(source)
    files = files_in(folder, PICTURE_SUFFIXES)
    prefix, suffix = re.escape(pattern.basename()), re.escape(pattern.extension())
    numbered = re.compile(f"(?P<prefix>{prefix})(?P<number>-?\\d+)(?P<suffix>{suffix})")
    groups = _numbered_groups(files, numbered)
    if len(groups) > 1:
        widths = (pattern.zfill(), len(pattern.padding()))  # of "####": 16 and 4, by convention
        groups = [group for group in groups if _width(group) in widths][:1]
    if not groups:
        raise missing_source(
            source, [shot.name for shot in _shots_of_folder(folder, files, folder)]
        )
    _refuse_uneven(groups[0])
    shot = _sequence(groups[0], folder)
    if not text:
        return shot
    wanted = parse_frames(text)
    if wanted.isdisjoint(shot.on_disk):
        raise UsageError(f"no frame of {source} is on disk", hint=f"there is {shot.name}")
    return _only(shot, wanted, missing=wanted - shot.on_disk.keys())


def _numbered_groups(files: list[Path], numbered: re.Pattern[str]) -> list[dict[int, Path]]:
    """Group files by name, suffix and padding: frame number to path."""
    matches = [(file, match) for file in files if (match := numbered.fullmatch(file.name))]
    widths: dict[tuple[str, str], set[int]] = {}
    for _, match in matches:
        if _is_padded(match["number"]):
            widths.setdefault((match["prefix"], match["suffix"]), set()).add(len(match["number"]))
    groups: dict[tuple[str, str, int], dict[int, Path]] = {}
    for file, match in matches:
        name, length = (match["prefix"], match["suffix"]), len(match["number"])
        width = max((width for width in widths.get(name, ()) if width <= length), default=0)
        groups.setdefault((*name, width), {})[int(match["number"])] = file
    return [dict(sorted(group.items())) for group in groups.values()]


def _judged(group: Mapping[int, Path]) -> tuple[str, str]:
    """Classify numbered pictures: ``sequence``, ``stills``, or ``holes`` or ``doubts`` and why."""
    length = max(group) - min(group) + 1
    gaps = length - len(group)
    if len(group) < _FEWEST_FRAMES or gaps > _MOST_GAPS * len(group):
        return "stills", ""
    even, few = len(_kinds(group)) <= 1, gaps < _LARGEST_GAP * length
    if not even:
        return ("doubts", "has pictures of different size or format") if few else ("stills", "")
    return ("sequence", "") if few else ("holes", f"lacks {gaps} of {length} frames")


def _kinds(group: Mapping[int, Path]) -> dict[tuple[int, int, str], int]:
    """Width, height and format of the frames, each with the first frame that has them.

    An unreadable frame is skipped: it is a bad frame of its sequence.
    """
    kinds: dict[tuple[int, int, str], int] = {}
    for frame, file in group.items():
        try:
            header = read_header(file)
        except MediaError:
            continue
        kinds.setdefault((header.width, header.height, header.format), frame)
    return kinds


def _refuse_uneven(group: Mapping[int, Path]) -> None:
    first, *_, last = group if len(group) > 1 else [*group, *group]
    if last - first >= _LONGEST:
        raise UsageError(
            f"frames {first} and {last} of {group[first].parent} are too far apart to be footage",
            hint="move what does not belong to it elsewhere",
        )
    kinds = _kinds(group)
    if len(kinds) > 1:
        (a, frame_a), (b, frame_b) = list(kinds.items())[:2]
        raise UsageError(
            f"frames {frame_a} and {frame_b} of {group[frame_a].parent} are no sequence: "
            f"{a[0]}x{a[1]} {a[2]} and {b[0]}x{b[1]} {b[2]}",
            hint="give the folder instead, to take them as stills",
        )


def _sequence(group: Mapping[int, Path], root: Path) -> Shot:
    frames = tuple(group)
    missing = tuple(frame for frame in range(frames[0], frames[-1]) if frame not in group)
    name = _sequence_name(group, frames, root)
    return Shot(name, "sequence", tuple(group.values()), frames, missing, root, dict(group))


def _sequence_name(group: Mapping[int, Path], frames: tuple[int, ...], root: Path) -> str:
    frame, path = next(iter(group.items()))
    prefix = path.stem.removesuffix(_as_written(path, frame))
    width = _width(group)
    numbers = f"{frames[0]:0{width}d}-{frames[-1]:0{width}d}"
    padding = _padding(width)
    return str(Path(_shown(path.parent, root)) / f"{prefix}{numbers}{padding}{path.suffix}")


def _padding(width: int) -> str:
    return "#" if width == 4 else "@" * width


def _width(group: Mapping[int, Path]) -> int:
    """Padding: digits of a frame number, sign included; 1 where they are not padded."""
    numbers = [_as_written(path, frame) for frame, path in group.items()]
    lengths = {len(number) for number in numbers}
    padded = len(lengths) == 1 or any(_is_padded(number) for number in numbers)
    return min(lengths) if padded else 1


def _is_padded(number: str) -> bool:
    digits = number.lstrip("-")
    return len(digits) > 1 and digits.startswith("0")


def _as_written(path: Path, frame: int) -> str:
    """The frame number as written at the end of a file's name: "0012", "-001"."""
    digits = re.search(r"\d+$", path.stem)
    assert digits, "files of a sequence end in a number"
    return ("-" if frame < 0 else "") + digits[0]


def _video(path: Path, root: Path) -> Shot:
    name = str(Path(_shown(path.parent, root)) / path.name)
    return Shot(name, "video", (path,), (), (), root)


def _shown(folder: Path, root: Path) -> str:
    """Display name of a folder: relative to the source, "" for the source itself."""
    relative = folder.relative_to(root).as_posix()
    return "" if relative == "." else relative


def select_frames(shots: list[Shot], frames: str, *, gaps_too: bool = False) -> list[Shot]:
    """Select a frame range from sequences and videos; stills are left out.

    Frames of a video are counted from 0.

    Args:
        shots: From `find_shots` or `group_files`.
        frames: Frame range in fileseq notation.
        gaps_too: Whether a selection may consist of missing frames.

    Raises:
        UsageError: The range cannot be parsed, or no frame is selected.
    """
    wanted = parse_frames(frames)
    sequences = [shot for shot in shots if shot.kind == "sequence"]
    videos = [shot for shot in shots if shot.kind == "video"]
    selected = [_only(shot, wanted, wanted.intersection(shot.missing)) for shot in sequences]
    selected = [shot for shot in selected if shot.files or (gaps_too and shot.missing)]
    selected += [video for shot in videos if (video := _only_of_video(shot, wanted)).frames]
    if selected:
        return selected
    hint = "only sequences and videos have frame numbers, and there is none here"
    if sequences or videos:
        hint = f"there is {', '.join(shot.name for shot in [*sequences, *videos][:3])}"
    raise UsageError(f"no frame on disk is in the range {frames}", hint=hint)


def _only(shot: Shot, wanted: Iterable[int], missing: Iterable[int]) -> Shot:
    """A sequence with some frames selected; the others stay as temporal neighbours."""
    frames = tuple(sorted(shot.on_disk.keys() & set(wanted)))
    files = tuple(shot.on_disk[frame] for frame in frames)
    name = _sequence_name(shot.on_disk, frames, shot.root) if frames else shot.name
    return replace(shot, name=name, files=files, frames=frames, missing=tuple(sorted(missing)))


def _only_of_video(shot: Shot, wanted: frozenset[int]) -> Shot:
    """A video with some frames selected; all of them where it cannot be read, to be reported."""
    from ganfx.media.video.reading import count_frames  # PyAV, which few callers need

    try:
        there = range(count_frames(shot.files[0]))
    except MediaError:
        return replace(shot, frames=tuple(sorted(wanted)))
    return replace(shot, frames=tuple(sorted(wanted.intersection(there))))
