"""A review page: shots matched, pictures stored, the page written; an iterator of events."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ganfx.errors import UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.color_spaces import find_space
from ganfx.media.cores import usable_cores
from ganfx.media.file_color import ColorSettings
from ganfx.media.frames import write_picture
from ganfx.media.ocio_configs import chosen_config
from ganfx.media.views import DEFAULT, find_view
from ganfx.quality.sampling import spread
from ganfx.quality.sheets import contact_sheet
from ganfx.review.events import Event, Notice, ReviewDone, ReviewStarted
from ganfx.review.footage import Eye
from ganfx.review.matching import ShotFootage, Tree, match
from ganfx.review.options import Options
from ganfx.review.page import render_page
from ganfx.review.provenance import LETTERS, LookFacts, distinct, facts_of
from ganfx.review.shots import ShotPage, begin_shot, fill_shot
from ganfx.review.sizing import plan_sizes
from ganfx.review.store import Store, open_store
from ganfx.review.wipe_video import WipeVideo

WORKERS = 4  # at most: each holds a whole picture
ON_SHEET = 8  # frames
SHEET_WIDTH = 480  # pixels of a picture on the sheet


def review(output: str | Path, options: Options | None = None) -> Generator[Event, None, None]:
    """Write a page on which stylized shots are judged by eye.

    Args:
        output: A folder of results, a picture, a video, or fileseq notation.
        options: By default, those of `Options`.

    Yields:
        `ReviewStarted`, notices, `FrameShown` for every frame, `ReviewDone`. Stopped before its
        end, it leaves the page that was there before.

    Raises:
        UsageError: There is nothing to show, what was given does not match, or the page cannot
            be written.
        MediaError: The page, the sheet or the video could not be written.
    """
    options, output, begun = options or Options(), Path(output), time.monotonic()
    eye, shots = _eye(options), _shots(output, options)
    looks = _looks(output, options, shots)
    store = open_store(options.out or page_folder(output))
    extras: _Extras | None = None
    done: ReviewDone | None = None
    try:
        pages = _begun(output, shots, options, eye)
        shown = sum(len(page.numbers) for page in pages)
        yield ReviewStarted(output, len(pages), shown, _labels(looks), _views(pages))
        extras = _Extras(options, pages)
        for index, page in enumerate(pages):
            yield from _filled(index, page, store, eye, extras)
        extras.close()
        text = render_page(output, pages, looks, pictures=store.pictures, fps=options.fps)
        path = store.finish(text)
        seconds = time.monotonic() - begun
        done = ReviewDone(path, shown, store.size, seconds, options.sheet, options.video)
        yield done
    finally:
        if done is None:
            store.abandon()
            if extras is not None:
                extras.abandon()


def page_folder(output: Path) -> Path:
    """Where the page of an output goes: inside a folder, beside a file or sequence."""
    if output.is_dir():
        return output / "review"
    return (
        output.with_name(f"{output.stem}-review") if output.is_file() else output.parent / "review"
    )


def _filled(
    index: int, page: ShotPage, store: Store, eye: Eye, extras: _Extras
) -> Generator[Event, None, None]:
    with ThreadPoolExecutor(min(WORKERS, usable_cores())) as pool:
        yield from fill_shot(page, index, store, pool, eye, extras.watcher(page))
    for remark in page.remarks:
        yield Notice(f"{page.footage.name}: {remark}")


def _eye(options: Options) -> Eye:
    config = chosen_config(options.ocio)
    space = find_space(options.colorspace, config)
    return Eye(find_view(options.view or DEFAULT, config), ColorSettings(space, config))


def _shots(output: Path, options: Options) -> list[ShotFootage]:
    made = frozenset(p.absolute() for p in (options.sheet, options.video) if p is not None)
    tree = Tree(output, made)
    others = [Tree(path, made) for path in options.also]
    if len(others) >= len(LETTERS):
        raise UsageError(f"at most {len(LETTERS)} looks fit on a page: give fewer --also")
    source = None if options.source is None else Tree(options.source, made)
    shots = list(match(tree, others, source))
    _refuse_twice((output, *options.also))
    needs_source = options.video is not None and 0 in options.wiped
    if needs_source and not any(shot.source for shot in shots):
        raise UsageError(
            f"--video {options.video} is a wipe from before to after, and what the frames were"
            " made from is not known",
            hint="give --source SRC, or with --also OUT2 wipe between two looks: --pair A:B",
        )
    return shots


def _refuse_twice(outputs: Sequence[Path]) -> None:
    seen: set[Path] = set()
    for each in outputs:
        if each.resolve() in seen:
            raise UsageError(f"--also {each}: it would be beside itself", hint="give another look")
        seen.add(each.resolve())


def _chosen(shots: Sequence[ShotFootage], most: int) -> list[list[int]]:
    """Frames of every shot to show: all of them, or by the shots' lengths."""
    total = sum(len(shot.numbers) for shot in shots)
    if total <= most:
        return [list(shot.numbers) for shot in shots]
    return [spread(shot.numbers, max(1, most * len(shot.numbers) // total)) for shot in shots]


def _looks(output: Path, options: Options, shots: Sequence[ShotFootage]) -> list[LookFacts]:
    paths = (output, *options.also)
    facts = [
        facts_of(LETTERS[at], path, [w for shot in shots for w in shot.looks[at].values()])
        for at, path in enumerate(paths)
    ]
    return distinct(facts)


def _labels(looks: Sequence[LookFacts]) -> tuple[str, ...]:
    return tuple(look.label for look in looks)


def _views(pages: Sequence[ShotPage]) -> str:
    """What is seen through a view, and through which."""
    return "; ".join(dict.fromkeys(page.view for page in pages if page.viewed))


def _begun(
    output: Path, shots: Sequence[ShotFootage], options: Options, eye: Eye
) -> list[ShotPage]:
    """The shots of which something can be read, with the frames to show.

    Raises:
        UsageError: There are none.
    """
    numbers = _chosen(shots, options.frames)
    total = sum(map(len, numbers))
    sizes = plan_sizes(shots, total, eye, options.width, options.megabytes)
    pages = [
        begin_shot(shot, chosen, sizes.whole * len(chosen) // total, sizes, eye)
        for shot, chosen in zip(shots, numbers, strict=True)
    ]
    found = [page for page in pages if page is not None]
    if not found:
        raise UsageError(f"no picture of {output} can be read")
    return found


@dataclass
class _Extras:
    """The sheet and the video, as frames come."""

    options: Options
    pages: Sequence[ShotPage]

    def __post_init__(self) -> None:
        self._rows: list[list[ImageU8]] = []
        self._labels: list[list[str]] = []
        frames = [(id(page), number) for page in self.pages for number in page.numbers]
        self._on_sheet = set(spread(frames, ON_SHEET)) if self.options.sheet else set()
        rate = self.options.fps or self.pages[0].footage.rate or 24.0
        self._video = None if self.options.video is None else WipeVideo(self.options.video, rate)

    def watcher(self, page: ShotPage) -> _Watcher:
        """What gets the frames of a shot."""
        return _Watcher(self, page)

    def take(self, page: ShotPage, number: int, sides: Sequence[ImageU8 | None]) -> None:
        """One frame."""
        if self._video is not None:
            all_sides = sides if page.footage.source else (None, *sides)
            before, after = (all_sides[at] for at in self.options.wiped)
            if before is not None and after is not None:
                self._video.add(before, after)
        if (id(page), number) in self._on_sheet:
            there = [(at, side) for at, side in enumerate(sides) if side is not None]
            letters = ("source", *LETTERS) if page.footage.source else tuple(LETTERS)
            self._rows.append([side for _, side in there])
            self._labels.append([f"{letters[at]} {number}" for at, _ in there])

    def abandon(self) -> None:
        """Leave no half-written video."""
        if self._video is not None:
            self._video.abandon()

    def close(self) -> None:
        """Write what is asked for.

        Raises:
            MediaError: It could not be written.
        """
        if self._video is not None:
            self._video.close()
        if self.options.sheet is not None:
            sheet = contact_sheet(self._rows, labels=self._labels, cell_width=SHEET_WIDTH)
            write_picture(self.options.sheet, sheet)


@dataclass
class _Watcher:
    extras: _Extras
    page: ShotPage

    def __call__(self, number: int, sides: Sequence[ImageU8 | None]) -> None:
        self.extras.take(self.page, number, sides)
