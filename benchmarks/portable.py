"""What portable mode costs, and whether another CPU really makes the same pixels.

    python benchmarks/portable.py [STYLE] [--size 640x360] [--emulate qemu-x86_64]

Times a frame in each mode. With ``--emulate`` a small probe is then rendered twice in each portable
mode: here, and on the oldest CPU that has its instructions, emulated by QEMU's user mode (Debian's
qemu-user; minutes). Every hash has to be equal.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from machine import describe_machine

MODES = ("", "sse4", "avx2")
CPUS = {"sse4": "Nehalem", "avx2": "Haswell"}
"""What QEMU calls the oldest CPU of a mode."""
BEGIN = """
import json, sys, time
mode = sys.argv[1]
if mode:
    from ganfx.media.portable import use_portable_cpu
    use_portable_cpu(mode)
"""
TIMES = f"""{BEGIN}
import numpy as np
from ganfx.models.devices import check_portable_cpu
from ganfx.stylize.network.look import open_look
from ganfx.stylize.network.plate import prepare
from ganfx.stylize.network.inference import run_network
from ganfx.stylize.options import Options
check_portable_cpu(mode)
width, height = (int(side) for side in sys.argv[3].split("x"))
look, options = open_look(sys.argv[2], device="cpu"), Options(portable=mode)
picture = prepare(np.random.default_rng(0).random((height, width, 3), np.float32))
seconds = []
for _ in range(4):
    started = time.monotonic()
    run_network(look, picture, options, deep=True)
    seconds.append(time.monotonic() - started)
print(json.dumps(min(seconds)))
"""
PROBE = f"""{BEGIN}
import ganfx.farm.probe as probe
probe.SIZE, probe._looks = (96, 54), lambda: [sys.argv[2]]
print(json.dumps(probe.take_probe(portable=mode)["hashes"]))
"""


def main() -> None:
    """Print a line for each mode."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("style", nargs="?", default="engraving")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--emulate", metavar="QEMU", default="")
    options = parser.parse_args()
    print(describe_machine())
    for mode in MODES:
        seconds = told([], TIMES, mode, options.style, options.size)
        print(f"{mode or 'fastest'}: {seconds:.2f} s a frame of {options.size}", flush=True)
    for mode, cpu in CPUS.items() if options.emulate else ():
        here = told([], PROBE, mode, options.style)
        there = told([options.emulate, "-cpu", cpu], PROBE, mode, options.style)
        different = [name for name in here if here[name] != there[name]]
        print(f"{mode} on {cpu}: {len(here)} hashes, {len(different)} differ {different}")


def told(emulator: list[str], script: str, *arguments: str) -> object:
    """What a script prints, as JSON, in a process of its own."""
    command = [*emulator, sys.executable, "-c", script, *arguments]
    quiet = subprocess.DEVNULL
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=quiet, check=True)
    return json.loads(result.stdout)


if __name__ == "__main__":
    main()
