"""Flicker evaluation of finished shots, from files (``ganfx evaluate flicker``).

Every output frame is compared with its source, and where there is one with the frame as it
was before the temporal filter. Frames are judged as 8-bit sRGB, two at a time.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from ganfx.errors import MediaError, UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.color import luma_of
from ganfx.media.file_color import video_color
from ganfx.media.file_search import files_in, missing_source
from ganfx.media.formats import PICTURE_SUFFIXES
from ganfx.media.frames import read_picture
from ganfx.media.portable import use_portable_opencv
from ganfx.media.scans import Pixels, as_shown, quantized
from ganfx.media.sequences import Shot, find_shots
from ganfx.media.video import read_video, read_video_info
from ganfx.quality.flicker import Followed, follow
from ganfx.quality.heat import heat_colors
from ganfx.quality.metrics import mean_of_known
from ganfx.quality.sampling import spread

Views = tuple[ImageU8, ...]
"""Source, output, and where there is one the output before the filter."""
Strip = list[tuple[ImageU8, ImageU8]]
"""Frames of the output, and where they flicker."""

SHOWN = 12
"""Steps on a heat strip."""
SHOWN_WIDTH = 320
"""Pixels of a picture on it."""
HEAT = 0.25
"""Difference, of the display range, that is white-hot."""


@dataclass(frozen=True)
class StepScore:
    """From one frame of a shot to the next."""

    shot: str
    frame: int
    source: float | None
    """E_warp of the source, by `ganfx.quality.flicker.warp_errors`; None at a cut."""
    output: float | None
    """E_warp of the output."""
    followed: float
    """Share of pixels that are seen in both frames."""
    source_tone: float
    """Change of the source's mean luma, 0 to 1."""
    output_tone: float
    """Change of the output's."""
    unfiltered: float | None = None
    """E_warp before the filter."""
    unfiltered_tone: float | None = None
    """Change of its mean luma."""
    detail: float | None = None
    """Local contrast of the first frame, over that before the filter (sum of absolute
    Laplacians)."""
    ghost: float | None = None
    """Mean absolute change by the filter, 0 to 1, where the scene is not seen in the next frame."""


@dataclass(frozen=True)
class ShotScore:
    """A whole shot: means over its steps."""

    shot: str
    frames: int
    source: float | None
    output: float | None
    ratio: float | None
    """E_warp of the output over the source's."""
    source_tone: float
    """Tone flicker: standard deviation of the mean luma's changes, 0 to 1."""
    output_tone: float
    unfiltered: float | None = None
    steadied: float | None = None
    """E_warp of the output over that before the filter."""
    detail: float | None = None
    ghost: float | None = None


class Hottest:
    """The pictures of the steps that flicker most: a few, however long the shots are.

    Attributes:
        pictures: A frame of the output, and where it flickers, by the index of the step.
    """

    def __init__(self, most: int) -> None:
        self.pictures: dict[int, tuple[ImageU8, ImageU8]] = {}
        self._most, self._count = most, 0

    def append(self, pictures: tuple[ImageU8, ImageU8]) -> None:
        """Take the next step's pictures, and drop the coolest."""
        self.pictures[self._count] = pictures
        self._count += 1
        if len(self.pictures) > self._most:
            del self.pictures[min(self.pictures, key=self._heat)]

    def hottest_first(self) -> list[int]:
        """Indices of the steps."""
        return sorted(self.pictures, key=self._heat, reverse=True)

    def _heat(self, index: int) -> float:
        return float(self.pictures[index][1].mean())


def evaluate_flicker(
    source: Path,
    output: Path,
    *,
    unfiltered: Path | None = None,
    strip: Strip | None = None,
    hottest: Hottest | None = None,
) -> Generator[StepScore | ShotScore, None, None]:
    """Judge every sequence of a folder, or a video, step by step.

    Args:
        source: A folder, a sequence in fileseq's notation, or a video.
        output: What became of it: the folder, or the video.
        unfiltered: The same with ``--consistency 0``, for what the filter did.
        strip: Gets pictures for `heat_strip`: output, where it flickers.
        hottest: Gets the same, and keeps those that flicker most.

    Yields:
        The score of every step, and after a shot's steps the shot's.

    Raises:
        UsageError: There is no sequence, or a frame has no output.
        MediaError: A frame cannot be read, or has another size than its source.
    """
    shots = [shot for shot in find_shots(source) if shot.kind != "stills"]
    if not shots:
        raise UsageError(f"{source} holds stills only: flicker is between the frames of a shot")
    for each in (output, unfiltered):
        if each is not None and not each.exists():
            raise missing_source(each)
    for shot in shots:
        steps: list[StepScore] = []
        frames = _frames(shot, [output] if unfiltered is None else [output, unfiltered])
        previous: tuple[int, Views] | None = None
        for frame, views in frames:
            if previous is not None and (shot.kind == "video" or frame == previous[0] + 1):
                score, step = _judged(shot.name, previous[0], previous[1], views)
                steps.append(score)
                yield score
                for shown in (strip, hottest):
                    if shown is not None:
                        shown.append(_shown(previous[1], views, step))
            previous = (frame, views)
        if not steps:
            raise UsageError(f"{shot.name}: flicker is between neighbours, and there are none")
        yield _summed(steps)


