"""What users install: the wheel finds its presets and styles without the checkout."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The python of an environment that has the wheel and borrows only the dependencies."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder]
    run(*build, ROOT, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False)
    python = next(p for p in (folder / "env").glob("*/python*") if p.stem == "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"]
    run(*pip, wheel, cwd=folder)
    # A path file lends the dependencies; the editable install beside them is not read.
    (site,) = {
        p for p in (folder / "env").rglob("site-packages") if p.is_dir() and not p.is_symlink()
    }
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


def test_the_wheel_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    where = run(installed, "-c", "import ganfx; print(ganfx.__file__)", cwd=tmp_path)

    assert str(ROOT) not in where


def test_every_preset_is_found_and_read(installed: Path, tmp_path: Path) -> None:
    code = "from ganfx.preset import *; print(*(load_preset(p.stem).name for p in list_presets()))"

    names = run(installed, "-c", code, cwd=tmp_path).split()
    assert names[0] == "look"
    assert sorted(names) == sorted(path.stem for path in (ROOT / "presets").glob("*.toml"))


def test_the_built_in_styles_are_listed_and_load(installed: Path, tmp_path: Path) -> None:
    assert "noir" in run(installed, "-m", "ganfx", "styles", cwd=tmp_path)

    code = (
        "from ganfx.styles.library import find_style\nfrom ganfx.styles.file import load_style\n"
        "style = load_style(find_style('noir'))\n"
        "print(style.path.stat().st_size, len(style.header.provenance.art))"
    )
    size, art = map(int, run(installed, "-c", code, cwd=tmp_path).split())
    assert size < 5_000_000
    assert art > 0


def test_pages_find_their_templates_style_and_script(installed: Path, tmp_path: Path) -> None:
    code = (
        "from ganfx.quality.pages import TEMPLATES, render\n"
        "print(*(path.name for path in TEMPLATES.iterdir()))\n"
        "assert 'prefers-color-scheme' in render('page.html', {'title': 'a'})"
    )
    names = run(installed, "-c", code, cwd=tmp_path).split()
    assert sorted(names) == sorted(
        path.name for path in (ROOT / "ganfx/quality/templates").iterdir()
    )
