"""A timeline through a look: what it uses of each of its media, and a new timeline."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ganfx.errors import UsageError
from ganfx.media.sequences import find_shots
from ganfx.stopping import Finish
from ganfx.stylize.conform.timeline import Left, Use, read_timeline, uses_of
from ganfx.stylize.conform.written import refuse_to_replace, write_timeline
from ganfx.stylize.engine import rehearse, stylize
from ganfx.stylize.events import Event, FrameFailed, Notice, StylizeDone, StylizeStarted
from ganfx.stylize.job.framing import find_framing
from ganfx.stylize.job.framing_check import why_unframed
from ganfx.stylize.job.output_paths import common_folder
from ganfx.stylize.network.mixing import Shares
from ganfx.stylize.options import Options

Style = str | Path | Shares


@dataclass(frozen=True)
class Part:
    """Frames of a medium that are done in one run."""

    source: Path
    frames: tuple[tuple[int, int], ...]
    """First and last of each range, apart from one another."""
    starts: tuple[int, ...]
    """Frames that another clip begins with, right after one has ended: cuts."""
    out: Path
    """A folder, or the file of a video."""
    suffix: str | None = None
    """Of new pictures, where they are of another format."""

    @property
    def count(self) -> int:
        """Of frames."""
        return sum(last - first + 1 for first, last in self.frames)


def conform(
    timeline: str | Path, style: Style, options: Options | None = None, *, dry_run: bool = False
) -> Generator[Event, None, None]:
    """Stylize what a timeline uses, and write one with the results beside the old references.

    Args:
        timeline: An ``.otio`` or ``.edl``.
        style: As `stylize` takes it.
        options: For `handles` and all else; ``out`` is a folder.
        dry_run: Say what would be written, as `rehearse` does.

    Raises:
        UsageError: OpenTimelineIO is not installed; the timeline cannot be read, or none of its
            clips can be done; or an option does not go with timelines.
    """
    path, options = Path(timeline), options or Options()
    if options.frames is not None:
        raise UsageError("--frames does not go with a timeline, which says which frames it uses")
    read = read_timeline(path, rate=options.edl_rate)
    found = list(uses_of(read, path, rate=options.edl_rate))
    uses = [each for each in found if isinstance(each, Use)]
    left = [each for each in found if isinstance(each, Left)]
    uses, left = _framed(uses, left, options)
    if not uses:
        told = "; ".join(f"{each.name}: {each.why}" for each in left[:5]) or "it has no clips"
        raise UsageError(f"nothing of {path} can be done: {told}")
    if options.suffix and any(use.media.is_video for use in uses):
        raise UsageError(
            f"--format {options.suffix[1:]} makes pictures of videos, which the timeline refers to"
        )
    out = options.out or path.with_name(f"{path.stem}-{_name(style)}")
    refuse_to_replace(out / f"{path.stem}.otio", path, overwrite=options.overwrite)
    parts = list(_parts(uses, out, options))
    begin = rehearse if dry_run else stylize
    yield from _all(parts, left, path, lambda each: begin(each[0], style, each[1]), options, out)
    if not dry_run:
        done = write_timeline(read, uses, parts, out / f"{path.stem}.otio")
        yield Notice(f"timeline with the new media: {done}")


def _framed(uses: list[Use], left: list[Left], options: Options) -> tuple[list[Use], list[Left]]:
    """The same, but for what a framing decision list does not frame."""
    framing = find_framing(options.fdl, options.fdl_decision, options.fdl_area)
    if framing is None:
        return uses, left
    first = {u.media.source: find_shots(u.media.source)[0].files[0] for u in uses}
    why = {source: why_unframed(file, framing) for source, file in first.items()}
    told = [Left(use.name, error.message) for use in uses if (error := why[use.media.source])]
    return [use for use in uses if why[use.media.source] is None], [*left, *told]


Run = tuple[Path, Options]


def _all(
    parts: Sequence[Part],
    left: Sequence[Left],
    path: Path,
    begin: Callable[[Run], Generator[Event, None, None]],
    options: Options,
    out: Path,
) -> Generator[Event, None, None]:
    """The events of all parts as those of one run."""
    total = StylizeDone(done=0, skipped=0, failed=len(left), seconds=0.0, output=out)
    with TemporaryDirectory(prefix="ganfx-cuts-") as folder:
        for number, part in enumerate(parts):
            run = part.source, _options(part, options, Path(folder, f"{number}.txt"))
            with closing(begin(run)) as events:
                for event in _stoppable(events):
                    if isinstance(event, StylizeDone):
                        total = _sum(total, event)
                    elif isinstance(event, StylizeStarted):
                        if number == 0:
                            frames = sum(each.count for each in parts)
                            yield replace(event, shots=len(parts), frames=frames, output=out)
                            yield from (_failed(each, path) for each in left)
                    else:
                        yield event
    yield total


def _stoppable(events: Generator[Event, None, None]) -> Generator[Event, None, None]:
    """The same events, with requests to finish handed on."""
    event = next(events, None)
    while event is not None:
        try:
            yield event
        except Finish as asked:
            try:
                event = events.throw(asked)
            except StopIteration:
                return
            continue
        event = next(events, None)


def _sum(total: StylizeDone, one: StylizeDone) -> StylizeDone:
    return replace(
        total,
        done=total.done + one.done,
        skipped=total.skipped + one.skipped,
        failed=total.failed + one.failed,
        seconds=total.seconds + one.seconds,
        left=total.left + one.left,
    )


def _failed(left: Left, path: Path) -> FrameFailed:
    return FrameFailed(path.name, path, None, f"clip {left.name}: {left.why}; it keeps its media")


def _options(part: Part, options: Options, cuts: Path) -> Options:
    ranges = ",".join(f"{first}-{last}" for first, last in part.frames)
    if part.starts and options.cuts == "auto":
        cuts.write_text("".join(f"{start}\n" for start in part.starts), encoding="utf-8")
        options = replace(options, cuts=str(cuts))
    return replace(options, frames=ranges, out=part.out)


def _parts(uses: Sequence[Use], out: Path, options: Options) -> Iterator[Part]:
    """What is to be done of each medium, in the order of the timeline."""
    media: dict[Path, list[Use]] = {}
    for use in uses:
        media.setdefault(use.media.source, []).append(use)
    root = common_folder([source.absolute() for source in media]).absolute()
    root = root.parent if len(media) == 1 else root
    for source, used in media.items():
        one = used[0].media
        ranges = merged(
            [
                (max(one.first, u.first - options.handles), min(one.last, u.last + options.handles))
                for u in used
            ]
        )
        starts = abutting([(use.first, use.last) for use in used])
        place = out / source.absolute().relative_to(root).parent
        if not one.is_video:
            yield Part(source, tuple(ranges), starts, place, options.suffix)
            continue
        for first, last in ranges:
            name = f"{source.stem}.{first:06d}-{last:06d}{source.suffix}"
            inside = tuple(start for start in starts if first < start <= last)
            yield Part(source, ((first, last),), inside, place / name)


def merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges that touch or overlap as one, ascending."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return found


def abutting(ranges: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """Where one range begins right after another has ended."""
    ends = {last + 1 for _, last in ranges}
    return tuple(sorted({first for first, _ in ranges} & ends))


def _name(style: Style) -> str:
    styles = list(style) if isinstance(style, Mapping) else [style]
    return "+".join(Path(each).stem for each in styles)
