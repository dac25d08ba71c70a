"""Networks: tensors in, tensors out; no picture is read or written here.

Images are ``(B, 3, H, W)`` sRGB-encoded floats in [-1, 1]. Every network is local:
none looks at whole-image statistics (no instance, layer or group normalisation, no
attention, no global pooling), so a pixel's value never depends on what lies farther
away than a published radius, and any tiling gives the same pixels.
"""

from __future__ import annotations

import os

# Large tensors come in pages of 2 MB where Linux has them: of 4 kB a frame takes 100,000, which are
# found and cleared one by one, in as much time as the sums. Torch looks here at its first tensor.
os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
