"""The page of an evaluation: failures first, and names that are text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import MediaError
from ganfx.media.frames import write_picture
from ganfx.quality.appearance import evaluate_look
from ganfx.quality.evaluation import Evaluation
from ganfx.quality.evaluation_page import write_page
from ganfx.quality.gates import GateUnmeasured, held_golden, held_look
from ganfx.quality.golden import evaluate_golden
from ganfx.quality.options import GoldenOptions
from ganfx.styles.header import Gates

HOSTILE = "<b>&'x.png"


@pytest.fixture
def found(tmp_path: Path) -> Evaluation:
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
    for folder, picture in (("in", photo), ("out", 255 - photo)):
        write_picture(tmp_path / folder / HOSTILE, picture)
    found = Evaluation()
    look = evaluate_look(tmp_path / "in", tmp_path / "out")
    golden = evaluate_golden(tmp_path / "in", tmp_path / "out")
    events = [*held_look(look, Gates(min_structure=0.5), "out")]
    events += held_golden(golden, GoldenOptions(max_flip=0.01), "out")
    for event in [*events, GateUnmeasured("--max-grid", "<i>out", "too small")]:
        found.add(event)
    return found


def test_a_page_shows_what_failed_and_its_pictures(found: Evaluation, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    write_page(page, found, source="in", output="<i>out")
    text = page.read_text(encoding="utf-8")
    assert "structure -1.000 is below 0.5" in text
    assert "above a FLIP of 0.01" in text
    assert text.index("Limits that were not kept") < text.index("<h2>Look") < text.index("<h2>Gol")
    assert text.count('src="data:image/jpeg') == 2 + 3  # before and after; golden, output, FLIP
    assert "&lt;b&gt;&amp;&#39;x.png" in text
    assert "<b>&" not in text
    assert "<i>out" not in text


def test_a_folder_that_cannot_be_written_is_told(found: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError, match="cannot write"):
        write_page(tmp_path / "file" / "page.html", found, source="in", output="out")
