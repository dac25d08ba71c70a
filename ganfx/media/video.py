"""Video files."""

from __future__ import annotations

VIDEO_SUFFIXES = frozenset({".mp4", ".mov", ".mkv", ".m4v", ".avi", ".webm", ".mxf"})
"""Files with these suffixes are videos; lower case, with the dot."""
