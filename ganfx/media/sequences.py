"""Shots: grouping of files into frame sequences, stills and videos.

A *sequence* is three or more pictures of one folder, of equal size and format, whose names differ
in one number, with gaps of less than a tenth of their range. The number stands before the suffix,
with or without a dot or an underscore, in brackets, or before a tag ("a.0001_L.png"). Other
pictures of a folder are *stills*, numbered or not: they have no neighbours in time, and no missing
frames; so are UDIM tiles. A video is a shot by itself. Sequences are named in fileseq's notation:
"plate.1001-1100#.exr".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from ganfx.errors import MediaError, UsageError
from ganfx.media.file_search import files_in, find_files, missing_source, natural_order
from ganfx.media.formats import PICTURE_SUFFIXES, VIDEO_SUFFIXES
from ganfx.media.frame_names import FrameNaming, NumberedFiles
from ganfx.media.grouping import Judged, grouped, kinds_of, shown_canvas
from ganfx.media.headers import Header
from ganfx.media.notation import named_frames, named_tiles, parse_frames
from ganfx.media.windows import Window

__all__ = ["Choose", "Shot", "find_shots", "group_files", "parse_frames", "select_frames"]

_NO_NAMING = FrameNaming("", "", 1)
_LONGEST = 1_000_000  # frames of a range: a date is no frame number

Choose = Callable[[list[Path]], list[Path]]
"""Which of a source's files are taken; the others are no frames of a sequence either."""


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
    naming: FrameNaming = _NO_NAMING
    """How the files of a sequence are called."""
    canvas: Window | None = None
    """Common canvas of a sequence whose frames do not all store the same."""
    holes: tuple[str, ...] = ()
    """Notices for stills: numbered pictures with too many missing frames for a sequence."""
    doubts: tuple[str, ...] = ()
    """Notices for stills: other near-sequences, and why they are not taken as such."""
    remarks: tuple[str, ...] = ()
    """Notices on what could have been meant otherwise, with the notation that decides."""
    are_tiles: bool = False
    """Whether a notation says that stills are UDIM tiles."""

    def path_of(self, frame: int) -> Path:
        """Path of a frame of a sequence, on disk or missing."""
        if frame in self.on_disk:
            return self.on_disk[frame]
        return next(iter(self.on_disk.values())).with_name(self.naming.name(frame))

    @property
    def pattern(self) -> str:
        """File name pattern of a sequence in fileseq's notation: "plate.#.exr"."""
        return self.naming.pattern


def find_shots(
    source: Path,
    *,
    frames: str | None = None,
    gaps_too: bool = False,
    choose: Choose = list,
) -> list[Shot]:
    """Find the shots of a folder tree, of one file, or of a sequence in fileseq notation.

    Hidden files and folders are ignored, and a folder that several links lead to is
    searched once. Every file is in one shot only. A sequence given in notation may have
    any number of gaps; its frames still have one size and format.

    Args:
        source: A folder, a picture, a video, or fileseq notation:
            "sh010/plate.1001-1100#.exr", "plate.####.exr", "plate.%04d.exr". The padding
            need not match, if there is only one on disk. "wood.<UDIM>.exr" are tiles: stills.
        frames: Frame range to select from the sequences, in fileseq notation: "1001-1100x2".
            Stills are then left out; frames of videos are counted from 0.
        gaps_too: Whether a selection may consist of missing frames, which will be filled.
        choose: Which files are taken, of all that there are; by default all.

    Returns:
        The shots in natural order of their folders and names ("sh2" before "sh10").

    Raises:
        UsageError: If the source does not exist, holds no picture or video or cannot be
            listed, ``frames`` cannot be parsed, or no frame is selected.
    """
    if source.is_dir():
        shots = _shots_of_tree(source, choose)
    elif source.exists():
        shots = [_shot_of_file(file) for file in choose([source])]
    else:
        shots = _shots_of_notation(source, choose)
    if not shots:
        raise UsageError(
            f"nothing is left of {source}: --exclude leaves out all that it holds",
            hint="exclude less",
        )
    return shots if frames is None else select_frames(shots, frames, gaps_too=gaps_too)


def group_files(files: Sequence[Path]) -> list[Shot]:
    """Group individually listed pictures into sequences and stills.

    Args:
        files: Existing pictures. Those of one folder are grouped as if it held nothing else;
            duplicates count once.
    """
    folders = _by_folder(dict.fromkeys(files))
    return [shot for each, held in folders.items() for shot in _shots_of_folder(each, held, each)]


def _by_folder(files: Iterable[Path]) -> dict[Path, list[Path]]:
    folders: dict[Path, list[Path]] = {}
    for file in files:
        folders.setdefault(file.parent, []).append(file)
    return folders


def _shots_of_tree(root: Path, choose: Choose) -> list[Shot]:
    found = find_files(root, PICTURE_SUFFIXES | VIDEO_SUFFIXES)
    folders = _by_folder(choose([file for _, files in found for file in files]))
    return [shot for f, files in folders.items() for shot in _shots_of_folder(f, files, root)]


