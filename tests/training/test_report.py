"""The report page, made from a run folder: complete, self-contained, nothing unescaped."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import write_picture
from ganfx.preset import Preset
from ganfx.training.report import write_report
from ganfx.training.run_record import Remark, RunRecord, read_history, save_record
from ganfx.training.tracking import tracked
from tests.training.made_runs import (
    ART,
    HOSTILE,
    PHOTO,
    hostile_provenance,
    started,
    write_run,
)

VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """What a browser would see: tags, texts, pictures, and every address."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.texts: list[str] = []
        self.cells: list[list[str]] = []
        self.open: list[str] = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [v or "" for k, v in attributes if k in ("src", "href", "data")]
        if tag == "tr":
            self.cells.append([])
        if tag in ("td", "th"):
            self.cells[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.cells[-1][-1] += data

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    def charts(self) -> dict[str, ElementTree.Element]:
        svgs = re.findall(r"<svg.*?</svg>", self.source, flags=re.DOTALL)
        trees = [ElementTree.fromstring(svg) for svg in svgs]
        return {tree.attrib["aria-label"].split()[0]: tree for tree in trees}

    def pictures(self) -> list[np.ndarray]:
        codes = [base64.b64decode(address.partition(",")[2]) for address in self.addresses]
        return [cv2.imdecode(np.frombuffer(code, np.uint8), cv2.IMREAD_COLOR) for code in codes]


@pytest.fixture
def run(preset: Preset, tmp_path: Path) -> Path:
    return write_run(tmp_path / "run", preset, steps=range(1, 51), previews=[1, 20, 50])


def test_a_report_needs_nothing_beside_it(run: Path) -> None:
    page = Page(write_report(run))

    assert page.open == []  # every tag is closed
    assert not {"link", "iframe", "object"} & set(page.tags)
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    assert "url(" not in page.source
    assert "@import" not in page.source
    links = set(re.findall(r"https?://[^\"' ]+", page.source))
    assert links == {"http://www.w3.org/2000/svg"}  # the name of SVG, not an address


def test_every_value_of_the_statistics_has_its_curve(run: Path) -> None:
    charts = Page(write_report(run)).charts()

    names = {"texture", "d_texture", "d_margin", "images_per_second", "memory"}
    assert set(charts) == names
    for tree in charts.values():
        assert tree.findall("{http://www.w3.org/2000/svg}polyline")


def test_previews_over_time_stand_between_the_photos_and_the_art(run: Path) -> None:
    page = Page(write_report(run))
    colors = [picture[100, 100, ::-1].astype(int) for picture in page.pictures()]

    wanted = [PHOTO, (1, 1, 1), (20, 20, 20), (50, 50, 50), ART]
    assert np.abs(np.array(colors) - np.array(wanted)).max() <= 4  # JPEG
    for label in ("photos", "step 1", "step 20", "step 50", "art"):
        assert label in page.texts


def test_a_long_run_shows_twelve_previews_with_the_first_and_the_last(
    preset: Preset, tmp_path: Path
) -> None:
    run = write_run(tmp_path / "run", preset, steps=[1], previews=range(1, 17))
    page = Page(write_report(run))

    shown = [int(t.removeprefix("step ")) for t in page.texts if re.fullmatch(r"step \d+", t)]
    assert len(shown) == 12
    assert (shown[0], shown[-1]) == (1, 16)


def test_only_the_page_of_a_run_that_goes_on_loads_itself_again(run: Path) -> None:
    going = write_report(run, going=True).read_text(encoding="utf-8")
    assert 'http-equiv="refresh"' in going
    assert "In training, at step" in going
    assert "--resume" not in going

    stopped = write_report(run).read_text(encoding="utf-8")
    assert "refresh" not in stopped
    assert "--resume" in stopped


def test_a_watched_plate_stands_below_the_look_on_it_the_last_one_first(run: Path) -> None:
    folder = run / "watch"
    folder.mkdir()
    for step in ("plate", "000001", "000002", "000003", "000100"):
        write_picture(folder / f"sh010.1001.{step}.png", np.full((8, 12, 3), 90, np.uint8))
    page = write_report(run).read_text(encoding="utf-8")

    watched = page[page.index("Watched") : page.index("Previews")]
    assert "<h3>sh010.1001</h3>" in watched
    labels = re.findall(r'<img alt="([^"]+)"', watched)
    assert labels == ["step 100", "step 2", "step 1", "plate"]


def test_a_damaged_preview_is_left_out(run: Path) -> None:
    (run / "previews" / "000020.png").write_bytes(b"\x89PNG cut short")
    page = Page(write_report(run))

    assert "step 50" in page.texts
    assert "step 20" not in page.texts


def test_settings_that_differ_from_their_defaults_come_first(run: Path) -> None:
    page = Page(write_report(run))
    rows = {tuple(cells[:3]) for cells in page.cells}

    assert ("train.crop_size", "64", "192") in rows
    assert ("model.channels", "[4, 6]", "[16, 32, 64, 96]") in rows
    keys = [cells[0] for cells in page.cells]
    assert keys.count("train.crop_size") == 2  # among the changed ones, and among all
    assert keys.count("train.seed") == 1
    values = json.loads((run / "preset.json").read_text()).values()
    count = sum(len(value) if isinstance(value, dict) else 1 for value in values)
    assert f"all {count} settings" in page.text


def test_nothing_of_the_users_becomes_markup(preset: Preset, tmp_path: Path) -> None:
    hostile = preset.model_copy(update={"description": HOSTILE, "notes": HOSTILE})
    run = write_run(tmp_path / "<b>run", hostile, steps=[1], previews=[1])
    begin = started(hostile, run, provenance=hostile_provenance())
    list(tracked((event for event in [begin]), run))
    save_record(
        RunRecord.model_validate_json((run / "run.json").read_text()).model_copy(
            update={"remarks": (Remark(step=1, message=HOSTILE),)}
        ),
        run,
    )
    page = Page(write_report(run))

    assert HOSTILE not in page.source
    assert "<b>run" not in page.source
    assert page.text.count(HOSTILE) >= 5  # read as text, wherever it stands


def test_provenance_has_counts_licences_and_every_author(preset: Preset, tmp_path: Path) -> None:
    run = write_run(tmp_path / "run", preset, steps=[1], previews=[1])
    begin = started(preset, run, provenance=hostile_provenance())
    list(tracked((event for event in [begin]), run))
    page = Page(write_report(run))

    art = next(cells for cells in page.cells if cells[0] == "art")
    assert art[1:4] == ["art", "20", "CC0 (20)"]
    assert art[4].endswith("and 12 more")
    assert art[5] == "Krita 5 (20)"
    assert "A19" in page.text


def test_where_something_happened_every_curve_has_a_mark(run: Path) -> None:
    save_record(RunRecord(remarks=(Remark(step=20, message="back to step 10"),)), run)
    charts = Page(write_report(run)).charts()

    for tree in charts.values():
        assert sum("stroke-dasharray" in shape.attrib for shape in tree) == 1


def test_many_remarks_are_folded_away(run: Path) -> None:
    remarks = tuple(Remark(step=0, message=f"left out {index}.png") for index in range(50))
    save_record(RunRecord(remarks=remarks), run)
    page = Page(write_report(run))

    assert "30 more" in page.texts
    assert page.source.index("left out 19.png") < page.source.index("<details>")
    assert page.source.index("left out 20.png") > page.source.index("<details>")


def test_a_folder_without_a_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no run"):
        write_report(tmp_path)


def test_a_run_that_has_only_its_preset_still_gets_a_page(preset: Preset, tmp_path: Path) -> None:
    (tmp_path / "preset.json").write_text(preset.model_dump_json())
    page = Page(write_report(tmp_path))

    assert "Stopped after step 0" in page.text
    assert page.charts() == {}


def test_steps_done_anew_replace_those_before(tmp_path: Path) -> None:
    lines = [(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0), (2, 2.5), (3, 3.5)]
    rows = [json.dumps({"step": step, "texture": value}) for step, value in lines]
    (tmp_path / "stats.jsonl").write_text("\n".join([*rows, '{"step": 4, "tex']))

    history = [(row["step"], row["texture"]) for row in read_history(tmp_path)]
    assert history == [(1, 1.0), (2, 2.5), (3, 3.5)]
