"""Freed memory stays with the process: its pages are there when they are asked for again."""

import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from ganfx.media.allocation import keep_freed_memory
if sys.argv[1] == "kept" and not keep_freed_memory():
    sys.exit("no glibc")
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    np.ones(50_000_000, np.uint8)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of glibc")
def test_an_array_that_is_asked_for_again_costs_no_new_pages():
    def faults(how: str) -> int:
        command = [sys.executable, "-c", FAULTS, how]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if "no glibc" in done.stderr:
            pytest.skip("another C library")
        return int(done.stdout)

    assert faults("kept") < 10 < faults("given back")
