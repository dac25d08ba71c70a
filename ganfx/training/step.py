"""The training step: the discriminators learn from a batch, then the generator does.

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

from ganfx.models.discriminators import TEXTURE, PatchLogits
from ganfx.stages import stage
from ganfx.training import losses
from ganfx.training.crops import Crops, Terms
from ganfx.training.data import Batch, to_network
from ganfx.training.generator_terms import picture_terms
from ganfx.training.gradient_accumulation import accumulate_gradients, within_memory
from ganfx.training.health import (
    DISCRIMINATOR_GRADIENT,
    GENERATOR_GRADIENT,
    PICTURES,
)
from ganfx.training.loss_balancing import gradient_norms, recorded_outputs
from ganfx.training.marks import with_marks
from ganfx.training.state import State
from ganfx.training.step_metrics import device_metrics
from ganfx.training.training_stats import logit_statistics

GRADIENT_LIMIT = 10.0  # norm of the generator's gradient


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
    d_losses, statistics = within_memory(state, crops, _train_discriminators)
    g_losses, means = within_memory(state, crops, _train_generator)
    losses_by_name = d_losses | g_losses
    state.stats.note_logits(statistics, means)
    state.stats.note_step(losses_by_name)
    state.step += 1
    _update_average(state)
    state.is_whole = True
    return device_metrics(state, losses_by_name, statistics)


def set_learning_rates(state: State) -> None:
    """Constant, then falling to zero in a straight line over the last ``decay`` of the run.

    A discriminator's is multiplied by its throttle's factor, and what failed before by what is left
    of it.
    """
    train, controls = state.preset.train, state.controls
    left = 1 - state.progress
    factor = min(1.0, left / train.decay) if train.decay else 1.0
    generator_lr = train.generator_lr * controls.lowered.get("train.generator_lr", 1.0)
    for group in state.generator_optimizer.param_groups:
        group["lr"] = generator_lr * factor
    discriminator_lr = train.discriminator_lr * controls.lowered.get("train.discriminator_lr", 1.0)
    groups = state.discriminator_optimizer.param_groups
    for group, throttle in zip(groups, controls.throttles.values(), strict=True):
        group["lr"] = discriminator_lr * factor * throttle.factor


def _crops(state: State, batch: Batch) -> Crops:
    """A batch on the device, with what the generator sees augmented."""
    with stage("upload", device=True):
        photo, real = (to_network(crops, state.device) for crops in (batch.photos, batch.art))
        painted = None if batch.painted is None else to_network(batch.painted, state.device)
    with stage("augment", device=True):
        if painted is None:
            (photo,) = state.augment(photo)
        else:
            photo, painted = state.augment(photo, painted)
    return Crops(photo, real, painted)


def _train_discriminators(state: State, crops: Crops) -> tuple[Terms, Terms]:
    """Returns their losses by name, and their `logit_statistics`."""
    state.discriminator_optimizer.zero_grad(set_to_none=True)
    logged, statistics = accumulate_gradients(state, crops, _discriminator_loss)
    with stage("optimizer", device=True):
        norm = _share_gradients(state, list(state.discriminators.parameters()))
        state.discriminator_optimizer.step()
    named = {f"d_{name}": value for name, value in logged.items()}
    return named | {DISCRIMINATOR_GRADIENT: norm}, statistics


def _discriminator_loss(state: State, crops: Crops) -> tuple[Tensor, Terms, Terms]:
    """Loss of the discriminators on a micro-batch, its terms, and their `logit_statistics`."""
    adversarial, weights = state.adversarial, state.preset.loss
    _, finished = _made(state, crops)
    # Both kinds go through at once: a GPU waits for Python, not for twice the pictures.
    seen = _augmented(state, torch.cat([crops.real, finished.detach()]))
    differentiated = bool(adversarial.penalties)
    real, fake = (image.detach().requires_grad_(differentiated) for image in seen.chunk(2))
    real_logits, fake_logits = _logits_of_both(state, real, fake)
    terms = {
        name: adversarial.discriminator_loss(logits.float(), fake_logits[name].float())
        for name, logits in real_logits.items()
    }
    total = torch.stack(list(terms.values())).sum()
    if weights.edges:
        terms["edges"] = _edges_term(state, real.detach(), real_logits[TEXTURE.name])
        total = total + state.weight("edges") * terms["edges"]
    points = {"r1": (real, real_logits), "r2": (fake, fake_logits)}
    with stage("losses", device=True):
        for image, logits_by_name in (points[penalty] for penalty in adversarial.penalties):
            for logits in logits_by_name.values():
                total = total + weights.r1_gamma / 2 * losses.gradient_penalty(image, logits)
    return total, terms, logit_statistics(adversarial, real_logits, fake_logits)


def _logits_of_both(state: State, real: Tensor, fake: Tensor) -> tuple[PatchLogits, PatchLogits]:
    """Logits of art and of results; one forward pass for both."""
    # A gradient penalty needs full precision: squared norms overflow and round in half.
    with stage("discriminators", device=True), state.autocast(not state.adversarial.penalties):
        logits: PatchLogits = state.discriminators(torch.cat([real, fake]))
    halves = {name: both.chunk(2) for name, both in logits.items()}
    first, second = ({name: half[i] for name, half in halves.items()} for i in (0, 1))
    return first, second


def _edges_term(state: State, real: Tensor, real_logits: Tensor) -> Tensor:
    """Art with blurred edges is no art: only texture is judged, the palette is the same."""
    mask = losses.edge_mask(real)
    with stage("discriminators", device=True), state.autocast():
        blurred = TEXTURE.view(losses.smooth_edges(real, mask))
        logits = state.discriminators[TEXTURE.name](blurred)
    share = F.adaptive_avg_pool2d(mask, logits.shape[2:])
    return state.adversarial.rejection_loss(real_logits.float(), logits.float(), share)


class GeneratorLoss(NamedTuple):
    """The generator's loss on a micro-batch, and what is logged of it."""

    total: Tensor  # a scalar, to be differentiated
    losses: Terms  # the terms that it is made of, and `PICTURES`
    means: Terms  # the discriminators' mean logits of its pictures, by discriminator
    norms: Terms  # `gradient_norms`, in steps in which they are measured; else nothing


