"""Small looks, small shots, and a short way to run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from skimage import data

from ganfx.media.frames import new_frame, write_frame, write_picture
from ganfx.models.generator import Generator
from ganfx.preset import GrainConfig, ModelConfig
from ganfx.styles.file import save_style
from ganfx.styles.header import StyleHeader
from ganfx.stylize import Options, stylize
from ganfx.stylize.effects import Place
from ganfx.stylize.events import Event
from ganfx.stylize.temporal.keyframe_warp import KeyframeWarp

SMALL = ModelConfig(channels=(4, 8), blocks=1)


def random_generator(model: ModelConfig = SMALL, *, seed: int = 7) -> Generator:
    """A network whose every weight counts (an untrained one is the identity)."""
    random = torch.Generator().manual_seed(seed)
    generator = Generator(model)
    weights = {
        name: torch.randn(value.shape, generator=random) * 0.2
        for name, value in generator.state_dict().items()
    }
    generator.load_state_dict(weights)
    return generator.requires_grad_(False).eval()


def save_look(
    folder: Path, name: str, generator: Generator, *, model: ModelConfig = SMALL, grain: float = 0.0
) -> Path:
    header = StyleHeader(name=name, model=model, grain=GrainConfig(amount=grain, size=1.5))
    return save_style(folder / f"{name}.safetensors", header, generator.state_dict())


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder; no styles but those that a test makes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GANFX_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def inked(places: Path) -> Path:
    """A look that changes every pixel, with grain."""
    return save_look(places, "inked", random_generator(), grain=0.05)


@pytest.fixture
def plain(places: Path) -> Path:
    """A look that changes nothing, without grain."""
    return save_look(places, "plain", Generator(SMALL))


def photo(height: int = 48, width: int = 64) -> NDArray[np.uint8]:
    """A real photograph, cut small."""
    return np.ascontiguousarray(data.astronaut()[20 : 20 + height, 180 : 180 + width])


def make_shot(folder: Path, frames: Any = range(1001, 1006), *, name: str = "plate") -> list[Path]:
    """A PNG sequence that moves to the side."""
    files = []
    picture = photo()
    for frame in frames:
        files.append(folder / f"{name}.{frame}.png")
        write_picture(files[-1], np.roll(picture, 2 * frame, axis=1))
    return files


def write_float(
    path: Path, rgb: NDArray[np.float32], alpha: NDArray[np.float32] | None = None
) -> Path:
    """An EXR in half floats."""
    write_frame(path, rgb, new_frame(rgb, depth="half", alpha=alpha))
    return path


def run(source: Any, style: Any, **options: Any) -> list[Event]:
    """All events of a run to its end."""
    return list(stylize(source, style, Options(**options)))


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def of_kind(events: list[Event], kind: type) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def visible(folder: Path) -> list[str]:
    """Every file below a folder that a user sees."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(str(f.relative_to(folder)) for f in files if not f.name.startswith("."))


Contents = dict[str, bytes]


@pytest.fixture
def contents() -> Callable[[Path], Contents]:
    """Every visible file below a folder with its bytes."""
    return lambda folder: {name: (folder / name).read_bytes() for name in visible(folder)}


def laid(apply: Any, image: Any, config: Any, *, lines: int | None = None, **place: Any) -> Any:
    """An effect on a whole picture, or on some rows of one that has ``lines``."""
    return apply(image, config, Place(lines or len(image), **place))


def still_warp(
    share: float, height: int, width: int, moved: tuple[float, float] = (0, 0)
) -> KeyframeWarp:
    """Keyframes in which every pixel is moved alike."""
    flow = np.broadcast_to(np.float32(moved), (height, width, 2)).copy()
    return KeyframeWarp(flow, flow, np.full((height, width), share, np.float32))
