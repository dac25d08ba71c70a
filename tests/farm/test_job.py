"""What a job finds to do, and how frames become chunks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.errors import UsageError
from ganfx.farm.job import chunks, describe_job
from ganfx.farm.slurm import commands
from ganfx.media.frames import write_picture
from ganfx.media.sequences import find_shots
from ganfx.stylize.declared.kinds import Missing
from ganfx.stylize.job.source_files import chooser
from ganfx.stylize.options import Options

BLACK = np.zeros((16, 16, 3), np.uint8)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    for frame in range(1, 6):
        write_picture(tmp_path / "shots" / "sh 010" / f"plate_{frame:04d}.png", BLACK)
        write_picture(tmp_path / "shots" / f"b.{frame:03d}.png", BLACK)
    write_picture(tmp_path / "shots" / "ref" / "still.png", BLACK)
    return tmp_path / "shots"


def test_a_tree_is_its_sequences_and_files(shots):
    job = describe_job(shots, Path("out"), "noir", expect="x", arguments=["--grain", "0"])
    assert [(each.pattern, each.folder, each.range) for each in job.sequences] == [
        ("b.@@@.png", "", "1-5"),
        ("sh 010/plate_#.png", "sh 010", "1-5"),
    ]
    assert job.files == (("ref/still.png", "ref"),)
    assert (job.name, job.source, job.frames) == ("shots", shots, 10)
    assert job.out == Path("out").absolute()


def test_a_notation_is_one_sequence_and_a_range_selects(shots):
    source = shots / "sh 010" / "plate_####.png"
    job = describe_job(source, Path("out"), "noir", expect="x", frames="2-4")
    assert [each.frames for each in job.sequences] == [(2, 3, 4)]
    assert job.sequences[0].pattern == "plate_#.png"
    assert job.source == shots / "sh 010"
    assert describe_job(shots, Path("out"), "noir", expect="x", frames="2-4").files == ()


def test_chunks_are_even_and_end_at_gaps():
    assert list(chunks(range(1001, 1013), 5)) == [(1001, 1004), (1005, 1008), (1009, 1012)]
    assert list(chunks([1, 2, 3, 7, 9, 10], 2)) == [(1, 1), (2, 3), (7, 7), (9, 10)]
    assert list(chunks([-2, -1, 0], 10)) == [(-2, 0)]
    with pytest.raises(UsageError, match="--chunk 0"):
        list(chunks([1], 0))


@given(st.sets(st.integers(-50, 200), min_size=1), st.integers(1, 40))
def test_chunks_are_all_frames_once(frames, size):
    ordered = sorted(frames)
    runs = list(chunks(ordered, size))
    assert [frame for a, b in runs for frame in range(a, b + 1)] == ordered
    assert max(b - a + 1 for a, b in runs) <= size


def test_frames_that_will_be_filled_are_part_of_the_job(tmp_path):
    for frame in (*range(1, 8), *range(9, 25)):
        write_picture(tmp_path / "gaps" / f"p.{frame:04d}.png", BLACK)

    def frames(source: Path, missing: Missing, only: str | None = None) -> tuple[int, ...]:
        job = describe_job(source, Path("o"), "noir", expect="x", missing=missing, frames=only)
        return job.sequences[0].frames

    folder = tmp_path / "gaps"
    assert frames(folder, "skip") == (*range(1, 8), *range(9, 25))
    assert frames(folder, "hold") == frames(folder, "black") == tuple(range(1, 25))
    assert frames(folder, "black", "8") == (8,)
    with pytest.raises(UsageError, match="missing frames 8"):
        frames(folder, "error")


def test_frames_beyond_those_on_disk_are_asked_for_by_the_notation(shots):
    source = shots / "sh 010" / "plate_0001-0009#.png"
    filled = describe_job(source, Path("o"), "noir", expect="x", missing="black")
    assert filled.sequences[0].frames == tuple(range(1, 10))
    assert filled.sequences[0].pattern == source.name
    skipped = describe_job(source, Path("o"), "noir", expect="x")
    assert (skipped.sequences[0].frames, skipped.sequences[0].pattern) == (
        (1, 2, 3, 4, 5),
        "plate_#.png",
    )


def test_what_was_asked_for_is_what_is_verified(shots):
    def asked(source: Path, frames: str | None = None) -> tuple[str, str | None]:
        job = describe_job(source, Path("o"), "noir", expect="x", frames=frames)
        return job.within, job.only

    assert asked(shots) == ("", None)
    assert asked(shots, "2-4") == ("", "2-4")
    assert asked(shots / "sh 010" / "plate_0002-0004#.png") == ("plate_0002-0004#.png", None)
    assert asked(shots / "ref" / "still.png") == ("still.png", None)


@pytest.mark.parametrize("module", ["openjd", "slurm", "local", "assembly"])
def test_a_job_is_written_and_assembled_without_loading_networks(module):
    """They take seconds to load, in every task of a farm."""
    code = f"import sys, ganfx.farm.{module}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "pattern",
    ["render-{:04d}.png", "frame ({}).png", "Comfy_{:05d}_.png", "a.{:04d}_L.png", "b.{}.25.png"],
)
def test_tasks_find_the_frames_of_any_name(tmp_path, pattern):
    for frame in range(1, 13):
        write_picture(tmp_path / "in" / pattern.format(frame), BLACK)
    job = describe_job(tmp_path / "in", tmp_path / "out", "noir", expect="x")
    (footage,) = job.sequences
    assert footage.frames == tuple(range(1, 13))
    found: list[str] = []
    for command in commands(job, 5):
        source, frames = Path(command[2]), command[command.index("--frames") + 1]
        (shot,) = find_shots(source, frames=frames)
        found += [file.name for file in shot.files]
    assert found == [pattern.format(frame) for frame in range(1, 13)]


def test_a_job_has_what_stylize_takes(tmp_path):
    for name in ("a.png", "b_mask.png", "old/c.png"):
        write_picture(tmp_path / "in" / name, BLACK)
    options = Options(exclude=("*_mask*", "old"))
    choose = chooser(tmp_path / "in", options)
    job = describe_job(tmp_path / "in", tmp_path / "out", "noir", expect="x", choose=choose)
    assert job.files == (("a.png", ""),)
