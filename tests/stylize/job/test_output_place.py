"""Results go beside the source only where new files are welcome."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.stylize.job.output_paths import target_of
from ganfx.stylize.options import Options


@pytest.fixture
def plates(tmp_path: Path) -> Path:
    """A folder in a place of its own."""
    write_picture(tmp_path / "place/plates/a.png", np.zeros((4, 4, 3), np.uint8))
    return tmp_path / "place/plates"


def target(source: Path, **options) -> Path:
    return target_of(source, "noir", Options(**options), alone=True)


def refused(source: Path) -> str:
    with pytest.raises(UsageError, match="results would go beside the source") as told:
        target(source)
    assert told.value.hint == "say where they go: --out DIR"
    return str(told.value)


def test_a_read_only_place_is_refused(plates: Path) -> None:
    place = plates.parent
    assert target(plates) == place / "plates-noir"
    place.chmod(0o555)
    try:
        assert refused(plates).endswith(f"the folder {place} is read-only")
        assert target(plates, out=place / "x") == place / "x"
        assert target(plates / "a.png") == plates / "a-noir.png"  # its folder may be written
    finally:
        place.chmod(0o755)
    plates.chmod(0o555)
    try:
        assert refused(plates / "a.png").endswith(f"the folder {plates} is read-only")
    finally:
        plates.chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders have no owner here")
def test_somebody_elses_place_is_refused_unless_results_are_there(
    plates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: plates.stat().st_uid + 1)
    assert refused(plates).endswith("is somebody else's")
    (plates.parent / "plates-noir").mkdir()
    assert target(plates) == plates.parent / "plates-noir"
