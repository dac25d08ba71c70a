"""Sample pictures made here: rendered scenes with exact flow, and the classical teachers.

Nothing in this room needs a download or a licence: scenes are drawn by code from a
seed, and the teachers turn any photograph into art with classical filters. They feed
the demo, the tests that need ground truth, and training on a fresh clone.
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
