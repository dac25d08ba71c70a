"""Models that say what their textures are."""

import json

import pytest

from ganfx.media.texture_references import problems_near, reference_to
from ganfx.stylize.job.data_textures import is_data

GLTF = {
    "images": [
        {"uri": "textures/a.png"},
        {"uri": "textures/b%20c.png"},
        {"uri": "data:image/png;base64,AAAA"},
        {"uri": "textures/wood_n.png"},
    ],
    "textures": [
        {"source": 0},
        {"extensions": {"EXT_texture_webp": {"source": 1}}},
        {"source": 2},
        {"source": 3},
    ],
    "materials": [
        {
            "normalTexture": {"index": 1, "scale": 0.5},
            "emissiveTexture": {"index": 2},
            "pbrMetallicRoughness": {"baseColorTexture": {"index": 3}},
            "extensions": {
                "KHR_materials_clearcoat": {"clearcoatRoughnessTexture": {"index": 0}},
            },
        }
    ],
}
MATERIALX = """<materialx version="1.38">
  <tiledimage name="wood_color" type="color3">
    <input name="file" type="filename" value="wood/<UDIM>.png" colorspace="srgb_texture" />
  </tiledimage>
  <image type="vector3" name="bumps">
    <input type="filename" value="bumps.png" name="file"/>
  </image>
</materialx>"""
USD = """#usda 1.0
def Shader "color" {
    uniform token info:id = "UsdUVTexture"
    asset inputs:file = @./textures/x.png@
    token inputs:sourceColorSpace = "sRGB"
}
def Shader "rough" {
    asset inputs:file = @./textures/y.png@
    token inputs:sourceColorSpace = "raw"
}
"""


@pytest.mark.parametrize(
    ("name", "role", "kind"),
    [
        ("a.png", "clearcoat roughness", "data"),
        ("b c.png", "normal", "data"),
        ("wood_n.png", "base color", "color"),
    ],
)
def test_gltf_says_what_images_are(tmp_path, name, role, kind):
    (tmp_path / "model.gltf").write_text(json.dumps(GLTF))
    (tmp_path / "textures").mkdir()
    found = reference_to(tmp_path / "textures" / name)
    assert (found.role, found.kind, found.model.name) == (role, kind, "model.gltf")
    assert is_data(tmp_path / "textures" / name) == (kind == "data")


def test_materialx_and_usd_say_it_too(tmp_path):
    (tmp_path / "wood.mtlx").write_text(MATERIALX)
    (tmp_path / "wood.usda").write_text(USD)
    for name, kind in {
        "wood/1003.png": "color",
        "bumps.png": "data",
        "textures/x.png": "color",
        "textures/y.png": "data",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        assert reference_to(tmp_path / name).kind == kind
    assert reference_to(tmp_path / "other.png") is None


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"images": 3}',
        '{"textures": [], "materials": [{"normalTexture": {"index": 4}}]}',
    ],
)
def test_a_broken_model_is_told_and_names_count(tmp_path, text):
    (tmp_path / "model.gltf").write_text(text)
    assert is_data(tmp_path / "wood_normal.png")
    (problem,) = problems_near(tmp_path / "wood_normal.png")
    assert "model.gltf cannot be read" in problem


def test_one_image_for_color_and_data_is_data_and_told(tmp_path):
    both = {
        "images": [{"uri": "a.png"}],
        "textures": [{"source": 0}],
        "materials": [
            {
                "occlusionTexture": {"index": 0},
                "pbrMetallicRoughness": {"baseColorTexture": {"index": 0}},
            }
        ],
    }
    (tmp_path / "model.gltf").write_text(json.dumps(both))
    assert is_data(tmp_path / "a.png")
    (problem,) = problems_near(tmp_path / "a.png")
    assert "takes a.png for base color and for ao" in problem