def _shots_of_folder(folder: Path, files: list[Path], root: Path) -> Iterator[Shot]:
    pictures = [file for file in files if file.suffix.lower() in PICTURE_SUFFIXES]
    told: dict[str, list[str]] = {"holes": [], "doubts": [], "tiles": []}
    shots: list[Shot] = []
    for judged in grouped(pictures):
        name = _sequence_name(judged.group, tuple(judged.group.files), root)
        if judged.kind == "sequence":
            sequence = _sequence(judged.group, root, judged.canvas)
            shots.append(replace(sequence, remarks=_either(name, judged)))
        elif judged.kind == "tiles":
            told["tiles"].append(f"{name}: {judged.why}")
        else:
            told[judged.kind].append(f"{name} {judged.why}")
    taken = {file for shot in shots for file in shot.files}
    stills = [file for file in pictures if file not in taken]
    videos = (file for file in files if file.suffix.lower() in VIDEO_SUFFIXES)
    shots += [_video(file, root) for file in videos]
    yield from sorted(shots, key=lambda shot: natural_order(shot.files[0]))
    if stills:
        yield _stills(stills, folder, root, told)


def _stills(
    files: list[Path], folder: Path, root: Path, told: Mapping[str, list[str]] | None = None
) -> Shot:
    count = "1 still" if len(files) == 1 else f"{len(files)} stills"
    name = f"{_shown(folder, root) or root.resolve().name} ({count})"
    holes, doubts, tiles = (
        tuple((told or {}).get(kind, ())) for kind in ("holes", "doubts", "tiles")
    )
    return Shot(
        name, "stills", tuple(files), (), (), root, holes=holes, doubts=doubts, remarks=tiles
    )


def _shot_of_file(path: Path) -> Shot:
    suffix = path.suffix.lower()
    if suffix in VIDEO_SUFFIXES:
        return _video(path, path.parent)
    if suffix in PICTURE_SUFFIXES:
        return Shot(path.name, "stills", (path,), (), (), path.parent)
    known = " ".join(sorted(PICTURE_SUFFIXES | VIDEO_SUFFIXES))
    raise UsageError(f"{path} is neither a picture nor a video", hint=f"known are {known}")


def _shots_of_notation(source: Path, choose: Choose) -> list[Shot]:
    """The sequence of a fileseq notation such as ``plate.1001-1100#.exr``, or a set of tiles."""
    folder = source.parent
    if not folder.is_dir():
        raise missing_source(source)
    there = files_in(folder, PICTURE_SUFFIXES)
    files = choose(there)
    tiles, named = named_tiles(source.name, files), named_frames(source, files)
    if tiles:
        return [replace(_stills(tiles, folder, folder), are_tiles=True)]
    if named is None:
        if there and not files:
            return []
        shots = () if tiles is None and "." not in source.name else _names(folder, files)
        raise missing_source(source, shots)
    shot = _sequence(named.files, folder, _even_canvas(named.files.files))
    if named.wanted is None:
        return [shot]
    if named.wanted.isdisjoint(shot.on_disk):
        raise UsageError(f"no frame of {source} is on disk", hint=f"there is {shot.name}")
    return [_only(shot, named.wanted, missing=named.wanted - shot.on_disk.keys())]


def _names(folder: Path, files: list[Path]) -> list[str]:
    return [shot.name for shot in _shots_of_folder(folder, files, folder)]


def _either(name: str, judged: Judged) -> tuple[str, ...]:
    """Notice of a sequence that could be UDIM tiles."""
    if judged.tiling != "either":
        return ()
    naming = judged.group.naming
    tiles = f"{naming.prefix}<UDIM>{naming.suffix}"
    return (f"{name}: taken as frames of a shot; if they are UDIM tiles, name them {tiles}",)


def _even_canvas(group: Mapping[int, Path]) -> Window | None:
    """The canvas of a sequence that was named; refuses one of two sizes or formats."""
    first, *_, last = group if len(group) > 1 else [*group, *group]
    if last - first >= _LONGEST:
        raise UsageError(
            f"frames {first} and {last} of {group[first].parent} are too far apart to be footage",
            hint="move what does not belong to it elsewhere",
        )
    headers: dict[Path, Header | None] = {}
    kinds = kinds_of(group, headers)
    if len(kinds) > 1:
        (a, frame_a), (b, frame_b) = list(kinds.items())[:2]
        raise UsageError(
            f"frames {frame_a} and {frame_b} of {group[frame_a].parent} are no sequence: "
            f"{a[0]}x{a[1]} {a[2]} and {b[0]}x{b[1]} {b[2]}",
            hint="give the folder instead, to take them as stills",
        )
    return shown_canvas(group, headers)


def _sequence(group: NumberedFiles, root: Path, canvas: Window | None) -> Shot:
    frames = tuple(group.files)
    there = range(frames[0], frames[-1])
    missing = tuple(frame for frame in there if frame not in group.files)
    return Shot(
        _sequence_name(group, frames, root),
        "sequence",
        tuple(group.files.values()),
        frames,
        missing,
        root,
        dict(group.files),
        group.naming,
        canvas,
    )


def _sequence_name(group: NumberedFiles, frames: tuple[int, ...], root: Path) -> str:
    folder = next(iter(group.files.values())).parent
    return str(Path(_shown(folder, root)) / group.naming.ranged(frames[0], frames[-1]))


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
    name = shot.name
    if frames:
        folder = _shown(shot.on_disk[frames[0]].parent, shot.root)
        name = str(Path(folder) / shot.naming.ranged(frames[0], frames[-1]))
    return replace(shot, name=name, files=files, frames=frames, missing=tuple(sorted(missing)))


def _only_of_video(shot: Shot, wanted: frozenset[int]) -> Shot:
    """A video with some frames selected; all of them where it cannot be read, to be reported."""
    from ganfx.media.video.reading import count_frames  # PyAV, which few callers need

    try:
        there = range(count_frames(shot.files[0]))
    except MediaError:
        return replace(shot, frames=tuple(sorted(wanted)))
    return replace(shot, frames=tuple(sorted(wanted.intersection(there))))
