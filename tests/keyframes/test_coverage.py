"""What keys show of a shot, and what to paint next."""

from __future__ import annotations

from pathlib import Path

from ganfx.keyframes.coverage import measure_coverage
from ganfx.keyframes.key_shot import open_key_shot
from ganfx.media.frames import write_picture
from tests.keyframes.conftest import paint, scene


def make_two_scenes() -> None:
    """Five frames of one place, then three of another."""
    for step in range(8):
        picture = scene(150 + step) if step < 5 else scene(200 + step, of="coffee")
        write_picture(Path(f"shot/plate.{1001 + step}.png"), picture)


def test_each_of_two_scenes_wants_its_key_the_longer_one_first(place):
    make_two_scenes()
    coverage = measure_coverage(open_key_shot("shot"), suggestions=4)
    assert coverage.covered == 0
    first, second = coverage.next[:2]
    assert first.frame <= 1005 < second.frame
    assert 0.4 < first.covered < 5 / 8 + 0.05  # five of eight frames
    assert second.covered > 0.75


def test_the_next_key_is_where_the_first_does_not_lead(place):
    make_two_scenes()
    paint(1003)
    coverage = measure_coverage(open_key_shot("shot", "keys"))
    assert coverage.next[0].frame > 1005
    assert coverage.by_frame[1003] == 1
    assert coverage.least > 1005
    assert min(coverage.by_frame[n] for n in (1002, 1004)) > 0.8
    assert max(coverage.by_frame[n] for n in (1006, 1007, 1008)) < 0.3


def test_nothing_is_wanted_where_all_is_shown(place):
    for frame in range(1001, 1007):
        write_picture(Path(f"shot/plate.{frame}.png"), scene(150))
    paint(1004)
    coverage = measure_coverage(open_key_shot("shot", "keys"))
    assert coverage.covered > 0.99
    assert coverage.next == ()
