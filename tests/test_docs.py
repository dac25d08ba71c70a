"""The pages of documentation: snippets run, links lead somewhere, tables are whole."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.test_examples import commands_in

Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
PAGES = [README, *sorted(DOCS.glob("*.md")), ROOT / "CONTRIBUTING.md"]
PAGES += [ROOT / "presets" / "README.md", ROOT / "benchmarks" / "README.md"]
MOST_WORDS = 1150


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors_of(page: Path) -> set[str]:
    """What links to a page's headings are called, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_python_page_runs_as_it_stands(ganfx: Run) -> None:
    text = (DOCS / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 5
    for words in commands_in(text):
        code, _, err = ganfx(*words)
        assert code == 0, err

    names: dict[str, Any] = {}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"docs/python.md, snippet {number}", "exec"), names)

    assert {path.name for path in Path("noir").glob("*.png")} == {
        f"plate.{frame}.png" for frame in (1001, 1002, 1003)
    }
    assert names["style"] == Path("run/noir.safetensors")


@pytest.mark.parametrize("module", ["stylize", "preprocess", "training", "review"])
def test_every_event_is_in_the_python_page_with_its_fields(module: str) -> None:
    events = import_module(f"ganfx.{module}.events")
    _, _, rest = (DOCS / "python.md").read_text(encoding="utf-8").partition(f"`{events.__name__}`:")
    assert rest, f"docs/python.md has no table of {events.__name__}"
    table, _, _ = rest.partition("\n\n`")
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.*)\|$", table, re.MULTILINE)

    assert {name: re.findall(r"`(\w+)`", cells) for name, cells in rows} == events_of(events)


def events_of(module: ModuleType) -> dict[str, list[str]]:
    """Names of a module's dataclasses, each with its fields."""
    return {
        name: [field.name for field in fields(kind)]
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and is_dataclass(kind)
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        if path.startswith(("http:", "https:")):
            continue
        target = page.parent / path if path else page
        assert target.exists(), f"{name_of(page)}: {link}"
        assert not anchor or anchor in anchors_of(target), f"{name_of(page)}: {link}"


def test_the_readme_is_short_and_leads_to_every_page() -> None:
    text = README.read_text(encoding="utf-8")

    assert len(text.split()) <= MOST_WORDS
    for page in DOCS.glob("*.md"):
        assert f"({name_of(page)})" in text


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_files_that_pages_name_exist(page: Path) -> None:
    named = re.findall(
        r"`((?:ganfx|tests|docs|examples|benchmarks|presets)/[\w./-]+)`",
        page.read_text(encoding="utf-8"),
    )
    missing = [path for path in named if "NAME" not in path and not (ROOT / path).exists()]

    assert not missing


def test_the_architecture_page_has_every_package_and_module_of_the_top() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"^ {2}(\w+(?:/|\.py))(?:,| {2,})", text, re.MULTILINE))
    there = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in (ROOT / "ganfx").iterdir()
        if not path.name.startswith(("_", ".")) and (path.is_dir() or path.suffix == ".py")
    }

    assert listed == there


def test_tables_of_options_are_those_of_the_code() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "options.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: make docs"
