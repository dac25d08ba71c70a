"""Settings for all tests."""

from __future__ import annotations

import os

# One thread: the pictures are tiny, and waiting threads make a busy machine crawl. Set
# before torch is imported, and inherited by the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")
