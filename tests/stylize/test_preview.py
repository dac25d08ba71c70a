"""Every look on one sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.models.generator import Generator
from ganfx.stylize.preview import preview_styles
from tests.stylize.conftest import SMALL, photo, random_generator, save_look


@pytest.fixture
def frame(places: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ganfx.styles.library.BUILT_IN", places / "builtin")
    write_picture(Path("frame.png"), photo())
    return Path("frame.png")


def test_the_sheet_has_the_frame_and_every_usable_look(frame):
    for number in range(4):
        save_look(Path("styles"), f"look{number}", random_generator(seed=number))
    Path("styles/broken.safetensors").write_bytes(b"")
    four = read_picture(preview_styles(frame, Path("four.png")))
    Path("styles/look3.safetensors").unlink()
    Path("styles/look2.safetensors").unlink()
    two = read_picture(preview_styles(frame, Path("two.jpg")))

    assert four.shape[1] == two.shape[1]  # three across
    assert four.shape[0] > 1.8 * two.shape[0]  # in two rows


def test_without_styles_the_error_says_how_to_get_one(frame):
    with pytest.raises(UsageError, match="no styles to show"):
        preview_styles(frame, Path("sheet.png"))
    save_look(Path("styles"), "plain", Generator(SMALL))
    with pytest.raises(UsageError):
        preview_styles(frame, Path("sheet.xyz"))
