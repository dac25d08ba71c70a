"""ganfx: train looks and apply them to film and game footage.

Importing this package imports no heavy library. The public Python API is
`ganfx.preprocess.preprocess`, `ganfx.training.train` and `ganfx.stylize.stylize`: iterators of
typed events.
"""

__version__ = "0.1.0"
