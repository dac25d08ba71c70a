"""The copy check at the end of a run: told, recorded and shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.media.frames import write_picture
from ganfx.preset import Preset
from ganfx.quality.sheets import contact_sheet
from ganfx.training import train
from ganfx.training.copy_check import SHEET, check_copies, read_copies
from ganfx.training.data import PictureSet
from ganfx.training.previews import SIDE
from ganfx.training.report import write_report
from tests.quality.test_copied_patches import ART, texture
from tests.training.made_runs import write_run

PAINTINGS = PictureSet(tuple(ART), "art", tuple(Path("art") / f"p{i}.png" for i in range(6)))


def run_that_shows(run: Path, preset: Preset, look: np.ndarray) -> Path:
    """A run folder whose last preview has one photo and its look."""
    write_run(run, preset, steps=[1], previews=[1])
    rows = [[texture(80, SIDE)], [look], [texture(81, SIDE)]]
    write_picture(run / "previews" / "000002.png", contact_sheet(rows))
    return run


def test_a_copy_is_told_recorded_and_shown(tmp_path: Path, preset: Preset) -> None:
    look = texture(82, SIDE)
    look[48:160, 72:184] = ART[4][40:152, 30:142]
    run = run_that_shows(tmp_path / "run", preset, look)

    (notice,) = check_copies(PAINTINGS, (1.0, 1.0), run)
    record = read_copies(run)
    assert record is not None
    assert record.copies
    assert all(copy.startswith("art/p4.png at ") for copy in record.copies)
    assert notice.message.startswith(f"{len(record.copies)} of 1")
    page = write_report(run).read_text()
    assert record.copies[0] in page
    assert 'alt="look above, art below"' in page

    # Another end of the run, without copies.
    run_again = contact_sheet([[texture(80, SIDE)], [texture(83, SIDE)]])
    write_picture(run / "previews" / "000003.png", run_again)
    assert list(check_copies(PAINTINGS, (1.0, 1.0), run)) == []
    assert not (run / SHEET).exists()
    page = write_report(run).read_text()
    assert "0 of 1" in page
    assert "look above" not in page


def test_a_check_that_cannot_be_made_fails_nothing(tmp_path: Path, preset: Preset) -> None:
    run = run_that_shows(tmp_path / "run", preset, texture(82, SIDE))
    (run / "previews" / "000002.png").write_bytes(b"no picture")
    (notice,) = check_copies(PAINTINGS, (1.0, 1.0), run)
    assert "was not checked" in notice.message
    assert read_copies(run) is None
    assert list(check_copies(PAINTINGS, (1.0, 1.0), tmp_path)) == []


@pytest.mark.parametrize("pairs", [False, True])
def test_a_run_with_art_ends_with_the_check(
    tmp_path: Path, preset: Preset, paired: Preset, pairs: bool
) -> None:
    chosen = paired if pairs else preset
    steps = chosen.train.model_copy(update={"steps": 1})
    list(train(chosen.model_copy(update={"train": steps}), tmp_path / "run", device="cpu"))
    record = read_copies(tmp_path / "run")
    assert (record is None) is pairs
    assert ("Copied patches" in (tmp_path / "run" / "report.html").read_text()) is not pairs
