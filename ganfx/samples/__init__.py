"""Sample pictures made here: rendered scenes with exact flow, and the classical teachers.

Scenes are drawn by code from a seed, and the teachers turn any photograph into art with
classical filters. The package is part of ganfx for four reasons:

- The camera and the depth of a scene are known, and so is its optical flow, exactly. The
  temporal filter is tested and measured against that; estimated flow would not do.
- Pictures to train on and to test with, free of anyone's licence, and the same from the same
  seed on every machine: nodes of a farm are compared by them (``ganfx verify --probe``).
- A demo, and presets that train on a fresh clone, with nothing to download.
- The right answer of a teacher is known for every picture, so that training can be scored: how
  near does a network come to a painting that it was never shown?

`kinds` describes the scenes (in ``kinds.toml``), `composition` places their `layers`, and
`scene` renders them. `teachers` paints, `pictures` makes sets to learn from, and `writing` puts
all of it on disk for ``ganfx samples``.
"""

from ganfx.samples.camera import FIRST_FRAME, Move
from ganfx.samples.pictures import sample_pictures
from ganfx.samples.scene import Scene, develop, still
from ganfx.samples.teachers import TEACHERS, teach

__all__ = [
    "FIRST_FRAME",
    "TEACHERS",
    "Move",
    "Scene",
    "develop",
    "sample_pictures",
    "still",
    "teach",
]
