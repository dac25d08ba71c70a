"""Loss balancing by gradient norms: weights in ``[loss]`` as ratios to the adversarial terms.

The gradient of a term depends on the art: texture that is far from a photo's has ten
times the gradient of texture that is near, and a weight that suits one look ruins another. So
the gradient of every term is measured where it enters the network, at the generator's
output, and the term is scaled to the gradient of the weighted adversarial terms (the
adaptive weight of Esser et al. 2021, "Taming Transformers", which is measured at the last
layer, and GradNorm, Chen et al. 2018, without its learned part).

A measurement differentiates every term down to the picture and no further, so it costs
a fraction of a step; the results stay on the device.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from ganfx.models.discriminators import discriminator_names
from ganfx.preset import LossConfig

TOGETHER = "adversarial"
"""Key of the weighted sum of the adversarial terms, among the norms of gradients."""
HALF_LIFE = 60  # steps after which an older measurement counts half
LIMIT = 100.0  # largest factor, and one by its smallest: a term without a gradient has none
FIRST = 5  # steps before the first measurement: an untrained generator shows the photo itself


class LossBalancer:
    """Factors of the non-adversarial terms.

    Args:
        config: Whether weights are ratios at all, and how often they are measured.
        device: Where the factors are kept.
    """

    def __init__(self, config: LossConfig, device: torch.device) -> None:
        self._config, self._device = config, device
        self._logs: dict[str, Tensor] = {}  # smoothed logarithms

    def is_due(self, step: int) -> bool:
        """Whether the step after ``step`` others is to be measured."""
        every = self._config.balance_every
        return self._config.balance and step > 0 and (step == FIRST or step % every == 0)

    def factor(self, name: str) -> Tensor | float:
        """Multiplier of a term's weight; 1 as long as its gradient was not measured."""
        return self._logs[name].exp() if name in self._logs else 1.0

    def update(self, norms: Mapping[str, Tensor]) -> None:
        """Follow a measurement.

        Args:
            norms: `gradient_norms`.
        """
        against = norms[TOGETHER]
        keep = 0.5 ** (self._config.balance_every / HALF_LIFE)
        for name in (name for name in norms if name != TOGETHER):
            # A term without a gradient, now, says nothing: its factor stays.
            known = self._logs.get(name)
            measured = (against / norms[name]).clamp(1 / LIMIT, LIMIT).log()
            before = torch.zeros_like(measured) if known is None else known
            new = measured if known is None else torch.lerp(measured, known, keep)
            usable = (norms[name] > 0) & (against > 0) & new.isfinite()
            self._logs[name] = torch.where(usable, new, before)

    @property
    def factors(self) -> dict[str, Tensor]:
        """All that were measured, for the record."""
        return {name: value.exp() for name, value in sorted(self._logs.items())}

    def state_dict(self) -> dict[str, Any]:
        """For a checkpoint."""
        return dict(self._logs)

    def load_state_dict(self, values: Mapping[str, Tensor]) -> None:
        """From a checkpoint."""
        self._logs = {name: value.to(self._device) for name, value in values.items()}


@contextmanager
def recorded_outputs(generator: nn.Module, wanted: bool) -> Iterator[list[Tensor]]:
    """Collect the pictures that a generator makes meanwhile, if wanted."""
    made: list[Tensor] = []
    if not wanted:
        yield made
        return
    handle = generator.register_forward_hook(lambda module, inputs, output: made.append(output))
    try:
        yield made
    finally:
        handle.remove()


def gradient_norms(
    terms: Mapping[str, Tensor], weights: Mapping[str, float], pictures: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Norm of the gradient of each term at the generated pictures; the graph stays whole.

    Args:
        terms: All terms of a step, by name, not weighted.
        weights: Weights of the adversarial ones among them.
        pictures: What the generator made: some terms look at several pictures.

    Returns:
        The norm of the gradient of every other term by its name, and of the weighted
        adversarial ones `TOGETHER`.
    """
    names = discriminator_names()
    adversarial = [weights[name] * terms[name] for name in names]
    norms = {TOGETHER: _norm(torch.stack(adversarial).sum(), pictures)}
    for name, term in terms.items():
        if name not in names:
            norms[name] = _norm(term, pictures)
    return norms


def _norm(term: Tensor, pictures: Sequence[Tensor]) -> Tensor:
    if not term.requires_grad:  # a constant: it has no gradient
        return term.new_zeros(())
    gradients = torch.autograd.grad(term, pictures, retain_graph=True, allow_unused=True)
    squares = [g.float().square().sum() for g in gradients if g is not None]
    return torch.stack(squares).sum().sqrt() if squares else term.new_zeros(())
