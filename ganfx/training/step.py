"""One step: the discriminators learn from a batch, then the generator does.

Each has its own Adam. Everything random in a step is drawn from torch's global
generator, which the step seeds itself. Nothing in a step waits for the device.

Where the batch does not fit the GPU, it goes through the networks in micro-batches
(`ganfx.training.gradient_accumulation`); where several processes share it, the gradients of
all are averaged (`ganfx.training.distributed`).
"""

from __future__ import annotations

import zlib
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.discriminators import Verdicts
from ganfx.models.image import luma
from ganfx.training import losses
from ganfx.training.data import Batch, to_network
from ganfx.training.generator_terms import Terms, picture_terms
from ganfx.training.gradient_accumulation import Crops, accumulate_gradients, within_memory
from ganfx.training.health import (
    DISCRIMINATOR_GRADIENT,
    GENERATOR_GRADIENT,
    GRADIENTS,
    PICTURES,
)
from ganfx.training.loss_balancing import ADVERSARIAL, gradient_norms, recorded_outputs
from ganfx.training.state import State
from ganfx.training.training_stats import logit_statistics

GRADIENT_LIMIT = 10.0  # norm of the generator's gradient
UNLOGGED = (*GRADIENTS, PICTURES)


def take_step(state: State, batch: Batch) -> Terms:
    """Train both networks on one batch, or on this process's share of one.

    Returns:
        The losses by name, as scalars on the device: reading one waits for the device.

    Raises:
        GanfxError: Not even a single crop fits the GPU.
    """
    _seed(state)
    set_learning_rates(state)
    state.is_whole = False
    crops = _crops(state, state.team.share(batch))
    judged, statistics = within_memory(state, crops, _discriminators_learn)
    made, means = within_memory(state, crops, _generator_learns)
    state.stats.note_logits(statistics, means)
    state.stats.note_step(judged | made)
    state.step += 1
    _average(state)
    state.is_whole = True
    accuracy = torch.stack([statistics[f"accuracy_{judge}"] for judge in ADVERSARIAL]).mean()
    logged = {name: value for name, value in (judged | made).items() if name not in UNLOGGED}
    logged |= {"d_margin": statistics["margin"], "d_accuracy": accuracy}
    return logged | {f"balance_{name}": f for name, f in state.balance.factors.items()}


def set_learning_rates(state: State) -> None:
    """Constant, then falling to zero in a straight line over the last ``decay`` of the run.

    A discriminator's is multiplied by its pace, and what failed before by what is left
    of it.
    """
    train, controls = state.preset.train, state.controls
    left = 1 - state.step / state.steps
    factor = min(1.0, left / train.decay) if train.decay else 1.0
    generator_lr = train.generator_lr * controls.lowered.get("train.generator_lr", 1.0)
    for group in state.generator_optimizer.param_groups:
        group["lr"] = generator_lr * factor
    judging_lr = train.discriminator_lr * controls.lowered.get("train.discriminator_lr", 1.0)
    groups = state.discriminator_optimizer.param_groups
    for group, pace in zip(groups, controls.paces.values(), strict=True):
        group["lr"] = judging_lr * factor * pace.factor


def learning_rates(state: State) -> dict[str, float]:
    """Those of the step just taken; of the discriminators', the slower one's."""
    return {
        "generator_lr": min(group["lr"] for group in state.generator_optimizer.param_groups),
        "discriminator_lr": min(
            group["lr"] for group in state.discriminator_optimizer.param_groups
        ),
    }


def _crops(state: State, batch: Batch) -> Crops:
    """A batch on the device, with what the generator sees augmented."""
    photo, real = (to_network(crops, state.device) for crops in (batch.photos, batch.art))
    if batch.painted is None:
        (photo,) = state.augment(photo)
        return Crops(photo, real, None)
    photo, painted = state.augment(photo, to_network(batch.painted, state.device))
    return Crops(photo, real, painted)


def _discriminators_learn(state: State, crops: Crops) -> tuple[Terms, Terms]:
    """Returns their losses by name, and their `logit_statistics`."""
    state.discriminator_optimizer.zero_grad(set_to_none=True)
    logged, statistics = accumulate_gradients(state, crops, _judge)
    norm = _share_gradients(state, list(state.discriminators.parameters()))
    state.discriminator_optimizer.step()
    named = {f"d_{name}": value for name, value in logged.items()}
    return named | {DISCRIMINATOR_GRADIENT: norm}, statistics


def _judge(state: State, part: Crops) -> tuple[Tensor, Terms, Terms]:
    """Loss of the discriminators on a part of the batch, its terms, and their statistics."""
    loss = state.preset.loss
    if part.fake is None:
        part.fake = _generated(state, part)
    penalised = loss.adversarial == "relativistic"
    # Both kinds go through at once: a GPU waits for Python, not for twice the pictures.
    seen = _augmented(state, torch.cat([part.real, part.fake.detach()]))
    real, fake = (image.detach().requires_grad_(penalised) for image in seen.chunk(2))
    # The gradient penalty needs full precision: squared norms overflow and round in half.
    with state.autocast(not penalised):
        verdicts = state.discriminators(torch.cat([real, fake]))
    real_verdicts, fake_verdicts = (
        Verdicts(*halves) for halves in zip(*(logits.chunk(2) for logits in verdicts), strict=True)
    )
    terms = {
        name: losses.discriminator_loss(loss.adversarial, r.float(), f.float())
        for name, r, f in _pairs(real_verdicts, fake_verdicts)
    }
    total = torch.stack(list(terms.values())).sum()
    if loss.edges:
        terms["edges"] = _edges_term(state, real.detach(), real_verdicts.texture)
        total = total + state.weight("edges") * terms["edges"]
    if penalised:
        for image, verdicts in ((real, real_verdicts), (fake, fake_verdicts)):
            for logits in verdicts:
                total = total + loss.r1_gamma / 2 * losses.gradient_penalty(image, logits)
    return total, terms, logit_statistics(loss.adversarial, real_verdicts, fake_verdicts)


