"""Pages in a real browser, opened from the disk: what a supervisor does, and that pixels follow.

One headless Chromium for the whole file; skipped where there is none.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ganfx.preset import load_preset
from ganfx.review import Options, review
from ganfx.review.events import ReviewDone
from ganfx.training.report import write_report
from tests.review.made import BLUE, RED, recorded, sequence
from tests.training.made_runs import write_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api")
NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
GREEN = (20, 150, 40)

PIXEL = """([x, y]) => {
  const canvas = document.querySelector('#stage canvas');
  const at = [Math.floor(x * canvas.width), Math.floor(y * canvas.height)];
  const copy = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, ...at, 1, 1, 0, 0, 1, 1);
  return [...copy.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    source = sequence(folder / "in", RED, width=320, height=180)
    output = recorded(sequence(folder / "out", BLUE, width=320, height=180), source)
    other = sequence(folder / "other", GREEN, width=320, height=180)
    done = list(review(output, Options(also=(other,), width=160)))[-1]
    assert isinstance(done, ReviewDone)
    return done.page


class Shown:
    """A page in the browser, and everything that it complained about."""

    def __init__(self, browser: Browser, path: Path, width: int = 1280, height: int = 720) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": height})
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._asked(request.url))
        self.page.goto(path.as_uri())

    def _asked(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.complaints.append(f"asked for {url}")

    def expect(self, x: float, y: float, color: tuple[int, int, int]) -> None:
        """Wait until a place of the stage, from 0 to 1, has a color."""
        near = f"({PIXEL})([{x}, {y}]).every((v, i) => Math.abs(v - {list(color)}[i]) < 6)"
        self.page.wait_for_function(near)

    def expect_frame(self, number: int) -> None:
        """Wait until it says that it shows a frame."""
        self.page.wait_for_function(f"find('where').innerText.startsWith('{number} ')")


@pytest.fixture
def shown(browser: Browser, made: Path) -> Iterator[Shown]:
    opened = Shown(browser, made)
    yield opened
    assert opened.complaints == []
    opened.page.close()


def test_the_wipe_follows_the_pointer(shown: Shown) -> None:
    shown.expect(0.3, 0.5, RED)
    shown.expect(0.7, 0.5, BLUE)

    box = shown.page.locator("#stage").bounding_box()
    assert box is not None
    shown.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 50)
    shown.page.mouse.down()
    shown.page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60, steps=3)
    shown.page.mouse.up()
    shown.expect(0.7, 0.5, RED)
    for _ in range(3):
        shown.page.keyboard.press(".")
    shown.page.locator("#wipe").focus()
    shown.page.keyboard.press("Home")
    shown.expect(0.3, 0.5, BLUE)


def test_keys_step_play_and_choose_as_in_a_player(shown: Shown) -> None:
    keys = shown.page.keyboard
    keys.press("ArrowRight")
    shown.expect(0.3, 0.5, (203, 43, 33))
    shown.expect_frame(1002)
    keys.press("End")
    shown.expect(0.7, 0.5, (39, 69, 219))
    keys.press("ArrowLeft")
    assert shown.page.evaluate("location.hash") == "#0/1003"

    keys.press("Digit2")  # B on the right
    keys.press("Home")
    shown.expect(0.7, 0.5, GREEN)
    keys.press("Shift+Digit1")  # A on the left
    shown.expect(0.3, 0.5, BLUE)
    keys.press("x")
    shown.expect(0.3, 0.5, GREEN)

    keys.press("Space")
    shown.expect_frame(1003)
    keys.press("k")
    assert shown.page.inner_text("#play") == "Play"


def test_one_to_one_shows_the_frames_own_pixels(shown: Shown) -> None:
    shown.page.keyboard.press("z")
    # 320 by 180 pixels in the middle of the stage, which is larger.
    shown.expect(0.5 - 100 / 1280, 0.5, RED)
    size = shown.page.evaluate("[canvas.width, placeIn(panes()[0]).width]")
    assert size == [1280, 320]
    shown.page.wait_for_selector("#zoom[aria-pressed=true]")
    shown.page.keyboard.press("w")
    shown.page.keyboard.press("w")  # one picture
    shown.expect(0.5 - 100 / 1280, 0.5, BLUE)


def test_the_graph_seeks_and_shows_where_it_flickers(shown: Shown) -> None:
    box = shown.page.locator("#track").bounding_box()
    assert box is not None
    assert shown.page.locator("#graph polyline").count() == 3
    shown.page.mouse.move(box["x"] + box["width"] * 0.99, box["y"] + 10)
    assert "1004" in shown.page.inner_text("#hover")
    shown.page.mouse.down()
    shown.page.mouse.up()
    shown.expect_frame(1004)
    shown.page.keyboard.press("h")
    shown.page.wait_for_selector("#heat[aria-pressed=true]")


def test_a_phone_shows_all_of_it_without_scrolling_sideways(browser: Browser, made: Path) -> None:
    phone = Shown(browser, made, 390, 844)
    phone.expect(0.3, 0.5, RED)

    assert phone.page.evaluate("document.documentElement.scrollWidth") == 390
    for name in ("Play", "1:1", "Full screen"):
        assert phone.page.get_by_role("button", name=name).is_visible()
    assert phone.complaints == []
    phone.page.close()


def test_a_training_report_has_a_wipe_and_curves_to_read(browser: Browser, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", load_preset("look"), steps=range(1, 40), previews=[1, 20])
    report = Shown(browser, write_report(run))

    wipe = report.page.locator(".wipe").first
    assert report.page.locator(".wipe .tag").all_inner_texts() == ["photos", "step 20"]
    box = wipe.bounding_box()
    assert box is not None
    report.page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 40)
    assert wipe.evaluate("e => Math.round(parseFloat(e.style.getPropertyValue('--wipe')))") == 25
    report.page.locator(".bar select").last.select_option("step 1")
    report.page.reload()
    assert report.page.locator(".wipe .tag").all_inner_texts() == ["photos", "step 1"]
    chart = report.page.locator(".chart").first
    last = chart.locator("output").inner_text()
    chart.locator("svg").focus()
    report.page.keyboard.press("Home")
    assert chart.locator("output").inner_text() == "step 1: 1"
    report.page.keyboard.press("Tab")
    assert chart.locator("output").inner_text() == last
    assert report.complaints == []
    report.page.close()
