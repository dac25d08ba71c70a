"""Feature networks, whose maps texture and content are compared on.

The fixed filters need no download. VGG19 (Simonyan and Zisserman 2015) sees more kinds
of texture, for those who have its weights: torchvision fetches them, or a file has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.errors import UsageError
from ganfx.models.filters import FilterBank
from ganfx.models.image import luma
from ganfx.preset import FeatureKind

WIDTHS = ((64, 3), (64, 64), (128, 64), (128, 128), (256, 128))
"""Output and input channels of the convolutions up to relu3_1."""
TORCHVISION = tuple(f"features.{i}" for i in (0, 2, 5, 7, 10))
"""Their names in torchvision's weights."""
NORMALIZED = ("2", "5", "9", "12", "16")
"""Their names in the weights that were rescaled to a mean activation of 1 (Gatys et al. 2015)."""
COLOR = "0"
"""The 1x1 convolution before them there, which takes RGB from 0 to 1."""
TAPPED, POOLED = (0, 2, 4), (1, 3)  # convolutions that are returned, and halved after
IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
HINT = 'name a file of its weights with loss.features_file, or set loss.features = "filters"'

Weights = Mapping[str, Tensor]


class VGGFeatures(nn.Module):
    """VGG19 up to relu3_1, frozen.

    Args:
        weights: A state dict in torchvision's layout, to any depth, or in the normalised
            one, as `read_weights` checks it.
        color: Whether colour is seen; else luma in all three channels.
    """

    def __init__(self, weights: Weights, *, color: bool = False) -> None:
        super().__init__()
        self.color = color
        names = TORCHVISION if TORCHVISION[0] + ".weight" in weights else NORMALIZED
        padding: Literal["zeros", "reflect"] = "zeros" if names is TORCHVISION else "reflect"
        self.entry = nn.Conv2d(3, 3, 1)
        self.entry.load_state_dict(_entry(weights))
        self.convs = nn.ModuleList(
            nn.Conv2d(i, o, 3, padding=1, padding_mode=padding) for o, i in WIDTHS
        )
        for conv, name in zip(self.convs, names, strict=True):
            conv.load_state_dict({k: weights[f"{name}.{k}"] for k in ("weight", "bias")})
        self.requires_grad_(False)
        self.eval()
        self.to(memory_format=torch.channels_last)

    def forward(self, image: Tensor) -> list[Tensor]:
        """See ``(B, 3, H, W)`` in [-1, 1]; H and W multiples of 4.

        Returns:
            relu1_1 ``(B, 64, H, W)``, relu2_1 ``(B, 128, H/2, W/2)`` and relu3_1
            ``(B, 256, H/4, W/4)``.
        """
        seen = image if self.color else luma(image).expand_as(image)
        x = self.entry(seen.add(1).div(2).contiguous(memory_format=torch.channels_last))
        tapped = []
        for index, conv in enumerate(self.convs):
            x = F.relu(conv(x))
            if index in TAPPED:
                tapped.append(x)
            if index in POOLED:
                x = F.max_pool2d(x, 2)
        return tapped


def feature_network(kind: FeatureKind, file: str = "", *, color: bool = False) -> nn.Module:
    """The network of a preset: a module from images to a list of maps, fine to coarse.

    Args:
        kind: ``filters`` or ``vgg19``.
        file: Weights of ``vgg19``; without one torchvision downloads them, or takes them
            from its cache.
        color: Whether colour is seen, or luma only.

    Raises:
        UsageError: The file is not what it should be, or there is none and no network.
    """
    if kind == "filters":
        return FilterBank(color=color)
    weights = read_weights(Path(file)) if file else _download()
    return VGGFeatures(weights, color=color)


def read_weights(path: Path) -> Weights:
    """Weights of VGG19 up to relu3_1 or deeper; nothing in the file is run.

    Raises:
        UsageError: The file cannot be read, or holds something else.
    """
    try:
        values: Any = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        message = f"loss.features_file: cannot read {path}: {error.strerror}"
        raise UsageError(message, hint=HINT) from error
    except Exception as error:  # torch raises many kinds for what is no file of tensors
        message = f"loss.features_file: {path} is damaged, or holds more than tensors"
        raise UsageError(message, hint="expected a state dict, as torch.save writes it") from error
    problem = _problem(values)
    if problem:
        raise UsageError(
            f"loss.features_file: {path} holds no VGG19: {problem}",
            hint=f"expected {TORCHVISION[0]}.weight to {TORCHVISION[-1]}.bias as in torchvision's "
            f"vgg19, or {COLOR}.weight to {NORMALIZED[-1]}.bias of the normalised network",
        )
    weights: Weights = values
    return weights


def _problem(values: Any) -> str:
    """Why ``values`` are no weights of VGG19; empty if they are."""
    if not isinstance(values, Mapping):
        return f"it is a {type(values).__name__}, not a state dict"
    names = TORCHVISION if any(str(key).startswith("features.") for key in values) else NORMALIZED
    shapes: dict[str, tuple[int, ...]] = {}
    if names is NORMALIZED:
        shapes |= {f"{COLOR}.weight": (3, 3, 1, 1), f"{COLOR}.bias": (3,)}
    for name, (outputs, inputs) in zip(names, WIDTHS, strict=True):
        shapes |= {f"{name}.weight": (outputs, inputs, 3, 3), f"{name}.bias": (outputs,)}
    for key, shape in shapes.items():
        if not isinstance(values.get(key), Tensor):
            return f"there is no {key}"
        if tuple(values[key].shape) != shape:
            return f"{key} is {list(values[key].shape)}, not {list(shape)}"
    return ""


def _entry(weights: Weights) -> Weights:
    """The 1x1 convolution that brings RGB from 0 to 1 to what the first layer expects."""
    if f"{TORCHVISION[0]}.weight" not in weights:
        return {"weight": weights[f"{COLOR}.weight"], "bias": weights[f"{COLOR}.bias"]}
    mean, deviation = torch.tensor(IMAGENET_MEAN), torch.tensor(IMAGENET_DEVIATION)
    return {"weight": torch.diag(1 / deviation).view(3, 3, 1, 1), "bias": -mean / deviation}


def _download() -> Weights:
    # Slow to import, and seldom needed.
    from torchvision.models import VGG19_Weights  # type: ignore[import-untyped]

    try:
        weights: Weights = VGG19_Weights.IMAGENET1K_V1.get_state_dict(
            progress=False, check_hash=True
        )
    except Exception as error:  # no network, a full disk, a broken download
        message = f'loss.features = "vgg19": its weights could not be downloaded: {error}'
        raise UsageError(message, hint=HINT) from error
    return weights