def _edges_term(state: State, real: Tensor, real_logits: Tensor) -> Tensor:
    """Art with blurred edges is no art: only texture is judged, the palette is the same."""
    mask = losses.edge_mask(real)
    with state.autocast():
        logits = state.discriminators.texture(luma(losses.smooth_edges(real, mask)))
    share = F.adaptive_avg_pool2d(mask, logits.shape[2:])
    kind = state.preset.loss.adversarial
    return losses.rejection_loss(kind, real_logits.float(), logits.float(), share)


class Painted(NamedTuple):
    """What the generator has to learn from a part of the batch."""

    total: Tensor  # the loss
    losses: Terms  # the terms that it is made of, and `PICTURES`
    means: Terms  # the discriminators' mean logits of its pictures, by discriminator
    pulls: Terms  # `gradient_norms`, in steps in which they are measured; else nothing


def _generator_learns(state: State, crops: Crops) -> tuple[Terms, Terms]:
    """Returns its losses by name, and the discriminators' mean logits of its pictures."""
    state.generator_optimizer.zero_grad(set_to_none=True)
    logged, means, pulls = accumulate_gradients(state, crops, _paint)
    parameters = [*state.generator.parameters(), *state.heads.parameters()]
    norm = _share_gradients(state, parameters)
    if pulls:
        state.team.average(list(pulls.values()))
        state.balance.update(pulls)
    nn.utils.clip_grads_with_norm_(parameters, GRADIENT_LIMIT, norm)
    state.generator_optimizer.step()
    return logged | {GENERATOR_GRADIENT: norm}, means


def _paint(state: State, part: Crops) -> Painted:
    fake = part.fake if part.fake is not None else _generated(state, part)
    state.stats.note_pictures(part.photo, fake, part.share)
    measured = state.balance.is_due(state.step)
    with recorded_outputs(state.generator, wanted=measured) as others:
        terms, means = _adversarial_terms(state, part.real, fake)
        terms |= picture_terms(state, part.photo, part.real, fake, part.painted)
    weights = {name: state.weight(name) for name in terms}
    pulls = gradient_norms(terms, weights, [fake, *others]) if measured else {}
    factors = {name: state.balance.factor(name) for name in terms}
    total = torch.stack([weights[n] * factors[n] * term for n, term in terms.items()]).sum()
    return Painted(total, terms | {PICTURES: fake.detach().sum()}, means, pulls)


def _generated(state: State, part: Crops) -> Tensor:
    with state.autocast():
        return state.compiled(part.photo)


def _adversarial_terms(state: State, real: Tensor, fake: Tensor) -> tuple[Terms, Terms]:
    """Returns them, and the mean logits of the fakes."""
    loss = state.preset.loss
    images = (fake, real) if loss.adversarial == "relativistic" else (fake,)
    seen = [_augmented(state, image) for image in images]
    state.discriminators.requires_grad_(False)  # only the generator learns here
    try:
        with state.autocast():
            verdicts = [state.discriminators(image) for image in seen]
    finally:
        state.discriminators.requires_grad_(True)
    pairs = _pairs(verdicts[-1], verdicts[0])
    means = {name: f.float().mean() for name, _, f in pairs}
    return {
        name: losses.adversarial_loss(loss.adversarial, r.float(), f.float())
        for name, r, f in pairs
    }, means


def _share_gradients(state: State, parameters: list[nn.Parameter]) -> Tensor:
    """Average the gradients over the processes; returns their norm."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    state.team.average(gradients)
    return nn.utils.get_total_norm(gradients)


def _augmented(state: State, image: Tensor) -> Tensor:
    if state.preset.augment.adaptive:
        return state.augment.at(state.controls.chance.value, image)
    changed: tuple[Tensor] = state.augment(image)
    return changed[0]


def _pairs(real: Verdicts, fake: Verdicts) -> list[tuple[str, Tensor, Tensor]]:
    return [(name, getattr(real, name), getattr(fake, name)) for name in ADVERSARIAL]


@torch.no_grad()
def _average(state: State) -> None:
    """Move the averaged generator towards the trained one.

    The half-life is capped to a tenth of what was seen so far, so that the untrained
    start is soon forgotten.
    """
    images = state.preset.train.batch_size
    half_life = min(state.preset.train.ema_half_life, 0.1 * images * state.step)
    keep = 0.5 ** (images / max(half_life, 1e-8))
    torch._foreach_lerp_(
        list(state.averaged.parameters()), list(state.generator.parameters()), 1 - keep
    )


def _seed(state: State) -> None:
    name = f"{state.preset.train.seed}/{state.step}"
    if not state.team.leads:
        name += f"/{state.team.rank}"  # or every process would augment its crops alike
    torch.manual_seed(zlib.crc32(name.encode()))
