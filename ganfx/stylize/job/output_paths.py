"""Where results go: beside the source, or below ``--out``."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.media.formats import FORMATS, UNREAD_SUFFIXES, VIDEO_SUFFIXES, WRITTEN_SUFFIXES
from ganfx.stylize.options import Options

ANYBODY_WRITES = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


def target_of(source: Path, style: str, options: Options, *, alone: bool) -> Path:
    """The file, for a single picture or video, or folder that the results make up."""
    suffix = options.suffix if options.suffix and is_picture(source) else source.suffix
    if options.suffix and _is_video(source):
        return _folder_of_frames(source, style, options, alone=alone)
    if options.out is None:
        return _beside(source, style, suffix)
    if source.is_dir():
        return options.out if alone else options.out / source.resolve().name
    if not source.is_file():  # a notation
        return options.out
    if alone and _names_a_file(options.out):
        _refuse_other_kind(source, options.out)
        _refuse_other_format(options)
        return options.out
    return options.out / f"{source.stem}{suffix}"


def _folder_of_frames(source: Path, style: str, options: Options, *, alone: bool) -> Path:
    """Where the frames of a video go, as pictures."""
    if options.out is None:
        return _beside(source, style, "")
    if alone and _names_a_file(options.out):
        raise UsageError(
            f"--format {(options.suffix or '')[1:]} makes many pictures of {source}, and --out"
            f" {options.out} is one file",
            hint="name a folder",
        )
    return options.out


def _beside(source: Path, style: str, suffix: str) -> Path:
    """``shots`` to ``shots-noir``, ``photo.png`` to ``photo-noir.png``."""
    if source.is_file():
        return _in_own_folder(source.with_name(f"{source.stem}-{style}{suffix}"))
    folder = source if source.is_dir() else source.parent
    folder = folder.resolve() if folder.name in ("", "..") else folder
    if not folder.name:
        raise UsageError(f"there is no place beside {folder}", hint="choose a folder with --out")
    return _in_own_folder(folder.with_name(f"{folder.name}-{style}"))


def _in_own_folder(output: Path) -> Path:
    """An output that nobody asked for by name, where new files are welcome.

    Raises:
        UsageError: Its folder is read-only, or somebody else's.
    """
    folder = output.absolute().parent
    if output.exists() or not folder.is_dir():
        return output
    state = folder.stat()
    wrong = ""
    # Whoever may do all, in a container, may write there: read-only is what the folder says.
    if not (os.access(folder, os.W_OK) and state.st_mode & ANYBODY_WRITES):
        wrong = "is read-only"
    elif sys.platform != "win32" and state.st_uid != os.geteuid():
        wrong = "is somebody else's"
    if wrong:
        raise UsageError(
            f"results would go beside the source, to {output}: the folder {folder} {wrong}",
            hint="say where they go: --out DIR",
        )
    return output


def only_output(target: Path, _file: Path) -> Path:
    return target


def listed_output(file: Path, *, of_sequence: bool, style: str, options: Options) -> Path:
    """Where the result of a picture goes that was listed beside others.

    A frame keeps its name, as it does where its sequence is named as one.
    """
    suffix = options.suffix or file.suffix
    if options.out is None and not of_sequence:
        return _beside(file, style, suffix)
    folder = options.out or _beside(file.parent, style, "")
    return folder / f"{file.stem}{suffix}"


def mirrored_output(file: Path, root: Path, target: Path, options: Options) -> Path:
    output = target / file.relative_to(root)
    if options.suffix and is_picture(file):
        return output.with_suffix(options.suffix)
    return output


def _names_a_file(path: Path) -> bool:
    known = path.suffix.lower() in WRITTEN_SUFFIXES | VIDEO_SUFFIXES
    if path.suffix.lower() in UNREAD_SUFFIXES | {".dds"} and not known and not path.is_dir():
        raise UsageError(
            f"--out {path}: {path.suffix} is not written",
            hint=f"use one of {' '.join(sorted(WRITTEN_SUFFIXES | VIDEO_SUFFIXES))}",
        )
    return known and not path.is_dir()


def is_picture(path: Path) -> bool:
    return path.suffix.lower() in FORMATS


def _is_video(path: Path) -> bool:
    return path.suffix.lower() in VIDEO_SUFFIXES and path.is_file()


def _refuse_other_kind(source: Path, out: Path) -> None:
    if is_picture(source) != is_picture(out):
        kind = "a picture" if is_picture(source) else "a video"
        raise UsageError(f"{source} is {kind}, and --out {out} is not")


def _refuse_other_format(options: Options) -> None:
    assert options.out is not None
    if options.suffix and FORMATS[options.suffix] != FORMATS.get(options.out.suffix.lower()):
        raise UsageError(f"--format {options.suffix[1:]}, and --out {options.out} is another")


def refuse_inside(source: Path, target: Path) -> None:
    if source.is_dir() and target.resolve().is_relative_to(source.resolve()):
        raise UsageError(
            f"the output {target} is inside the input {source}: the next run would take results"
            " for pictures",
            hint="choose a folder beside it with --out",
        )


def common_folder(targets: Sequence[Path]) -> Path:
    if len(targets) == 1:
        return targets[0]
    folders = [str(target.absolute()) for target in targets]
    return Path(os.path.relpath(os.path.commonpath(folders)))
