"""Memory accounting: peak use of training, and memory that is available."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import torch

STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")
MACHINE = Path("/proc/meminfo")
GROUP = Path("/sys/fs/cgroup")  # limits of a container


def peak_memory(device: torch.device) -> int | None:
    """Peak bytes used on the GPU, or by this process; None where the system cannot tell."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if sys.platform == "win32":
        return None
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # Linux counts in KiB


class MemoryMeter:
    """The peak of a stretch of work, on the device that it runs on."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._restarted = True

    def restart(self) -> None:
        """Forget the peak so far."""
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self._device)
            return
        try:
            RESET.write_text("5")  # proc(5): VmHWM begins anew
        except OSError:
            self._restarted = False

    def peak(self) -> int | None:
        """Bytes since the restart; None where the system cannot tell."""
        if self._device.type == "cuda":
            return torch.cuda.max_memory_reserved(self._device)
        return _in_bytes(STATUS, "VmHWM") if self._restarted else None

    def available(self) -> int | None:
        """Bytes that this process could have in all, what it has already included."""
        if self._device.type == "cuda":
            free, _ = torch.cuda.mem_get_info(self._device)
            return free + torch.cuda.memory_reserved(self._device)
        own, free_here = _in_bytes(STATUS, "VmRSS"), _in_bytes(MACHINE, "MemAvailable")
        if own is None or free_here is None:
            return None
        return min(free_here + own, _group_limit() or free_here + own)


def _in_bytes(table: Path, key: str) -> int | None:
    with suppress(OSError):
        for line in table.read_text().splitlines():
            name, _, value = line.partition(":")
            if name == key:
                return int(value.split()[0]) * 1024  # always in kB
    return None


def _group_limit() -> int | None:
    with suppress(OSError, ValueError):  # "max" is none
        return int((GROUP / "memory.max").read_text())
    return None
