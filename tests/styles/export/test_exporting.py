"""Exports to files: what is written, what goes with it, what is refused."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from ganfx.errors import GanfxError, MediaError, StyleError, UsageError
from ganfx.styles.export import onnx_file
from ganfx.styles.export.exporting import ParityError, export_style
from ganfx.styles.export.options import ExportOptions
from ganfx.styles.export.parity import trial_picture
from ganfx.styles.export.runtimes import in_onnx_runtime, in_torchscript
from tests.styles.export.conftest import Export

Run = Callable[..., tuple[int, str, str]]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_onnx_is_written_in_both_precisions_with_its_rules_and_licence(export: Export) -> None:
    exported = export("onnx")

    assert names(Path("inked-onnx")) == [
        "inked.ganfx.json",
        "inked.onnx",
        "inked.parity.json",
        "inked.parity.md",
        "inked_half.ganfx.json",
        "inked_half.onnx",
    ]
    assert {path.name for path in exported.files} == set(names(Path("inked-onnx")))
    held = {each.key: each.value for each in onnx.load("inked-onnx/inked.onnx").metadata_props}
    assert held["licence"] == "CC0-1.0"
    about = json.loads(held["ganfx"])
    assert about["pictures_ask_for"] == "credit (1 of 1)"
    assert about["provenance"]["photos"][0]["authors"] == ["Ada"]
    network = about["network"]
    assert network["multiple_of"] == 2
    assert network["halo"] >= network["receptive_radius"]
    assert network["halo"] % 2 == 0
    assert network["brush"]["lines"] is None
    assert about == json.loads(Path("inked-onnx/inked.ganfx.json").read_text())


def test_the_report_says_what_was_compared_and_what_was_not(export: Export) -> None:
    export("onnx", precision="float32")

    report = json.loads(Path("inked-onnx/inked.parity.json").read_text())
    assert report["holds"]
    sizes = {(each["height"], each["width"]) for each in report["compared"]}
    assert len(sizes) == 3
    assert all(each["most"] <= each["allowed"] == 1e-4 for each in report["compared"])
    assert any("OpenVINO" in each for each in report["untried"])
    said = " ".join(report["not_in_the_network"])
    for part in ("grain", "lines", "temporal filter", "tone lock", "color management"):
        assert part in said
    assert "washes" not in said
    text = Path("inked-onnx/inked.parity.md").read_text()
    assert "all of it holds" in text
    assert "## Untried" in text


def test_tiles_by_the_stated_rules_have_no_seam(export: Export) -> None:
    export("onnx", precision="float32")
    rules = json.loads(Path("inked-onnx/inked.ganfx.json").read_text())["network"]
    run = in_onnx_runtime(Path("inked-onnx/inked.onnx").read_bytes(), 1)
    halo, picture = rules["halo"], trial_picture(32, 128, seed=5)

    whole, left = run(picture), run(picture[..., : 64 + halo])
    right = run(picture[..., 64 - halo :])
    assert np.array_equal(whole[..., :64], left[..., :64])
    assert np.array_equal(whole[..., 64:], right[..., halo:])


@pytest.mark.filterwarnings("ignore:.torch.jit.load. is deprecated")
def test_torchscript_carries_its_description_and_no_path(export: Export) -> None:
    export("torchscript")

    data = Path("inked-torchscript/inked.pt").read_bytes()
    told = {"ganfx.json": ""}
    torch.jit.load(io.BytesIO(data), _extra_files=told)
    assert json.loads(told["ganfx.json"])["licence"] == "CC0-1.0"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(name.endswith(".debug_pkl") for name in archive.namelist())
        code = b"".join(archive.read(name) for name in archive.namelist() if name[-3:] == ".py")
    assert b"lanczos" not in code  # of torch's newest alone
    rows = json.loads(Path("inked-torchscript/inked.parity.json").read_text())["compared"]
    assert all(each["most"] == 0 for each in rows if "bits" in each["runtime"])


def test_nuke_gets_a_script_that_names_its_files(export: Export, tmp_path: Path) -> None:
    out = tmp_path / 'shots [1] "a"'
    export("nuke", out=out)

    assert names(out) == [
        "inked.ganfx.json",
        "inked.nk",
        "inked.parity.json",
        "inked.parity.md",
        "inked.pt",
    ]
    script = (out / "inked.nk").read_text()
    place = str(out).replace("[", "\\[").replace("]", "\\]").replace('"', '\\"')
    assert f' torchScriptFile "{place}/inked.pt"\n' in script
    assert script.count(f'"{place}/inked.cat"') == 2  # made by one node, read by the other
    assert ' channelsIn "rgba.red, rgba.green, rgba.blue"\n' in script
    assert script.index("Colorspace {\n colorspace_out sRGB") < script.index("\nInference {")
    assert script.index("\nInference {") < script.index("Colorspace {\n colorspace_in sRGB")
    about = json.loads((out / "inked.ganfx.json").read_text())["network"]
    assert f" tileOverlap {2 * about['halo']}\n" in script
    assert about["size"] == "any"
    assert "tried in no Nuke" in script
    made = in_torchscript((out / "inked.pt").read_bytes())(trial_picture(17, 31, seed=1))
    assert made.shape == (1, 3, 17, 31)


def test_flame_gets_the_json_that_its_node_reads(export: Export) -> None:
    export("flame")

    told = json.loads(Path("inked-flame/inked.json").read_text())["ModelDescription"]
    model = onnx.load("inked-flame/inked.onnx")
    assert told["Inputs"][0]["Name"] == model.graph.input[0].name
    assert told["Outputs"][0]["Name"] == model.graph.output[0].name
    assert told["Padding"] == 1  # it takes any size
    assert told["SupportsSceneLinear"] is False
    assert "CC0-1.0" in told["Description"]
    assert [each.dim_param for each in model.graph.input[0].type.tensor_type.shape.dim[2:]] == [
        "height",
        "width",
    ]


def test_engines_get_fixed_sizes(export: Export) -> None:
    export("engine", size=("48x32", "30x18"), precision="half")

    written = [name for name in names(Path("inked-engine")) if name.endswith(".onnx")]
    assert written == ["inked_30x18_half.onnx", "inked_48x32_half.onnx"]
    model = onnx.load("inked-engine/inked_30x18_half.onnx")
    shape = model.graph.input[0].type.tensor_type.shape.dim
    assert [each.dim_value for each in shape] == [1, 3, 18, 30]
    assert model.opset_import[0].version == 15


@pytest.mark.slow
def test_openvino_is_compared_where_it_is(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openvino")
    monkeypatch.setattr(onnx_file, "version_of", lambda name: "1")
    report = export("onnx").report

    assert any("OpenVINO" in row.runtime for row in report.rows)
    assert report.holds


def test_nothing_is_replaced_unless_it_is_asked_for(export: Export) -> None:
    export("onnx", precision="half")
    before = Path("inked-onnx/inked_half.onnx").stat().st_mtime_ns

    with pytest.raises(UsageError, match="there already"):
        export("onnx", precision="half")
    assert Path("inked-onnx/inked_half.onnx").stat().st_mtime_ns == before
    export("onnx", precision="half", overwrite=True)
    assert Path("inked-onnx/inked_half.onnx").stat().st_mtime_ns > before


def test_a_network_that_comes_out_otherwise_is_not_written(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        onnx_file, "in_onnx_runtime", lambda data: lambda picture: np.zeros_like(picture)
    )
    with pytest.raises(ParityError, match=r"inked\.onnx in ONNX Runtime") as refused:
        export("onnx", precision="float32")

    assert refused.value.exit_code == 4
    assert names(Path("inked-onnx")) == ["inked.refused.json", "inked.refused.md"]
    assert "DOES NOT HOLD" in Path("inked-onnx/inked.refused.md").read_text()


def test_a_missing_package_is_named_with_the_extra(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(GanfxError, match="package onnx") as missing:
        export("onnx")

    assert "ganfx[export]" in str(missing.value.hint)


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("mine")
    with pytest.raises(MediaError, match="cannot write"):
        export("onnx", out=tmp_path / "taken")
    with pytest.raises(MediaError, match="cannot write"):
        export("onnx", out=tmp_path / "taken" / "below")

    assert (tmp_path / "taken").read_text() == "mine"


def test_operators_newer_than_the_packages_are_refused(
    export: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx.defs, "onnx_opset_version", lambda: 17)
    with pytest.raises(UsageError, match=r"--opset 18: onnx 1\.0 has operators up to 17"):
        export("onnx", opset=18)

    def fails(data: bytes) -> None:
        raise Exception("Opset 17 is under development")

    monkeypatch.setattr(onnx_file, "in_onnx_runtime", fails)
    with pytest.raises(GanfxError, match=r"does not take inked\.onnx: Opset 17"):
        export("onnx", opset=17)
    assert not names(Path("inked-onnx"))


@pytest.mark.parametrize("mix", ["anime:0.5,noir:0.5", "anime:0.5+noir:0.5", "anime,noir"])
def test_a_mix_is_refused(mix: str) -> None:
    with pytest.raises(UsageError, match="one look is exported at a time"):
        export_style(mix, ExportOptions(to="onnx"))


def test_a_style_of_a_newer_format_is_refused(look: Path) -> None:
    data = look.read_bytes()
    header = int.from_bytes(data[:8], "little")
    text = data[8 : 8 + header].replace(b'format\\":11', b'format\\":99')
    look.write_bytes(data[:8] + text + data[8 + header :])

    with pytest.raises(StyleError, match="format 99"):
        export_style(look, ExportOptions(to="onnx"))


def test_an_unknown_style_names_the_nearest(look: Path) -> None:
    Path("styles").mkdir()
    look.rename("styles/inked.safetensors")
    with pytest.raises(UsageError, match="unknown style inkd") as unknown:
        export_style("inkd", ExportOptions(to="onnx"))
    assert "did you mean inked?" in str(unknown.value.hint)


def test_the_command_prints_the_files_and_says_the_rest(ganfx: Run, style: Path) -> None:
    code, out, err = ganfx("export", style, "--to", "torchscript", "--precision", "float32")

    assert code == 0, err
    assert "bright-torchscript/bright.pt" in out.splitlines()
    assert "the same bits" in err
    assert "left out" in err
    assert "untried" in err


def test_the_command_refuses_an_unknown_target(ganfx: Run, style: Path) -> None:
    code, _, err = ganfx("export", style, "--to", "onx")

    assert code == 2
    assert "did you mean onnx?" in err
    assert ganfx("export", style)[0] == 2
