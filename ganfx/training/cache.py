"""On-disk cache of decoded pictures: a second run starts without decoding.

One file a picture, in the user's cache folder: a short header, then the bytes of the
pixels, mapped into memory. Mapped pages are the system's to drop and to read again, so
a set may be larger than memory, and runs side by side share what they both look at. A
file that is deleted while it is mapped stays readable until it is let go.

The name of a file says all that its pixels depend on, so another version of a picture,
or another ganfx, is another file. What does not fit the limit is kept in memory.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import os
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import torch

from ganfx import media
from ganfx.errors import MediaError
from ganfx.media.arrays import ImageU8
from ganfx.media.atomic import replacing
from ganfx.media.background import WHITE, Color
from ganfx.media.frames import read_opaque
from ganfx.media.ocio_configs import chosen_config, config_hash
from ganfx.media.user_folders import cache_folder

LIMIT_VARIABLE = "GANFX_CACHE_GIB"
DEFAULT_GIB = 16.0
SUFFIX = ".pixels"
HEADER = struct.Struct("<8sIII")  # magic, height, width, CRC-32 of the pixels
MAGIC = b"ganfxpx1"
TRANSPARENT = b"ganfxpxt"  # the same, of a picture that was put on a background
ABANDONED = 3600  # seconds after which a half-written file of another run is litter
DECODERS = ("OpenImageIO", "opencolorio", "opencv-python", "numpy")


def cache_limit() -> int:
    """Bytes that the cache may hold, from ``GANFX_CACHE_GIB``; 0 turns it off."""
    try:
        gib = float(os.environ.get(LIMIT_VARIABLE, DEFAULT_GIB))
    except ValueError:
        gib = DEFAULT_GIB
    return max(0, int(gib * 2**30))


class PictureCache:
    """The pictures of one run, decoded here or by an earlier run. Safe to use by threads."""

    def __init__(
        self,
        paths: Sequence[Path],
        max_side: int,
        *,
        background: Color = WHITE,
        folder: Path | None = None,
        limit: int | None = None,
    ) -> None:
        """Look at what is there.

        Args:
            paths: All pictures that will be read: their files are not evicted.
            max_side: Longest side in pixels; larger pictures are reduced.
            background: What transparent pixels are put on.
            folder: Where the files are; by default the `cache_folder` of pictures.
            limit: Bytes that the folder may hold; by default `cache_limit`.
        """
        self.kept_in_memory = 0  # pictures that did not fit the cache
        self.transparent = 0  # pictures that were put on the background
        self._max_side, self._background = max_side, background
        self.folder = cache_folder("pictures") if folder is None else folder
        limit = cache_limit() if limit is None else limit
        self._files = {path: self._file_of(path) for path in paths if limit}
        self._lock = threading.Lock()
        self._evictable, self._used = self._survey(set(self._files.values()))
        self._limit = min(limit, self._used + self._free())

    def read(self, path: Path) -> ImageU8:
        """The picture, as `ganfx.media.frames.read_opaque` gives it, bit for bit.

        Raises:
            MediaError: It cannot be read.
        """
        file = self._files.get(path)
        stored = None if file is None else _map(file)
        if stored is not None:
            self._count(transparent=stored[1])
            return stored[0]
        picture, transparent = read_opaque(
            path, max_side=self._max_side, background=self._background
        )
        self._count(transparent=transparent)
        changed = file is None or file != self._file_of(path)  # while it was read
        kept = None if changed or file is None else self._store(file, picture, transparent)
        if kept is None:
            with self._lock:
                self.kept_in_memory += bool(self._files)  # when it is off, that is no news
            return picture
        return kept

    def _count(self, *, transparent: bool) -> None:
        with self._lock:
            self.transparent += transparent

    def _file_of(self, path: Path) -> Path | None:
        try:
            status = path.stat()
        except OSError:  # reading it will say so
            return None
        stamp = status.st_size, status.st_mtime_ns
        facts = (path.resolve(), *stamp, self._max_side, self._background, _versions())
        digest = hashlib.sha256("\0".join(map(str, facts)).encode("utf-8", "surrogateescape"))
        return self.folder / (digest.hexdigest()[:32] + SUFFIX)

    def _survey(self, wanted: set[Path | None]) -> tuple[list[tuple[float, int, Path]], int]:
        """Files that may be evicted, newest first, and the bytes of all files."""
        found, total = [], 0
        with suppress(OSError), os.scandir(self.folder) as entries:
            for entry in entries:
                file, status = Path(entry.path), entry.stat()
                if file.name.startswith("."):
                    if time.time() - status.st_mtime > ABANDONED:
                        file.unlink(missing_ok=True)
                    continue
                total += status.st_size
                if file not in wanted:
                    found.append((status.st_mtime, status.st_size, file))
        return sorted(found, reverse=True), total

    def _free(self) -> int:
        """Half of the free space: the rest of the disk is for checkpoints."""
        place = self.folder
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            return shutil.disk_usage(place).free // 2
        except OSError:
            return 0

    def _store(self, file: Path, picture: ImageU8, transparent: bool) -> ImageU8 | None:
        """The picture from its new file; None where it could not be stored."""
        if not self._make_room(HEADER.size + picture.nbytes):
            return None
        pixels = np.ascontiguousarray(picture)
        magic = TRANSPARENT if transparent else MAGIC
        header = HEADER.pack(magic, *picture.shape[:2], zlib.crc32(pixels.data))
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(file) as temporary, temporary.open("wb") as out:
                out.write(header)
                out.write(pixels.data)
        except (OSError, MediaError):  # a full or read-only disk: it goes without
            return None
        mapped = _map(file)
        return None if mapped is None else mapped[0]

    def _make_room(self, size: int) -> bool:
        """Evict what was not used for longest until ``size`` bytes fit, and count them."""
        with self._lock:
            while self._limit >= size and self._used + size > self._limit and self._evictable:
                _, freed, oldest = self._evictable.pop()
                with suppress(OSError):  # another run was faster, or holds it open
                    oldest.unlink(missing_ok=True)
                self._used -= freed
            fits = self._used + size <= self._limit
            self._used += size if fits else 0
            return fits


def _map(file: Path) -> tuple[ImageU8, bool] | None:
    """Pixels of a cache file, and whether they were put on a background; None if not whole."""
    try:
        size = file.stat().st_size
        if size <= HEADER.size:
            return None
        # Unlike Python's own mmap, this keeps no file open: a set has thousands.
        mapped = torch.from_file(str(file), shared=False, size=size, dtype=torch.uint8).numpy()
    except (OSError, RuntimeError):
        return None
    with suppress(OSError):  # a cache that others own may be read all the same
        os.utime(file)  # eviction takes what was not used for longest
    magic, height, width, checksum = HEADER.unpack(mapped[: HEADER.size].tobytes())
    pixels = mapped[HEADER.size :]
    whole = pixels.size == height * width * 3 and zlib.crc32(pixels.data) == checksum
    if magic not in (MAGIC, TRANSPARENT) or not whole:
        return None
    return pixels.reshape(height, width, 3), magic == TRANSPARENT


@functools.cache
def _versions() -> str:
    """Of everything that a decoded picture's bytes depend on, our own reading included."""
    versions = []
    for name in DECODERS:
        try:
            versions.append(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:  # another build of it
            versions.append("unknown")
    ours = hashlib.sha256()
    for source in sorted(Path(media.__path__[0]).glob("*.py")):
        ours.update(source.read_bytes())
    config = chosen_config()
    studio = [config_hash(config)] if config else []
    return " ".join((*versions, ours.hexdigest(), *studio))
