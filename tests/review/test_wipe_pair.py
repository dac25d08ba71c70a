"""Which two the video of the wipe is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media.video import read_video
from ganfx.review import Options, review
from tests.review.made import BLUE, RED, sequence


@pytest.mark.parametrize(("pair", "channel"), [("A:B", 2), ("b:a", 0)])
def test_a_video_wipes_between_two_looks_without_a_source(
    tmp_path: Path, pair: str, channel: int
) -> None:
    one, other = sequence(tmp_path / "a", RED), sequence(tmp_path / "b", BLUE)
    video = tmp_path / "w.mp4"

    list(review(one, Options(also=(other,), video=video, pair=pair)))

    first = next(iter(read_video(video)))  # the edge begins at the left: the right one
    assert first[24, 32].argmax() == channel


@pytest.mark.parametrize("pair", ["A:B", "A", "A:A", "source:C", ""])
def test_a_pair_that_is_not_on_the_page_is_told(pair: str) -> None:
    with pytest.raises(UsageError, match="expected two of source, A"):
        Options(pair=pair)
