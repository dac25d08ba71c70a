"""``python -m ganfx``: the same as the ``ganfx`` command."""

from ganfx.cli import main

main()
