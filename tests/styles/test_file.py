"""Style files come back as they were saved, and refuse to be anything else."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from ganfx.errors import GanfxError, StyleError, UsageError
from ganfx.preset import GrainConfig, ModelConfig
from ganfx.styles.file import build_generator, load_style, save_style
from ganfx.styles.header import (
    FORMAT,
    METADATA_KEY,
    Provenance,
    Source,
    StyleHeader,
    TrainingFacts,
    read_style_header,
)

Weights = dict[str, Tensor]


def save_raw(path: Path, header: StyleHeader, weights: Weights, **changed: Any) -> Path:
    """Write a style past all checks, with some header keys changed."""
    values = json.loads(header.model_dump_json()) | changed
    save_file(weights, path, metadata={METADATA_KEY: json.dumps(values)})
    return path


def test_a_style_comes_back_as_it_was_saved(tmp_path, header, weights):
    full = header.model_copy(
        update={
            "grain": GrainConfig(amount=0.05, size=2.0),
            "preset": {"name": "inked", "data": {"photo_scale": [0.5, 1.0]}},
            "provenance": Provenance(
                art=(
                    Source(source="art/ink", count=3, licences={"CC0-1.0": 3}, authors=("A. B.",)),
                )
            ),
            "training": TrainingFacts(steps=10, seconds=1.5, device="CPU", date="2026-11-24"),
        }
    )
    path = save_style(tmp_path / "inked.safetensors", full, weights)
    style = load_style(path)

    assert style.header == full
    assert read_style_header(path) == full
    assert style.weights.keys() == weights.keys()
    assert all(torch.equal(style.weights[name], weights[name]) for name in weights)
    assert style.fingerprint == hashlib.sha256(path.read_bytes()).hexdigest()


def test_equal_contents_give_equal_bytes_and_other_weights_another_fingerprint(
    tmp_path, header, weights
):
    first = load_style(save_style(tmp_path / "a.safetensors", header, weights))
    again = load_style(
        save_style(tmp_path / "b.safetensors", header, dict(reversed(weights.items())))
    )
    other = {name: tensor + 0.001 for name, tensor in weights.items()}
    changed = load_style(save_style(tmp_path / "c.safetensors", header, other))

    assert first.fingerprint == again.fingerprint
    assert first.fingerprint != changed.fingerprint


def test_half_and_channels_last_weights_are_stored_as_plain_float32(tmp_path, header, weights):
    odd = {
        n: t.half().contiguous(memory_format=torch.channels_last) if t.dim() == 4 else t.half()
        for n, t in weights.items()
    }
    style = load_style(save_style(tmp_path / "inked.safetensors", header, odd))

    for name, tensor in style.weights.items():
        assert tensor.dtype == torch.float32
        assert torch.equal(tensor, odd[name].float())


def test_the_generator_has_the_weights_and_does_not_train(tmp_path, header, weights):
    generator = build_generator(load_style(save_style(tmp_path / "a.safetensors", header, weights)))

    assert all(torch.equal(t, weights[n]) for n, t in generator.state_dict().items())
    assert not generator.training
    assert not any(p.requires_grad for p in generator.parameters())
    assert generator(torch.zeros(1, 3, 4, 6)).shape == (1, 3, 4, 6)


def test_a_missing_style_is_a_usage_error_with_its_path(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read style .*none\.safetensors: No such file"):
        load_style(tmp_path / "none.safetensors")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a pickle, perhaps", b"\xff" * 64])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)

    with pytest.raises(StyleError, match="is not a style: damaged, or not") as caught:
        load_style(path)
    assert caught.value.exit_code == 5


def test_a_truncated_style_is_refused(tmp_path, header, weights):
    path = save_style(tmp_path / "a.safetensors", header, weights)
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(StyleError, match="damaged"):
        load_style(path)


def test_weights_of_another_program_are_refused(tmp_path, weights):
    save_file(weights, tmp_path / "a.safetensors")

    with pytest.raises(StyleError, match="is not a style: it holds weights"):
        load_style(tmp_path / "a.safetensors")


def test_a_style_of_the_first_format_has_a_generator_without_guides(tmp_path, header, weights):
    model = json.loads(header.model.model_dump_json())
    del model["guides"]
    path = save_raw(tmp_path / "a.safetensors", header, weights, format=1, model=model)

    assert not read_style_header(path).model.guides


def test_the_border_is_what_was_measured_and_no_more_than_the_radius(tmp_path, header, weights):
    def border(measured: int | None) -> int:
        values = header.model_copy(update={"border": measured})
        path = save_style(tmp_path / "a.safetensors", values, weights)
        return build_generator(load_style(path)).border

    radius = build_generator(
        load_style(save_style(tmp_path / "b.safetensors", header, weights))
    ).receptive_radius
    assert border(None) == radius
    assert border(4) == 4
    assert border(10**9) == radius


def test_a_newer_format_names_its_version_and_asks_for_an_update(tmp_path, header, weights):
    path = save_raw(
        tmp_path / "a.safetensors",
        header,
        weights,
        format=FORMAT + 1,
        created_with="4.0",
        new_key=1,
    )
    with pytest.raises(
        StyleError, match=rf"written by ganfx 4\.0 in format {FORMAT + 1}.* up to format {FORMAT}"
    ) as e:
        load_style(path)
    assert "update ganfx" in str(e.value.hint)


def test_a_damaged_header_names_the_key(tmp_path, header, weights):
    path = save_raw(tmp_path / "a.safetensors", header, weights, grain={"amount": 7.0})

    with pytest.raises(StyleError, match=r"damaged header: grain\.amount"):
        read_style_header(path)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("amount", 1.5), ("size", 1.0), ("levels", 0), ("length", 40.0), ("detail", 0.0)),
        *(("tone", -0.1), ("hue", 2.0), ("earth", 1.1), ("relief", 5.0), ("bristles", 1.0)),
    ],
)
def test_strokes_out_of_range_are_refused_by_their_key(tmp_path, header, weights, key, value):
    path = save_raw(tmp_path / "a.safetensors", header, weights, strokes={key: value})
    with pytest.raises(StyleError, match=rf"damaged header: strokes\.{key}"):
        read_style_header(path)


def test_a_header_that_is_not_a_table_is_refused(tmp_path, weights):
    for text in ("[1]", "{", '"noir"'):
        save_file(weights, tmp_path / "a.safetensors", metadata={METADATA_KEY: text})
        with pytest.raises(StyleError, match="not a JSON table"):
            read_style_header(tmp_path / "a.safetensors")


def test_weights_that_do_not_fit_are_refused_by_name(tmp_path, header, weights):
    wider = ModelConfig(channels=(5, 8), blocks=1).model_dump(mode="json")
    absurd = ModelConfig(channels=(4, 8), blocks=256).model_dump(mode="json")
    missing = {n: t for n, t in weights.items() if n != "entry.bias"}
    extra = weights | {"extra.weight": torch.zeros(1)}
    broken = weights | {"entry.bias": torch.full((4,), torch.nan)}
    cases: list[tuple[Weights, dict[str, Any], str]] = [
        (weights, {"model": wider}, "change.weight is (3, 4, 3, 3), expected (3, 5, 3, 3)"),
        (weights, {"model": absurd}, "256 blocks"),
        (missing, {}, "entry.bias is missing"),
        (extra, {}, "extra.weight is not part of it"),
        (broken, {}, "entry.bias has values that are not numbers"),
    ]
    for number, (tensors, changed, says) in enumerate(cases):
        path = save_raw(tmp_path / f"{number}.safetensors", header, tensors, **changed)
        with pytest.raises(StyleError) as caught:
            load_style(path)
        assert says in caught.value.message


def test_saving_weights_that_do_not_fit_writes_nothing(tmp_path, header, weights):
    with pytest.raises(StyleError, match="is missing"):
        save_style(tmp_path / "a.safetensors", header, {"entry.bias": weights["entry.bias"]})
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_style_and_leaves_no_temporary(
    tmp_path, header, weights, monkeypatch
):
    path = save_style(tmp_path / "a.safetensors", header, weights)
    before = path.read_bytes()

    def full_disk(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(GanfxError, match="No space left"):
        save_style(path, header.model_copy(update={"name": "other"}), weights)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_reading_headers_imports_no_torch(tmp_path, header, weights):
    save_style(tmp_path / "a.safetensors", header, weights)
    code = (
        "import sys; from pathlib import Path; from ganfx.styles.library import list_styles;"
        "from ganfx.styles.header import read_style_header;"
        f"print(read_style_header(Path({str(tmp_path / 'a.safetensors')!r})).name);"
        "list_styles(); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["inked", "False"]
