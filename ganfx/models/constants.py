"""Constants of networks and losses: small tensors that are made once, not at every call.

On a GPU each operation of a step is launched by Python, however small: a kernel of sixteen taps
that is counted out anew takes as long as the convolution with it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import torch
from torch import Tensor

MOST = 256
"""Constants that are kept: some go by a picture's size, and there may be many of those."""

_kept: dict[Hashable, Tensor] = {}


def constant(name: Hashable, like: Tensor, make: Callable[[], Tensor]) -> Tensor:
    """A tensor that depends on nothing but its name, and on the device and kind of another.

    Args:
        name: What it is, with all numbers that it is made of.
        like: What it is used with.
        make: Makes it, on the device, without waiting for it.

    Returns:
        It, which is not to be changed.
    """
    # Where a network is taken apart to be compiled or exported, tensors are only descriptions.
    if type(like) is not Tensor or torch.compiler.is_compiling():
        return make()
    key = (name, like.device, like.dtype)
    found = _kept.get(key)
    if found is not None:
        return found
    with torch.inference_mode(False), torch.no_grad():  # or training could not use it later
        made = make()
    if like.device.type == "cuda" and torch.cuda.is_current_stream_capturing():
        return made  # it is computed whenever the recording is replayed, and only there
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = made
    return made
