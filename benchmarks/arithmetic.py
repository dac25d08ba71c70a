"""How far apart pixels are when numbers are added up in another way: on a GPU, say.

    python benchmarks/arithmetic.py

Takes the probe of ``ganfx verify --probe`` on this CPU in float32, and again as other hardware
might compute its networks: in float64 (what any order of adding up float32 is near to), with the
10 bits of TF32 and the 7 of bfloat16 in every convolution's factors, added up in float32. Prints
the largest difference in code values of 8 bits, and the share of pixel values that differ.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
import torch
from machine import describe_machine
from torch import Tensor
from torch.nn import functional as F

from ganfx.farm.probe import Probe, distances, take_probe, unpacked
from ganfx.models.generator import Generator

TF32_BITS, BFLOAT16_BITS, FLOAT32_BITS = 10, 7, 23
"""Of the fraction."""


def main() -> None:
    """Print a table."""
    argparse.ArgumentParser(description=__doc__, allow_abbrev=False).parse_args()
    print(describe_machine())
    plain = take_probe(device="cpu")
    for name, computed in (
        ("float64", in_double()),
        ("TF32 factors", with_factors_of(TF32_BITS)),
        ("bfloat16 factors", with_factors_of(BFLOAT16_BITS)),
    ):
        with computed:
            tell(name, plain, take_probe(device="cpu"))


def tell(name: str, plain: Probe, other: Probe) -> None:
    """Print how far apart two probes are, picture by picture."""
    print(name)
    for picture, apart in distances(plain, other).items():
        ours, theirs = (unpacked(probe["pixels"][picture]) for probe in (plain, other))
        print(f"  {picture:24} {apart:3} at most, {np.mean(ours != theirs):9.4%} differ")


@contextmanager
def in_double() -> Iterator[None]:
    """Networks compute in float64."""
    forward = Generator.forward

    def doubled(network: Generator, photo: Tensor) -> Tensor:
        return forward(network.double(), photo.double()).float()

    with mock.patch.object(Generator, "forward", doubled):
        yield


@contextmanager
def with_factors_of(bits: int) -> Iterator[None]:
    """Convolutions see their input and weights with fewer bits."""
    convolve: Callable[..., Tensor] = F.conv2d

    def rounded(image: Tensor, weight: Tensor, *rest: object, **named: object) -> Tensor:
        return convolve(kept(image, bits), kept(weight, bits), *rest, **named)

    with mock.patch.object(F, "conv2d", rounded):
        yield


def kept(values: Tensor, bits: int) -> Tensor:
    """Float32 rounded to ``bits`` of fraction, halves away from zero."""
    lost = FLOAT32_BITS - bits
    whole = values.contiguous().view(torch.int32) + (1 << (lost - 1))
    return (whole & -(1 << lost)).view(torch.float32)


if __name__ == "__main__":
    main()