def _train_generator(state: State, crops: Crops) -> tuple[Terms, Terms]:
    """Returns its losses by name, and the discriminators' mean logits of its pictures."""
    state.generator_optimizer.zero_grad(set_to_none=True)
    logged, means, norms = accumulate_gradients(state, crops, _generator_loss)
    parameters = [*state.generator.parameters(), *state.heads.parameters()]
    with stage("optimizer", device=True):
        norm = _share_gradients(state, parameters)
        if norms:
            state.team.average(list(norms.values()))
            state.balance.update(norms)
        nn.utils.clip_grads_with_norm_(parameters, GRADIENT_LIMIT, norm)
        state.generator_optimizer.step()
    return logged | {GENERATOR_GRADIENT: norm}, means


def _generator_loss(state: State, crops: Crops) -> GeneratorLoss:
    fake, finished = _made(state, crops)
    state.stats.note_pictures(crops.photo, fake, crops.share)
    measured = state.balance.is_due(state.step)
    with recorded_outputs(state.generator, wanted=measured) as others:
        terms, means = _adversarial_terms(state, crops.real, finished)
        with stage("losses", device=True):
            terms |= picture_terms(state, crops)
    weights = {name: state.weight(name) for name in terms}
    norms = gradient_norms(terms, weights, [fake, *others]) if measured else {}
    factors = {name: state.balance.factor(name) for name in terms}
    total = torch.stack([weights[n] * factors[n] * term for n, term in terms.items()]).sum()
    return GeneratorLoss(total, terms | {PICTURES: fake.detach().sum()}, means, norms)


def _made(state: State, crops: Crops) -> tuple[Tensor, Tensor]:
    """What the generator makes of the photos, bare and with marks on; made once a step."""
    if crops.fake is None or crops.finished is None:
        crops.fake = _generated(state, crops)
        marked = state.preset.train.marks
        with stage("marks", device=True):
            crops.finished = with_marks(state.preset, crops.fake) if marked else crops.fake
    return crops.made


def _generated(state: State, crops: Crops) -> Tensor:
    with stage("generator", device=True), state.autocast():
        return state.compiled(crops.photo)


def _adversarial_terms(state: State, real: Tensor, fake: Tensor) -> tuple[Terms, Terms]:
    """The generator's adversarial terms, and the mean logits of the fakes, by discriminator."""
    adversarial = state.adversarial
    images = (fake, real) if adversarial.generator_sees_real else (fake,)
    seen = [_augmented(state, image) for image in images]
    state.discriminators.requires_grad_(False)  # only the generator learns here
    try:
        with stage("discriminators", device=True), state.autocast():
            logits: list[PatchLogits] = [state.discriminators(image) for image in seen]
    finally:
        state.discriminators.requires_grad_(True)
    fake_logits, real_logits = logits[0], logits[-1]
    terms = {
        name: adversarial.generator_loss(real_logits[name].float(), fake_logits[name].float())
        for name in fake_logits
    }
    return terms, {name: each.float().mean() for name, each in fake_logits.items()}


def _share_gradients(state: State, parameters: list[nn.Parameter]) -> Tensor:
    """Average the gradients over the processes; returns their norm."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    state.team.average(gradients)
    return nn.utils.get_total_norm(gradients)


def _augmented(state: State, image: Tensor) -> Tensor:
    with stage("augment", device=True):
        if state.preset.augment.adaptive:
            return state.augment.at(state.controls.augment_probability.value, image)
        changed: tuple[Tensor] = state.augment(image)
        return changed[0]


@torch.no_grad()
def _update_average(state: State) -> None:
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
