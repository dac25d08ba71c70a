"""The pictures of the hidden-teacher benchmark: photos to learn on, art, and held-out truth."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hidden_teachers import paint

from ganfx.errors import UsageError
from ganfx.media.arrays import ImageU8
from ganfx.media.frames import read_picture, write_picture
from ganfx.samples import sample_pictures
from ganfx.training.loading import find_pictures

SIDE = 352
"""Long side of all pictures, in pixels: what is learned and what is scored have one scale."""
HELD_OUT = 24
FEWEST = HELD_OUT + 2 * 8
MOST = 200
"""Pictures to learn on, and as many to paint, at most."""
RENDERED = HELD_OUT + 2 * 100
"""Scenes of `samples:`."""
SAMPLES = "samples:"


@dataclass(frozen=True)
class Sets:
    """Folders of pictures, all made from one source."""

    name: str  # "samples" or the name of a folder, a hash of what is in it, and how much art
    root: Path
    art_count: int | None = None  # paintings that training sees; None is all

    @property
    def content(self) -> Path:
        """A: photos to learn on."""
        return self.root / "content"

    def art(self, teacher: str) -> Path:
        """B: other photos, painted; their originals are never seen."""
        return self.root / teacher / self._counted("art")

    @property
    def runs(self) -> str:
        """Name of the folder of a teacher's runs."""
        return self._counted("runs")

    def pairs(self, teacher: str) -> Path:
        """A again, beside its paintings: for a run that is told the answer."""
        return self.root / teacher / "pairs"

    def held_out(self, teacher: str) -> list[tuple[ImageU8, ImageU8]]:
        """C: photos that no run has seen, and what the teacher makes of them."""
        photos = sorted((self.root / "held").iterdir())
        truth = self.root / teacher / "truth"
        return [(read_picture(path), read_picture(truth / path.name)) for path in photos]

    def _counted(self, name: str) -> str:
        return name if self.art_count is None else f"{name}-{self.art_count}"


def split(names: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Names for A, B and C, by their hashes alone: the same on every machine."""
    ranked = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    rest = ranked[HELD_OUT:]
    return rest[0::2][:MOST], rest[1::2][:MOST], ranked[:HELD_OUT]


def make_sets(source: str, teachers: list[str], work: Path, art_count: int | None = None) -> Sets:
    """Write the pictures of ``samples:`` or of a folder of photos, or find them written.

    ``art_count`` of the paintings are the art; fewer are always among more.
    """
    load = _scenes() if source == SAMPLES else _photos(Path(source))
    if len(load) < FEWEST:
        raise UsageError(f"{source} holds {len(load)} pictures: at least {FEWEST} are needed")
    content, painted, held = split(list(load))
    code = hashlib.sha256("\n".join([str(SIDE), *content, *painted, *held]).encode()).hexdigest()
    name = f"{source.rstrip(':/').rpartition('/')[2]}-{code[:8]}"
    if art_count is not None and not 0 < art_count <= len(painted):
        raise UsageError(f"--art-count {art_count}: {source} gives at most {len(painted)}")
    counted = name if art_count is None else f"{name}-art{art_count}"
    sets = Sets(counted, work / name, art_count)
    for names, folder in ((content, sets.content), (held, sets.root / "held")):
        _fill(folder, ((n, load[n]) for n in names))
    for teacher in teachers:
        _fill(sets.art(teacher), ((n, _taught(teacher, load[n])) for n in painted[:art_count]))
        truth = sets.root / teacher / "truth"
        _fill(truth, ((n, _taught(teacher, load[n])) for n in held))
    return sets


def make_pairs(sets: Sets, teacher: str) -> None:
    """Write the photos of A beside their paintings."""
    for part in ("photos", "painted"):
        _fill(sets.pairs(teacher) / part, _pairs(sets, teacher, part))


def _pairs(sets: Sets, teacher: str, part: str) -> Iterator[tuple[str, Callable[[], ImageU8]]]:
    for path in sorted(sets.content.iterdir()):
        photo = _reader(path)
        yield path.stem, photo if part == "photos" else _taught(teacher, photo)


def _scenes() -> dict[str, Callable[[], ImageU8]]:
    size = (SIDE, 2 * round(SIDE / 3))

    def render(number: int) -> Callable[[], ImageU8]:
        return lambda: sample_pictures("samples:scenes", 1, size=size, seed=1, first=number)[0]

    return {f"scene-{number:03d}": render(number) for number in range(RENDERED)}


def _photos(folder: Path) -> dict[str, Callable[[], ImageU8]]:
    paths = find_pictures(folder, "--photos")
    return {path.relative_to(folder).as_posix(): _reader(path) for path in paths}


def _reader(path: Path) -> Callable[[], ImageU8]:
    return lambda: read_picture(path, max_side=SIDE)


def _taught(teacher: str, photo: Callable[[], ImageU8]) -> Callable[[], ImageU8]:
    return lambda: paint(teacher, photo())


def _fill(folder: Path, pictures: Iterator[tuple[str, Callable[[], ImageU8]]]) -> None:
    """Write a folder of PNGs whole, or leave it as it is when it is there."""
    if folder.is_dir():
        return
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for name, picture in pictures:
        write_picture(partial / f"{name.replace('/', '--')}.png", picture())
    partial.rename(folder)
