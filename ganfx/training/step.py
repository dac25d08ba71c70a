"""One step: the discriminators learn from a batch, then the generator does.

Each has its own Adam. Everything random in a step is drawn from torch's global
generator, which the step seeds itself.
"""

from __future__ import annotations

import copy
import zlib
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ganfx.models.devices import best_precision
from ganfx.models.discriminators import Discriminators, Verdicts
from ganfx.models.filters import FilterBank
from ganfx.models.generator import Generator
from ganfx.preset import Preset
from ganfx.training import losses
from ganfx.training.augment import Augment
from ganfx.training.data import Batch, to_network

GENERATOR_BETAS = (0.9, 0.99)
DISCRIMINATOR_BETAS = (0.5, 0.99)  # an opponent that moves must be followed quickly
GRADIENT_LIMIT = 10.0  # norm of the generator's gradient


@dataclass
class State:
    """Everything that a step changes, and the fixed parts that it needs."""

    preset: Preset
    device: torch.device
    generator: Generator
    averaged: Generator  # exponential moving average: what becomes the style
    discriminators: Discriminators
    generator_optimizer: torch.optim.Adam
    discriminator_optimizer: torch.optim.Adam
    augment: Augment
    filters: FilterBank
    precision: torch.dtype
    step: int = 0  # steps done
    steps: int = 0  # steps of the whole run
    seconds: float = 0.0  # wall-clock time of the steps done, interruptions left out


def new_state(preset: Preset, device: torch.device) -> State:
    """Networks as the seed makes them, before the first step."""
    torch.manual_seed(preset.train.seed)
    generator = Generator(preset.model)
    discriminators = Discriminators(preset.discriminator)
    averaged = copy.deepcopy(generator).requires_grad_(False).eval()
    for network in (generator, averaged, discriminators):
        network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    train, fused = preset.train, device.type == "cuda"
    return State(
        preset=preset,
        device=device,
        generator=generator,
        averaged=averaged,
        discriminators=discriminators,
        generator_optimizer=_adam(generator, train.generator_lr, GENERATOR_BETAS, fused),
        discriminator_optimizer=_adam(
            discriminators, train.discriminator_lr, DISCRIMINATOR_BETAS, fused
        ),
        augment=Augment(preset.augment),
        filters=FilterBank().to(device),
        precision=best_precision(device),
        steps=preset.train.steps,
    )


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
    with torch.autocast(state.device.type, state.precision, _autocasts(state)):
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


def _discriminator_step(state: State, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    loss = state.preset.loss
    penalised = loss.adversarial == "relativistic"
    real, fake = (_augmented(state, image).requires_grad_(penalised) for image in (real, fake))
    # The gradient penalty needs full precision: squared norms overflow and round in half.
    with torch.autocast(state.device.type, state.precision, _autocasts(state) and not penalised):
        real_verdicts, fake_verdicts = state.discriminators(real), state.discriminators(fake)
    terms = {
        name: losses.discriminator_loss(loss.adversarial, r.float(), f.float())
        for name, r, f in _pairs(real_verdicts, fake_verdicts)
    }
    total = torch.stack(list(terms.values())).sum()
    if penalised:
        for image, verdicts in ((real, real_verdicts), (fake, fake_verdicts)):
            for logits in verdicts:
                total = total + loss.r1_gamma / 2 * losses.gradient_penalty(image, logits)
    state.discriminator_optimizer.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    state.discriminator_optimizer.step()
    return {f"d_{name}": term.detach() for name, term in terms.items()}


def _generator_step(
    state: State, photo: Tensor, real: Tensor, fake: Tensor, painted: Tensor | None
) -> dict[str, Tensor]:
    terms = _adversarial_terms(state, real, fake)
    terms |= _picture_terms(state, photo, real, fake, painted)
    weights = state.preset.loss.model_dump(exclude={"adversarial"})
    total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
    state.generator_optimizer.zero_grad(set_to_none=True)
    total.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(state.generator.parameters(), GRADIENT_LIMIT)
    state.generator_optimizer.step()
    return {name: term.detach() for name, term in terms.items()}


def _adversarial_terms(state: State, real: Tensor, fake: Tensor) -> dict[str, Tensor]:
    loss = state.preset.loss
    state.discriminators.requires_grad_(False)  # only the generator learns here
    with torch.autocast(state.device.type, state.precision, _autocasts(state)):
        fake_verdicts = state.discriminators(_augmented(state, fake))
        real_verdicts = fake_verdicts
        if loss.adversarial == "relativistic":
            real_verdicts = state.discriminators(_augmented(state, real))
    state.discriminators.requires_grad_(True)
    return {
        name: losses.adversarial_loss(loss.adversarial, r.float(), f.float())
        for name, r, f in _pairs(real_verdicts, fake_verdicts)
    }


def _picture_terms(
    state: State, photo: Tensor, real: Tensor, fake: Tensor, painted: Tensor | None
) -> dict[str, Tensor]:
    """Terms that compare pictures; those with weight 0 are not computed."""
    loss = state.preset.loss
    terms = {}
    if loss.content:
        terms["content"] = losses.content_loss(photo, fake)
    if loss.style:
        terms["style"] = losses.style_loss(state.filters(real), state.filters(fake))
    if loss.color:
        terms["color"] = losses.color_loss(photo, fake)
    if loss.variation:
        terms["variation"] = losses.variation_loss(photo, fake)
    if loss.pixel and painted is not None:
        responses = zip(state.filters(painted), state.filters(fake), strict=True)
        terms["pixel"] = (
            losses.pixel_loss(painted, fake)
            + torch.stack([losses.pixel_loss(a, b) for a, b in responses]).mean()
        )
    return terms


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


def _adam(
    network: nn.Module, lr: float, betas: tuple[float, float], fused: bool
) -> torch.optim.Adam:
    return torch.optim.Adam(network.parameters(), lr=lr, betas=betas, fused=fused)


def _autocasts(state: State) -> bool:
    return state.precision != torch.float32
