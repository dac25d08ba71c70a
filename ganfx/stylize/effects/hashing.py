"""Hashes of positions: chances that no order of work, machine or library changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint32]


def mixed(h: Hashes) -> Hashes:
    """Scramble 32 bits without loss: every input bit moves about half of the output bits.

    Shifts and multipliers are those of "lowbias32" (C. Wellons, Prospecting for Hash
    Functions, 2018; public domain).
    """
    h = h ^ (h >> np.uint32(16))
    h *= np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846CA68B)
    h ^= h >> np.uint32(16)
    return h


def drawn_anew(hashes: Hashes, others: Hashes, share: float) -> Hashes:
    """Hashes of which a share, 0 to 1, is replaced by others, by a chance of those."""
    chance = mixed(others ^ np.uint32(0x51AB1E5))
    chosen = chance.astype(np.float64) < share * 2.0**32
    return np.where(chosen, others, hashes)


def mixed_key(*values: int) -> int:
    """One 32-bit key of several integers of any size."""
    key = np.zeros(1, np.uint32)
    for value in values:
        for half in (value & 0xFFFFFFFF, (value >> 32) & 0xFFFFFFFF):
            key = mixed(key + np.uint32(0x9E3779B9) ^ np.uint32(half))
    return int(key[0])
