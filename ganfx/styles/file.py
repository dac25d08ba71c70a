"""Style files with their weights: written whole, read without running code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors import torch as safetensors_torch
from torch import Tensor

from ganfx.errors import StyleError
from ganfx.media.atomic import write_bytes
from ganfx.models.generator import Generator
from ganfx.preset import ModelConfig
from ganfx.styles.header import METADATA_KEY, StyleHeader, read_style_header


@dataclass(frozen=True, eq=False)
class Style:
    """A look, ready to build its generator."""

    header: StyleHeader
    weights: dict[str, Tensor]
    """Float32 on the CPU, by the generator's parameter names."""
    path: Path
    fingerprint: str
    """SHA-256 of the file, in hexadecimal."""


def save_style(path: Path, header: StyleHeader, weights: Mapping[str, Tensor]) -> Path:
    """Write a style in one move: an interruption leaves no half file.

    Equal contents give equal bytes. Weights are stored as float32.

    Returns:
        ``path``.

    Raises:
        StyleError: The weights are not those of ``header.model``.
        MediaError: The file cannot be written.
    """
    stored = {
        name: tensor.detach().to("cpu", torch.float32).contiguous().clone()
        for name, tensor in weights.items()
    }
    _check_fit(stored, header.model, path)
    metadata = {METADATA_KEY: header.model_dump_json()}
    write_bytes(path, safetensors_torch.save(stored, metadata=metadata))
    return path


def load_style(path: Path) -> Style:
    """Read a style and check it.

    Raises:
        UsageError: There is no such file, or it cannot be opened.
        StyleError: It is no style, a damaged one, or one of a newer format.
    """
    header = read_style_header(path)
    data = path.read_bytes()
    try:
        weights = safetensors_torch.load(data)
    except (SafetensorError, ValueError, RuntimeError) as error:
        raise StyleError(f"{path} is damaged", hint="copy or train it again") from error
    weights = {name: tensor.float() for name, tensor in weights.items()}
    _check_fit(weights, header.model, path)
    return Style(header, weights, path, hashlib.sha256(data).hexdigest())


def build_generator(style: Style) -> Generator:
    """The style's network, on the CPU, ready to run and not to train."""
    with torch.device("meta"):
        generator = Generator(style.header.model)
    generator.load_state_dict(style.weights, assign=True)
    if style.header.border is not None:
        generator.border = min(style.header.border, generator.receptive_radius)
    return generator.requires_grad_(False).eval()


def _check_fit(weights: Mapping[str, Tensor], model: ModelConfig, path: Path) -> None:
    """Refuse weights that are not exactly those of the architecture.

    Raises:
        StyleError: A weight is missing, superfluous, of another shape, or not finite.
    """
    wrong = _misfit(weights, model)
    if wrong:
        raise StyleError(
            f"{path}: the weights do not fit the network that its header describes: {wrong}",
            hint="the file is damaged, or was put together by hand",
        )


def _misfit(weights: Mapping[str, Tensor], model: ModelConfig) -> str | None:
    if model.blocks > len(weights):  # before building them: the number may be absurd
        return f"{model.blocks} blocks, {len(weights)} weights"
    with torch.device("meta"):
        expected = {name: t.shape for name, t in Generator(model).state_dict().items()}
    for name in sorted(expected.keys() | weights.keys()):
        if name not in weights:
            return f"{name} is missing"
        if name not in expected:
            return f"{name} is not part of it"
        if weights[name].shape != expected[name]:
            found, wanted = tuple(weights[name].shape), tuple(expected[name])
            return f"{name} is {found}, expected {wanted}"
        if not weights[name].isfinite().all():
            return f"{name} has values that are not numbers"
    return None
