"""A tiny look to export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from torch import Tensor

from ganfx.preset import GrainConfig, LinesConfig
from ganfx.styles.export.exporting import Exported, export_style
from ganfx.styles.export.options import ExportOptions
from ganfx.styles.file import save_style
from ganfx.styles.header import Provenance, Source, StyleHeader

Export = Callable[..., Exported]


@pytest.fixture
def look(places: Path, header: StyleHeader, weights: dict[str, Tensor]) -> Path:
    """A look with grain and lines, of one photo that asks for credit."""
    photos = Source(source="photos", count=1, licences={"CC-BY-4.0": 1}, authors=("Ada",))
    told = header.model_copy(
        update={
            "grain": GrainConfig(amount=0.1),
            "lines": LinesConfig(amount=0.5),
            "provenance": Provenance(photos=(photos,)),
        }
    )
    return save_style(places / "inked.safetensors", told, weights)


@pytest.fixture
def export(look: Path) -> Export:
    """Export the look: ``export("onnx", precision="half")``."""

    def run(to: str, **options: object) -> Exported:
        return export_style(look, ExportOptions(to=to, **options))  # type: ignore[arg-type]

    return run


@pytest.fixture(autouse=True)
def _without_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a second to be imported: one test has it."""
    monkeypatch.setattr(
        "ganfx.styles.export.onnx_file.version_of",
        lambda name: "" if name == "openvino" else "1.0",
    )
