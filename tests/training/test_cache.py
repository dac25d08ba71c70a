"""The cache of decoded pictures: the same bytes, less work, never more than its share."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.frames import read_picture
from ganfx.training import cache as module
from ganfx.training.cache import PictureCache, cache_limit
from tests.training.conftest import write_pictures

SIDE = 64  # the pictures are 96 x 80, and stored as 64 x 53
STORED = 20 + 64 * 53 * 3
PLENTY = 10 * STORED


def read_all(cache: PictureCache, paths: list[Path]) -> list[np.ndarray]:
    return [cache.read(path) for path in paths]


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    return sorted(write_pictures(tmp_path / "art", 3, seed=0).iterdir())


def opened(
    tmp_path: Path, paths: list[Path], limit: int = PLENTY, side: int = SIDE
) -> PictureCache:
    return PictureCache(paths, side, folder=tmp_path / "cache", limit=limit)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pictures that were not in the cache, as they are read."""
    found: list[Path] = []

    def read(path: Path, *, max_side: int) -> np.ndarray:
        found.append(path)
        return read_picture(path, max_side=max_side)

    monkeypatch.setattr(module, "read_picture", read)
    return found


def test_a_picture_is_the_same_decoded_stored_and_found_again(
    tmp_path: Path, paths: list[Path], decoded: list[Path]
) -> None:
    stored = read_all(opened(tmp_path, paths), paths)
    assert decoded == paths
    found = read_all(opened(tmp_path, paths), paths)
    assert decoded == paths

    for path, a, b in zip(paths, stored, found, strict=True):
        assert np.array_equal(a, read_picture(path, max_side=SIDE))
        assert np.array_equal(a, b)


def test_a_mapped_picture_keeps_no_file_open(tmp_path: Path, paths: list[Path]) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("counts open files as Linux lists them")
    read_all(opened(tmp_path, paths), paths)
    gc.collect()  # what other tests left open is not to be closed meanwhile
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    kept = [read_all(opened(tmp_path, paths), paths) for _ in range(10)]

    assert len(kept) == 10
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_changed_picture_or_another_size_is_decoded_anew(
    tmp_path: Path, paths: list[Path], decoded: list[Path]
) -> None:
    read_all(opened(tmp_path, paths), paths)
    os.utime(paths[0], (1, 1))
    changed, smaller = opened(tmp_path, paths), opened(tmp_path, paths, side=48)
    decoded.clear()
    read_all(changed, paths)

    assert decoded == paths[:1]
    assert smaller.read(paths[0]).shape == (40, 48, 3)


@pytest.mark.parametrize("damage", ["cut short", "a bit flipped", "not ours", "empty", "zeros"])
def test_a_damaged_file_is_rebuilt(
    tmp_path: Path, paths: list[Path], decoded: list[Path], damage: str
) -> None:
    (before,) = read_all(opened(tmp_path, paths[:1]), paths[:1])
    before = before.copy()
    (file,) = (tmp_path / "cache").iterdir()
    whole = file.read_bytes()
    flipped = bytes([*whole[:5000], whole[5000] ^ 1, *whole[5001:]])
    zeros = bytes(len(whole))
    file.write_bytes(
        {"cut short": whole[:-7], "a bit flipped": flipped, "not ours": b"x" * 99, "zeros": zeros}
        .get(damage, b"")
    )  # fmt: skip

    again = opened(tmp_path, paths[:1])
    assert np.array_equal(again.read(paths[0]), before)
    assert decoded == 2 * paths[:1]
    assert file.read_bytes() == whole


def test_what_was_not_used_for_longest_makes_room(
    tmp_path: Path, paths: list[Path], decoded: list[Path]
) -> None:
    for age, path in enumerate(paths):
        read_all(opened(tmp_path, [path]), [path])
        newest = max((tmp_path / "cache").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, (1000 + age, 1000 + age))
    extra = sorted(write_pictures(tmp_path / "more", 1, seed=9).iterdir())
    read_all(opened(tmp_path, extra, limit=3 * STORED + 10), extra)

    left = opened(tmp_path, paths)
    decoded.clear()
    read_all(left, paths[1:])
    assert decoded == []
    left.read(paths[0])
    assert decoded == paths[:1]


def test_a_set_larger_than_the_limit_keeps_the_rest_in_memory_and_evicts_nothing_of_its_own(
    tmp_path: Path, paths: list[Path], decoded: list[Path]
) -> None:
    small = opened(tmp_path, paths, limit=2 * STORED)
    first = read_all(small, paths)
    second = read_all(opened(tmp_path, paths, limit=2 * STORED), paths)

    assert small.kept_in_memory == 1
    assert decoded == [*paths, paths[2]]
    assert sum(file.stat().st_size for file in (tmp_path / "cache").iterdir()) == 2 * STORED
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_evicting_a_picture_that_another_run_looks_at_leaves_it_whole(
    tmp_path: Path, paths: list[Path]
) -> None:
    (held,) = read_all(opened(tmp_path, paths[:1]), paths[:1])
    read_all(opened(tmp_path, paths[1:], limit=2 * STORED), paths[1:])

    assert len(list((tmp_path / "cache").iterdir())) == 2
    assert np.array_equal(held, read_picture(paths[0], max_side=SIDE))


def test_a_limit_of_nothing_turns_the_cache_off(tmp_path: Path, paths: list[Path]) -> None:
    off = opened(tmp_path, paths, limit=0)
    pictures = read_all(off, paths)

    assert np.array_equal(pictures[2], read_picture(paths[2], max_side=SIDE))
    assert off.kept_in_memory == 0
    assert not (tmp_path / "cache").exists()


def test_a_cache_folder_that_cannot_be_made_costs_nothing_but_time(
    tmp_path: Path, paths: list[Path]
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    without = opened(tmp_path, paths)

    assert np.array_equal(without.read(paths[0]), read_picture(paths[0], max_side=SIDE))
    assert without.kept_in_memory == 1


def test_half_written_files_of_a_killed_run_are_swept_away(
    tmp_path: Path, paths: list[Path]
) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    old, fresh = folder / ".old.1-1.pixels", folder / ".fresh.1-1.pixels"
    for file in (old, fresh):
        file.write_bytes(b"half")
    os.utime(old, (1, 1))
    opened(tmp_path, paths)

    assert (old.exists(), fresh.exists()) == (False, True)


def test_a_picture_that_vanished_is_told(tmp_path: Path, paths: list[Path]) -> None:
    before = opened(tmp_path, paths)
    paths[0].unlink()

    with pytest.raises(MediaError, match=r"p0\.png"):
        before.read(paths[0])


def test_the_limit_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANFX_CACHE_GIB", "0.5")
    assert cache_limit() == 2**29
    monkeypatch.setenv("GANFX_CACHE_GIB", "much")
    assert cache_limit() == int(module.DEFAULT_GIB * 2**30)
