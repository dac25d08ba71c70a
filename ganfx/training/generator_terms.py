"""Non-adversarial loss terms of the generator; those with weight 0 are not computed.

Each is a scalar by its key in ``[loss]``, unweighted.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ganfx.stages import stage
from ganfx.training import losses
from ganfx.training.crops import Crops, Terms
from ganfx.training.restoration import worn_down
from ganfx.training.state import State


def picture_terms(state: State, crops: Crops) -> Terms:
    """The terms of ``[loss]`` that the preset turns on, but for the adversarial ones.

    What compares textures with the art's sees finished pictures; what compares with the photo, or
    with its own painted version, what the generator makes.

    Args:
        state: Networks and preset.
        crops: Photos, art, and what was made of the photos.
    """
    photo, real, painted = crops.photo, crops.real, crops.painted
    fake, finished = crops.made
    return (
        _photo_terms(state, photo, fake, painted)
        | _style_terms(state, real, finished)
        | _pair_terms(state, fake, painted)
        | _restoration_terms(state, photo, real)
        | _feature_terms(state, photo, real if painted is None else painted, fake)
        | _contrast_terms(state, photo, real, fake)
        | _steadiness_terms(state, photo, fake)
    )


def _photo_terms(state: State, photo: Tensor, fake: Tensor, painted: Tensor | None) -> Terms:
    loss = state.preset.loss
    asked = {
        "content": (loss.content, losses.content_loss),
        "structure": (loss.structure, losses.structure_loss),
        "variation": (loss.variation, losses.variation_loss),
    }
    terms = {name: term(photo, fake) for name, (weight, term) in asked.items() if weight}
    start = state.generator.recolor(photo)
    if loss.color and painted is None:
        terms["color"] = losses.color_loss(start, fake, state.vividness)
    if loss.tone and painted is None:
        terms["tone"] = losses.tone_loss(start, fake, state.tone_curve)
    return terms


def _style_terms(state: State, real: Tensor, finished: Tensor) -> Terms:
    if not state.preset.loss.style:
        return {}
    theirs, ours = (state.filters.sample(image, losses.POINTS) for image in (real, finished))
    return {"style": losses.style_loss(theirs, ours)}


def _pair_terms(state: State, fake: Tensor, painted: Tensor | None) -> Terms:
    if not state.preset.loss.pixel or painted is None:
        return {}
    return {"pixel": _difference(state, painted, fake)}


def _restoration_terms(state: State, photo: Tensor, real: Tensor) -> Terms:
    if not state.preset.loss.restore:
        return {}
    light = state.preset.loss.restore_light
    whole = _generate(state, worn_down(real, photo, state.generator, light=light))
    return {"restore": _difference(state, real, whole)}


def _difference(state: State, wanted: Tensor, made: Tensor) -> Tensor:
    """Of pixels, and of their detail at several scales."""
    responses = zip(state.filters(wanted), state.filters(made), strict=True)
    detail = torch.stack([losses.pixel_loss(a, b) for a, b in responses]).mean()
    return losses.pixel_loss(wanted, made) + detail


def _feature_terms(state: State, photo: Tensor, art: Tensor, fake: Tensor) -> Terms:
    """Terms on the feature network; ``art`` is each photo's own painting where there is one."""
    loss, terms = state.preset.loss, {}
    if not loss.compares_features:
        return {}
    ours = _features(state, fake)
    if loss.gram or loss.swd:
        with torch.no_grad():
            theirs = _features(state, art)
        if loss.gram:
            terms["gram"] = losses.gram_loss(theirs, ours)
        if loss.swd:
            terms["swd"] = losses.texture_loss(theirs, ours)
    if loss.perceptual:
        with torch.no_grad():
            coarsest = _features(state, photo)[-1]
        terms["perceptual"] = losses.perceptual_loss(coarsest, ours[-1])
    return terms


def _features(state: State, image: Tensor) -> list[Tensor]:
    # The filters are cheap and stay in full precision; a deep network is not.
    with state.autocast(state.preset.loss.features == "vgg19"):
        maps: list[Tensor] = state.features(image)
    return maps


def _contrast_terms(state: State, photo: Tensor, real: Tensor, fake: Tensor) -> Terms:
    loss, terms = state.preset.loss, {}
    if loss.contrast:
        terms["contrast"] = _contrast(state, photo, fake)
    if loss.identity:
        terms["identity"] = _contrast(state, real, _generate(state, real))
    return terms


def _contrast(state: State, before: Tensor, after: Tensor) -> Tensor:
    # Each its own: weights that autocast keeps from one without gradients have none either.
    with torch.no_grad(), state.autocast():
        keys = state.generator.encode(before)[1:]
    with state.autocast():
        queries = state.generator.encode(after)[1:]
    return losses.contrast_loss(keys, queries, list(state.heads))


def _steadiness_terms(state: State, photo: Tensor, fake: Tensor) -> Terms:
    """Terms that run the generator once more, each on a quarter of the batch.

    The crops of a batch are in random order, so the first ones stand for all.
    """
    loss, terms = state.preset.loss, {}
    few = max(1, len(photo) // 4)
    photo, fake = photo[:few], fake[:few]
    radius, side = state.generator.receptive_radius, photo.shape[-1]

    def generate(image: Tensor) -> Tensor:
        return _generate(state, image)

    if loss.shift:
        stride, margin = state.generator.stride, losses.border_margin(radius, side)
        terms["shift"] = losses.shift_loss(generate, photo, fake, stride=stride, margin=margin)
    if loss.warp:
        margin = losses.border_margin(radius + losses.WARP, side)
        terms["warp"] = losses.warp_loss(generate, photo, fake, margin=margin)
    if loss.noise:
        terms["noise"] = losses.noise_loss(generate, photo, fake)
    return terms


def _generate(state: State, image: Tensor) -> Tensor:
    with stage("generator", device=True), state.autocast():
        result: Tensor = state.generator(image)
    return result
