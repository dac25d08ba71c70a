"""Loss terms: pure functions from tensors to one scalar.

Images are ``(B, 3, H, W)`` floats in [-1, 1]. Logits are a discriminator's raw
output, ``(B, 1, h, w)``: one per patch, high for "real". All terms are
means, so none depends on the crop's size or on the number of crops. What is drawn at
random comes from torch's global generator, and nothing here waits for the device.
"""

from ganfx.training.losses.adversarial import (
    ADVERSARIAL_LOSSES,
    AdversarialLoss,
    gradient_penalty,
)
from ganfx.training.losses.content import (
    TONE_AREA,
    color_loss,
    content_loss,
    perceptual_loss,
    pixel_loss,
    structure_loss,
    tone_loss,
    variation_loss,
)
from ganfx.training.losses.contrast import contrast_loss, patch_nce
from ganfx.training.losses.equivariance import (
    WARP,
    border_margin,
    noise_loss,
    shift_loss,
    smooth_flow,
    warp,
    warp_loss,
)
from ganfx.training.losses.negatives import edge_mask, smooth_edges
from ganfx.training.losses.style import (
    POINTS,
    gram_loss,
    gram_matrix,
    style_loss,
    texture_loss,
)

__all__ = [
    "ADVERSARIAL_LOSSES",
    "POINTS",
    "TONE_AREA",
    "WARP",
    "AdversarialLoss",
    "border_margin",
    "color_loss",
    "content_loss",
    "contrast_loss",
    "edge_mask",
    "gradient_penalty",
    "gram_loss",
    "gram_matrix",
    "noise_loss",
    "patch_nce",
    "perceptual_loss",
    "pixel_loss",
    "shift_loss",
    "smooth_edges",
    "smooth_flow",
    "structure_loss",
    "style_loss",
    "texture_loss",
    "tone_loss",
    "variation_loss",
    "warp",
    "warp_loss",
]
