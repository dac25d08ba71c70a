"""Adaptive discriminator control: augmentation (ADA) and learning-rate throttling.

A discriminator that tells everything apart has stopped to teach: its logits for the
generator's pictures say "fake" whatever is drawn. Two answers, each its own key:

- ``augment.adaptive``: it sees more augmented pictures the surer it is of the art (Karras
  et al. 2020, "Training Generative Adversarial Networks with Limited Data"). The answer
  to few pictures of art, which it would otherwise learn by heart.
- ``discriminator.throttle``: it learns slower while it tells nearly everything apart, or
  while a single step of its own shifts its logits far, and at full speed again once
  neither is so. The answer to a learning rate that is too high for this art. If it is the
  generator that runs away, nothing needs to be slowed: the adversarial gradient fades,
  and the other terms hold the picture.

Both are read off sums that the device keeps (`ganfx.training.training_stats`), every few steps.
"""

from __future__ import annotations

from dataclasses import dataclass

from ganfx.preset import AugmentConfig

SATURATED = 0.95  # accuracy above which a discriminator slows down
IN_PLAY = 0.9  # accuracy below which it recovers
LARGE_SHIFT = 0.6  # shift of its mean logit in one step, in standard deviations, that is too much
SMALL_SHIFT = 0.4  # and below which it recovers
HALVING = 10  # steps in which it slows to half; twice as many to double
LEAP = 1 / 8  # what it slows to at most at a time
SLOWEST = 1 / 64
MOST = 0.8  # chance of augmentation beyond which it leaks into the look (Karras et al., fig. 4)


@dataclass
class Throttle:
    """How much of its learning rate a discriminator uses."""

    factor: float = 1.0

    @property
    def is_slowest(self) -> bool:
        """Whether it cannot be slowed down any further."""
        return self.factor <= SLOWEST

    def update(self, accuracy: float, logit_shift: float, steps: int) -> None:
        """Follow the logits of the last steps.

        Args:
            accuracy: Share of patches, of art and of results, that it told right; 0 to 1.
            logit_shift: How far one step of its own moved the mean of its logits, in units
                of their deviation.
            steps: Over how many both were measured.
        """
        if logit_shift > LARGE_SHIFT:  # about proportional to the learning rate: once is enough
            self.factor *= max(SMALL_SHIFT / logit_shift, LEAP)
        elif accuracy > SATURATED:
            self.factor *= 0.5 ** (steps / HALVING)
        elif accuracy < IN_PLAY and logit_shift < SMALL_SHIFT:
            self.factor *= 2.0 ** (steps / (2 * HALVING))
        self.factor = min(max(self.factor, SLOWEST), 1.0)


@dataclass
class AugmentProbability:
    """The chance with which what the discriminators see is augmented."""

    value: float

    def update(self, real_sign: float, images: int, config: AugmentConfig) -> None:
        """Follow r_t of the paper: one step up while above the target, one down below.

        Args:
            real_sign: Mean sign of the logits of art; 1 is sure, 0 is undecided.
            images: Over how many it was measured.
            config: Target and speed.
        """
        if not config.adaptive:
            return
        step = images / config.speed
        self.value += step if real_sign > config.target else -step
        self.value = min(max(self.value, 0.0), MOST)
