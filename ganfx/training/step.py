"""One step: the discriminators learn from a batch, then the generator does.

Each has its own Adam. Everything random in a step is drawn from torch's global
generator, which the step seeds itself. Nothing in a step waits for the device.
"""

from __future__ import annotations

import zlib

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ganfx.models.discriminators import Verdicts
from ganfx.models.generator import luma
from ganfx.training import losses
from ganfx.training.data import Batch, to_network
from ganfx.training.state import State
from ganfx.training.terms import Terms, picture_terms

GRADIENT_LIMIT = 10.0  # norm of the generator's gradient


def take_step(state: State, batch: Batch) -> dict[str, Tensor]:
    """Train both networks on one batch.

    Returns:
        The losses by name, as scalars on the device: reading one waits for the device.
    """
    _seed(state)
    set_learning_rates(state)
    photo, real = (to_network(crops, state.device) for crops in (batch.photos, batch.art))
    if batch.painted is None:
        painted = None
        (photo,) = state.augment(photo)
    else:
        painted = to_network(batch.painted, state.device)
        photo, painted = state.augment(photo, painted)
    with state.autocast():
        fake = state.generator(photo)
    logged = _discriminator_step(state, real, fake.detach())
    logged |= _generator_step(state, photo, real, fake, painted)
    state.step += 1
    _average(state)
    return logged


def set_learning_rates(state: State) -> None:
    """Constant, then falling to zero in a straight line over the last ``decay`` of the run."""
    train = state.preset.train
    left = 1 - state.step / state.steps
    factor = min(1.0, left / train.decay) if train.decay else 1.0
    for optimizer, lr in (
        (state.generator_optimizer, train.generator_lr),
        (state.discriminator_optimizer, train.discriminator_lr),
    ):
        for group in optimizer.param_groups:
            group["lr"] = lr * factor


def _discriminator_step(state: State, real: Tensor, fake: Tensor) -> Terms:
    loss = state.preset.loss
    penalised = loss.adversarial == "relativistic"
    real, fake = (_augmented(state, image).requires_grad_(penalised) for image in (real, fake))
    # The gradient penalty needs full precision: squared norms overflow and round in half.
    with state.autocast(not penalised):
        real_verdicts, fake_verdicts = state.discriminators(real), state.discriminators(fake)
    terms = {
        name: losses.discriminator_loss(loss.adversarial, r.float(), f.float())
        for name, r, f in _pairs(real_verdicts, fake_verdicts)
    }
    total = torch.stack(list(terms.values())).sum()
    if loss.edges:
        terms["edges"] = _edges_term(state, real.detach(), real_verdicts.texture)
        total = total + loss.edges * terms["edges"]
    if penalised:
        for image, verdicts in ((real, real_verdicts), (fake, fake_verdicts)):
            for logits in verdicts:
                total = total + loss.r1_gamma / 2 * losses.gradient_penalty(image, logits)
    state.discriminator_optimizer.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    state.discriminator_optimizer.step()
    return {f"d_{name}": term.detach() for name, term in terms.items()}


def _edges_term(state: State, real: Tensor, real_logits: Tensor) -> Tensor:
    """Art with blurred edges is no art: only texture is judged, the palette is the same."""
    mask = losses.edge_mask(real)
    with state.autocast():
        logits = state.discriminators.texture(luma(losses.smooth_edges(real, mask)))
    share = F.adaptive_avg_pool2d(mask, logits.shape[2:])
    kind = state.preset.loss.adversarial
    return losses.rejection_loss(kind, real_logits.float(), logits.float(), share)


def _generator_step(
    state: State, photo: Tensor, real: Tensor, fake: Tensor, painted: Tensor | None
) -> Terms:
    terms = _adversarial_terms(state, real, fake)
    terms |= picture_terms(state, photo, real, fake, painted)
    weights = state.preset.loss.model_dump()
    total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
    state.generator_optimizer.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(state.generator.parameters(), GRADIENT_LIMIT)
    state.generator_optimizer.step()
    return {name: term.detach() for name, term in terms.items()}


def _adversarial_terms(state: State, real: Tensor, fake: Tensor) -> Terms:
    loss = state.preset.loss
    state.discriminators.requires_grad_(False)  # only the generator learns here
    with state.autocast():
        fake_verdicts = state.discriminators(_augmented(state, fake))
        real_verdicts = fake_verdicts
        if loss.adversarial == "relativistic":
            real_verdicts = state.discriminators(_augmented(state, real))
    state.discriminators.requires_grad_(True)
    return {
        name: losses.adversarial_loss(loss.adversarial, r.float(), f.float())
        for name, r, f in _pairs(real_verdicts, fake_verdicts)
    }


def _augmented(state: State, image: Tensor) -> Tensor:
    changed: tuple[Tensor] = state.augment(image)
    return changed[0]


def _pairs(real: Verdicts, fake: Verdicts) -> list[tuple[str, Tensor, Tensor]]:
    return [(name, getattr(real, name), getattr(fake, name)) for name in Verdicts._fields]


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
    seed = zlib.crc32(f"{state.preset.train.seed}/{state.step}".encode())
    torch.manual_seed(seed)