def heat_strip(strip: Strip) -> list[list[ImageU8]]:
    """Rows of a contact sheet: frames of the output, and below each where it flickers."""
    chosen = spread(strip, SHOWN)
    return [[frame for frame, _ in chosen], [heat for _, heat in chosen]]


def heat_picture(first: ImageU8, second: ImageU8, step: Followed) -> ImageU8:
    """Where a picture differs from the next one along the motion: black, red, yellow, white.

    Args:
        first: ``(H, W, 3)`` uint8 sRGB; the heat is in its place.
        second: The next one.
        step: From the first to the second.

    Returns:
        ``(H, W, 3)`` uint8 sRGB; a difference of `HEAT` of the display range is white.
    """
    errors = np.sqrt(step.differences(first, second)) * step.seen
    return heat_colors(errors, HEAT)


def _frames(shot: Shot, outputs: Sequence[Path]) -> Iterator[tuple[int, Views]]:
    """Every frame's number, the source and what became of it."""
    if shot.kind == "video":
        videos = [_shown_frames(path) for path in (shot.files[0], *outputs)]
        for number, frames in enumerate(zip(*videos, strict=True)):
            yield number, tuple(quantized(frame, "uint8") for frame in frames)
        return
    folders = [_named(output / shot.files[0].parent.relative_to(shot.root)) for output in outputs]
    for frame, path in zip(shot.frames, shot.files, strict=True):
        for output, folder in zip(outputs, folders, strict=True):
            if path.stem not in folder:
                raise UsageError(f"{path}: nothing became of it in {output}")
        views = tuple(read_picture(p) for p in (path, *(folder[path.stem] for folder in folders)))
        _refuse_sizes(path, views)
        yield frame, views


def _shown_frames(path: Path) -> Iterator[Pixels]:
    """Frames of a video in sRGB."""
    color = video_color(path, read_video_info(path).color_codes)
    for frame in read_video(path, vfr=True):
        yield as_shown(frame, color)


def _named(folder: Path) -> dict[str, Path]:
    if folder.is_file():
        raise UsageError(f"{folder} is one picture", hint="give the folder of the shot's frames")
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    return {path.stem: path for path in files_in(folder, PICTURE_SUFFIXES)}


def _refuse_sizes(path: Path, views: Views) -> None:
    height, width = views[0].shape[:2]
    for view in views[1:]:
        if view.shape[:2] != (height, width):
            size = f"{view.shape[1]}x{view.shape[0]}"
            raise MediaError(f"{path}: {width}x{height}, and {size} after the look")


def _judged(shot: str, frame: int, first: Views, second: Views) -> tuple[StepScore, Followed]:
    step = follow(first[0], second[0])
    errors = [step.error(a, b) for a, b in zip(first, second, strict=True)]
    tones = [_mean_luma(b) - _mean_luma(a) for a, b in zip(first, second, strict=True)]
    score = StepScore(
        shot, frame, errors[0], errors[1], float(step.seen.mean()), tones[0], tones[1]
    )
    if len(first) < 3:
        return score, step
    filtered = replace(
        score,
        unfiltered=errors[2],
        unfiltered_tone=tones[2],
        detail=_detail(first[1]) / max(_detail(first[2]), 1e-9),
        ghost=_ghost(first[1], first[2], step),
    )
    return filtered, step


def _ghost(output: ImageU8, unfiltered: ImageU8, step: Followed) -> float | None:
    if step.seen.all():
        return None
    change = np.abs(output.astype(np.float32) - unfiltered) / np.float32(255.0)
    return float(change[~step.seen].mean())


def _mean_luma(picture: ImageU8) -> float:
    """0 to 1."""
    return float(luma_of(picture).mean(dtype=np.float64)) / 255.0


def _detail(picture: ImageU8) -> float:
    use_portable_opencv()
    return float(np.abs(cv2.Laplacian(luma_of(picture) / np.float32(255.0), cv2.CV_32F)).sum())


def _summed(steps: Sequence[StepScore]) -> ShotScore:
    source, output, before = (
        mean_of_known([getattr(step, name) for step in steps])
        for name in ("source", "output", "unfiltered")
    )
    return ShotScore(
        shot=steps[0].shot,
        frames=len(steps) + 1,
        source=source,
        output=output,
        ratio=_over(output, source),
        source_tone=float(np.std([step.source_tone for step in steps])),
        output_tone=float(np.std([step.output_tone for step in steps])),
        unfiltered=before,
        steadied=_over(output, before),
        detail=mean_of_known([step.detail for step in steps]),
        ghost=mean_of_known([step.ghost for step in steps]),
    )


def _over(value: float | None, other: float | None) -> float | None:
    """A ratio; that of a still source without noise, which has no E_warp, is not known."""
    return None if value is None or not other else value / other


def _shown(first: Views, second: Views, step: Followed) -> tuple[ImageU8, ImageU8]:
    """The output's first frame, and where it flickers: black, red, yellow, white; small."""
    heat = heat_picture(first[1], second[1], step)
    height, width = heat.shape[:2]
    size = (SHOWN_WIDTH, max(1, round(height * SHOWN_WIDTH / width)))
    frame, hot = (cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (first[1], heat))
    return np.asarray(frame, dtype=np.uint8), np.asarray(hot, dtype=np.uint8)
