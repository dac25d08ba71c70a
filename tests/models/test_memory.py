"""Memory of networks: large pages are asked for before torch makes its first tensor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

VARIABLE = "THP_MEM_ALLOC_ENABLE"


@pytest.mark.parametrize(("given", "found"), [(None, "1"), ("0", "0")])
def test_large_pages_are_asked_for_unless_the_environment_says_otherwise(given, found):
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    environment |= {VARIABLE: given} if given else {}
    code = f"import os, ganfx.models; print(os.environ['{VARIABLE}'])"
    command = [sys.executable, "-c", code]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == found
