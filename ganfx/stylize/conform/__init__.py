"""Timelines: only what a cut uses of its media is stylised, and a timeline of the results made."""

from ganfx.stylize.conform.run import conform

__all__ = ["conform"]
