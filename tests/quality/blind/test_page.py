"""The page of a comparison in a real browser, to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ganfx.media.frames import write_picture
from ganfx.quality.blind.comparison import Comparison
from ganfx.quality.blind.making import make
from ganfx.quality.blind.options import CompareOptions
from ganfx.quality.blind.preference import preferences
from ganfx.quality.blind.votes import read_votes
from tests.chromium import browser, opened

ASK = "Which is <b>redder</b>?"
SHARE_OF_RED = """(picture) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data[0];
}"""


@pytest.fixture(scope="module")
def started() -> Iterator[Any]:
    with browser() as chromium:
        yield chromium


@pytest.fixture
def made(tmp_path: Path) -> Comparison:
    """Of four pictures, the second folder's are red."""
    for number in range(4):
        for folder, color in (("gray", (90, 90, 90)), ("red", (200, 40 + number, 40))):
            picture = np.full((48, 64, 3), color, np.uint8)
            write_picture(tmp_path / folder / f"{number} <i>.png", picture)
    options = CompareOptions(ask=ASK, out=tmp_path / "compare.html")
    return make([tmp_path / "gray", tmp_path / "red"], options).comparison


def test_the_page_names_no_set_and_no_picture(made: Comparison, tmp_path: Path) -> None:
    text = (tmp_path / "compare.html").read_text(encoding="utf-8")
    for secret in (str(tmp_path), "gray/", "0 <i>", "0 &lt;i", "<b>redder"):
        assert secret not in text
    assert made.id in text
    assert "Which is &lt;b&gt;redder&lt;/b&gt;?" in text


def redder(page: Any) -> str:
    page.wait_for_function("!busy && document.querySelector('#left img').naturalWidth > 0")
    left, right = (
        page.locator(f"#{side} img").evaluate(SHARE_OF_RED) for side in ("left", "right")
    )
    return "left" if left > right else "right"


def test_a_comparison_is_voted_to_its_end(started: Any, made: Comparison, tmp_path: Path) -> None:
    with opened(started, tmp_path / "compare.html") as page:
        page.get_by_label("Your name").fill('Ada "A", Q')
        page.keyboard.press("Enter")
        for number in range(4):
            side = redder(page)
            assert page.locator("#progress").inner_text() == f"{number + 1} of 4"
            if number == 1:
                page.reload()  # what was chosen is still there
                page.wait_for_function("!busy")
                assert page.locator("#progress").inner_text() == "2 of 4"
            if number == 2:  # a wrong one, taken back
                page.keyboard.press("ArrowLeft" if side == "right" else "ArrowRight")
                page.wait_for_function("!busy && at === 3")
                page.keyboard.press("Backspace")
                page.wait_for_function("!busy && at === 2")
            if number == 3:
                page.locator(f"#{side}").click()
            else:
                page.keyboard.press(f"Arrow{side.title()}")
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the votes").click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
    assert file.name == f"votes-{made.id}-Ada-A-Q.csv"
    votes = read_votes([file], made)
    assert [(vote.voter, vote.winner) for vote in votes] == [('Ada "A", Q', 1)] * 4
    assert preferences(votes, 2)[1].chosen == 4


def test_without_a_storage_votes_are_in_the_address(
    started: Any, made: Comparison, tmp_path: Path
) -> None:
    page_file = tmp_path / "compare.html"
    context = started.new_context(viewport={"width": 390, "height": 780})
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused'); }})"
    )
    page = context.new_page()
    page.goto(page_file.as_uri())
    page.get_by_role("button", name="Begin").click()
    page.wait_for_function("!busy")
    assert "keeps nothing" in page.locator("#kept").inner_text()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("!busy && at === 1")
    page.reload()
    page.wait_for_function("!busy && at === 1")
    assert page.evaluate("state.choices[0]") == "l"
    assert page.evaluate("state.voter").startswith("voter ")
    context.close()


def test_a_phone_shows_both_pictures_without_scrolling(
    started: Any, made: Comparison, tmp_path: Path
) -> None:
    with opened(started, tmp_path / "compare.html", size=(360, 640)) as page:
        page.get_by_role("button", name="Begin").click()
        page.wait_for_function("!busy")
        left, right = (page.locator(f"#{side}").bounding_box() for side in ("left", "right"))
        assert left["y"] + left["height"] <= right["y"]
        assert right["y"] + right["height"] <= 640
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert min(left["height"], right["height"]) > 150


def test_a_held_key_and_the_next_voter(started: Any, made: Comparison, tmp_path: Path) -> None:
    with opened(started, tmp_path / "compare.html") as page:
        page.get_by_role("button", name="Begin").click()
        page.wait_for_function("!busy")
        page.evaluate(
            "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowLeft', repeat: true}))"
        )
        assert page.evaluate("voted()") == 0
        for number in range(4):
            page.wait_for_function(f"!busy && at === {number}")
            page.keyboard.press("ArrowRight")
        first = page.evaluate("state.voter")
        with page.expect_download() as download:  # what was not saved yet is
            page.get_by_role("button", name="Somebody else votes").click()
        assert first.replace(" ", "-") in download.value.suggested_filename
        assert page.get_by_label("Your name").is_visible()
        assert json.loads(page.evaluate("localStorage.getItem(storageName)"))["voter"] == ""
