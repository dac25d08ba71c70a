"""Feature networks: both layouts of weights, what they see, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
import torch

from ganfx.errors import UsageError
from ganfx.models.features import (
    NORMALIZED,
    TORCHVISION,
    WIDTHS,
    VGGFeatures,
    feature_network,
    read_weights,
)
from ganfx.models.filters import FilterBank
from ganfx.models.image import LUMA

Weights = dict[str, torch.Tensor]


def random_weights(names: tuple[str, ...]) -> Weights:
    torch.manual_seed(0)
    weights = {}
    for name, (outputs, inputs) in zip(names, WIDTHS, strict=True):
        weights[f"{name}.weight"] = torch.randn(outputs, inputs, 3, 3) / (3 * inputs**0.5)
        weights[f"{name}.bias"] = torch.zeros(outputs)
    if names is NORMALIZED:
        weights |= {"0.weight": 255 * torch.eye(3).view(3, 3, 1, 1), "0.bias": torch.zeros(3)}
    return weights


@pytest.fixture(params=[TORCHVISION, NORMALIZED], ids=["torchvision", "normalised"])
def weights(request: pytest.FixtureRequest) -> Weights:
    return random_weights(request.param)


def save(values: Any, path: Path) -> Path:
    torch.save(values, path)
    return path


def test_both_layouts_load_and_give_three_scales(weights: Weights, tmp_path: Path) -> None:
    network = feature_network("vgg19", str(save(weights, tmp_path / "w.pth")))

    maps = network(torch.zeros(2, 3, 32, 48))
    assert [tuple(m.shape) for m in maps] == [(2, 64, 32, 48), (2, 128, 16, 24), (2, 256, 8, 12)]
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())


def test_deeper_weights_are_cut_off(tmp_path: Path) -> None:
    weights = random_weights(TORCHVISION)
    deeper = weights | {"features.12.weight": torch.zeros(256, 256, 3, 3)}
    image = torch.rand(1, 3, 16, 16)

    cut = VGGFeatures(read_weights(save(deeper, tmp_path / "w.pth")))(image)
    assert all(map(torch.equal, cut, VGGFeatures(weights)(image)))


def test_torchvision_weights_see_the_picture_as_imagenet_was_normalised() -> None:
    """The first channel passes red through: (0.9 - 0.485) / 0.229, and 0 below the mean."""
    weights = random_weights(TORCHVISION)
    weights["features.0.weight"].zero_()[0, 0, 1, 1] = 1.0
    network = VGGFeatures(weights, color=True)

    first = network(torch.full((1, 3, 8, 8), 0.8))[0]  # 0.9 of 0 to 1
    assert torch.allclose(first[0, 0], torch.tensor((0.9 - 0.485) / 0.229))
    assert float(network(torch.full((1, 3, 8, 8), -0.8))[0].max()) == 0.0


def test_normalised_weights_bring_their_own_colours() -> None:
    """The 1x1 layer swaps red and blue and scales by 255."""
    weights = random_weights(NORMALIZED)
    weights["0.weight"] = 255 * torch.eye(3).flip(0).view(3, 3, 1, 1)
    weights["2.weight"].zero_()[0, 2, 1, 1] = 1.0
    image = torch.tensor([0.0, -1.0, -1.0]).view(1, 3, 1, 1).expand(1, 3, 8, 8)

    first = VGGFeatures(weights, color=True)(image)[0]
    assert torch.allclose(first[0, 0], torch.tensor(127.5))


@pytest.mark.parametrize(("names", "border"), [(TORCHVISION, 4.0), (NORMALIZED, 9.0)])
def test_each_layout_is_padded_as_it_was_trained(names: tuple[str, ...], border: float) -> None:
    """A kernel of nine ones in the corner: zeros leave four of them, a mirror all."""
    weights = random_weights(names)
    weights[f"{names[0]}.weight"].zero_()[0, 0] = 1.0
    first = VGGFeatures(weights)(torch.ones(1, 3, 8, 8))[0][0, 0]

    assert float(first[0, 0] / first[4, 4]) == pytest.approx(border / 9)


@pytest.mark.parametrize("kind", ["filters", "vgg19"])
def test_without_colour_a_picture_and_its_luma_are_the_same(kind: str, weights: Weights) -> None:
    torch.manual_seed(1)
    image = torch.rand(1, 3, 16, 16) * 2 - 1
    gray = (image * torch.tensor(LUMA).view(1, 3, 1, 1)).sum(1, keepdim=True).expand_as(image)

    for color, alike in ((False, True), (True, False)):
        vgg = kind == "vgg19"
        network = VGGFeatures(weights, color=color) if vgg else FilterBank(color=color)
        pairs = zip(network(image), network(gray), strict=True)
        assert all(torch.allclose(a, b, atol=1e-2) for a, b in pairs) == alike


def test_gradients_reach_the_picture(weights: Weights) -> None:
    image = torch.rand(1, 3, 16, 16, requires_grad=True)
    VGGFeatures(weights)(image)[-1].sum().backward()

    assert image.grad is not None
    assert float(image.grad.abs().max()) > 0


def test_filters_need_no_weights() -> None:
    assert isinstance(feature_network("filters"), FilterBank)


class Stranger:
    """Something that a file of tensors must not hold."""


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (b"text", "damaged, or holds more than tensors"),
        (Stranger(), "damaged, or holds more than tensors"),
        ([torch.zeros(3)], "it is a list, not a state dict"),
        ({}, "there is no 0.weight"),
        ({"features.0.weight": torch.zeros(64, 3, 3, 3)}, r"there is no features\.0\.bias"),
        (
            {"features.0.weight": torch.zeros(96, 3, 7, 7)},
            r"features\.0\.weight is \[96, 3, 7, 7\], not \[64, 3, 3, 3\]",
        ),
    ],
)
def test_a_file_of_something_else_is_told(values: Any, says: str, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    if isinstance(values, bytes):
        path.write_bytes(values)
    else:
        torch.save(values, path)

    with pytest.raises(UsageError, match=rf"loss\.features_file: .*w\.pth .*{says}") as caught:
        feature_network("vgg19", str(path))
    assert caught.value.hint


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cannot read .*none\.pth: No such file") as caught:
        feature_network("vgg19", str(tmp_path / "none.pth"))

    assert 'loss.features = "filters"' in str(caught.value.hint)


def test_without_a_network_the_ways_out_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.models import WeightsEnum

    def offline(self: WeightsEnum, *args: Any, **kwargs: Any) -> None:
        raise URLError("no route to host")

    monkeypatch.setattr(WeightsEnum, "get_state_dict", offline)
    with pytest.raises(UsageError, match=r"could not be downloaded: .*no route to host") as caught:
        feature_network("vgg19")

    assert "loss.features_file" in str(caught.value.hint)
    assert 'loss.features = "filters"' in str(caught.value.hint)
