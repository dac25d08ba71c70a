"""What files are taken for, and how that is told."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ganfx.cli import app
from ganfx.media.frames import write_picture
from ganfx.media.texture_names import role_name, role_of
from ganfx.stylize.events import Notice
from tests.stylize.conftest import of_kind, run


def put(*names):
    for name in names:
        write_picture(Path(name), np.full((16, 16, 3), 128, np.uint8))


@pytest.mark.parametrize(
    ("stem", "role"),
    [
        ("wood_albedo", "base color"),
        ("T_Wood_BC", "base color"),
        ("wood_emissive", "emission"),
        ("T_Wood_N", "normal"),
        ("brick_nor_gl_1k", "normal"),
        ("wood_roughness", "roughness"),
        ("wood_metallic", "metal"),
        ("wood_AO", "ao"),
        ("wood_height", "height"),
        ("wood_ORM", "packed (orm)"),
        ("wood_RMA", "packed (rma)"),
        ("wood_MADS", "packed (mads)"),
        ("wood_MaskMap", "packed (maskmap)"),
        ("wood_gloss", "gloss"),
        ("wood_opacity", "opacity"),
    ],
)
def test_roles_have_plain_names(stem, role):
    assert role_name(role_of(stem).word) == role


def test_roles_are_listed_and_nothing_is_written(places):
    put("set/wood_albedo.1001.png", "set/wood_albedo.1002.png", "set/wood_ORM.png", "set/me.png")
    shown = CliRunner().invoke(app, ["stylize", "set", "--roles"])
    assert shown.exit_code == 0
    assert shown.stdout.splitlines() == [
        "set/me.png: picture: stylised",
        "set/wood_ORM.png: packed (orm) by name: copied",
        "set/wood_albedo.1001.png: base color by name, of wood_albedo.<UDIM>.png: stylised",
        "set/wood_albedo.1002.png: base color by name, of wood_albedo.<UDIM>.png: stylised",
    ]
    lines = CliRunner().invoke(app, ["stylize", "set", "--roles", "--json"]).stdout.splitlines()
    assert json.loads(lines[1])["role"] == "packed (orm)"
    assert sorted(path.name for path in Path.cwd().iterdir()) == ["set"]


def test_two_base_colors_of_a_set_are_told(inked):
    put("set/rock_albedo.png", "set/rock_diffuse.png", "set/rock_normal.png", "set/sand_diff.png")
    said = [event.message for event in of_kind(run("set", inked, device="cpu"), Notice)]
    (told,) = [message for message in said if "several base colors" in message]
    assert "set/rock_albedo.png and set/rock_diffuse.png" in told
    copied = Path("set-inked/rock_normal.png").read_bytes()
    assert copied == Path("set/rock_normal.png").read_bytes()
