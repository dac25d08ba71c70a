"""A picture that several files hold together: made once, and cut for each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from ganfx.media.arrays import ImageF32
from ganfx.stylize.surface.surfaces import Surface


@dataclass(frozen=True, eq=False)
class Whole:
    """Faces of a cube map, one below the other."""

    display: ImageF32
    """``(6 N, N, 3)``, as the network takes it."""
    surface: Surface
    _made: dict[str, ImageF32] = field(default_factory=dict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def once(self, name: str, make: Callable[[], ImageF32]) -> ImageF32:
        """What was made of it under a name, or is made now."""
        with self._lock:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]


@dataclass(frozen=True, eq=False)
class FaceOf:
    """One of its faces."""

    whole: Whole
    number: int

    def cut(self, plane: ImageF32) -> ImageF32:
        """The face, of a plane of all."""
        side = plane.shape[1]
        return plane[self.number * side : (self.number + 1) * side]
