"""What a caller may choose about a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ganfx.errors import UsageError, nearest
from ganfx.media.formats import MOST_PIXELS, PICTURE_SUFFIXES, Depth

Precision = Literal["auto", "float32", "bfloat16"]
Missing = Literal["skip", "error", "hold", "black"]
Vfr = Literal["refuse", "keep"]
Portable = Literal["", "sse4", "avx2"]
OnError = Literal["skip", "stop"]
Wrap = Literal["", "x", "y", "xy"]

WORDS: dict[str, tuple[str | None, ...]] = {
    "missing": get_args(Missing),
    "vfr": get_args(Vfr),
    "wrap": get_args(Wrap),
    "depth": (None, *get_args(Depth)),
    "precision": get_args(Precision),
    "portable": get_args(Portable),
    "on_error": get_args(OnError),
}
"""What may be said, where that is one of a few words."""
DEPTHS: dict[str, Depth] = {
    "8": "uint8",
    "10": "uint10",
    "16": "uint16",
    "half": "half",
    "float": "float",
}
"""What people call them, from the fewest tones to the most."""
SCALES = (0.25, 8.0)
"""Smallest and largest brush."""


@dataclass(frozen=True)
class Options:
    """How to stylise. Only those marked * change a pixel.

    Raises:
        UsageError: On construction: a value that makes no sense.
    """

    out: Path | None = None
    """Where results go: a folder, or a file for a single picture or video. None is
    ``<input>-<style>`` beside the input."""
    frames: str | None = None
    """Frame range of the sequences, in fileseq's notation: ``1001-1100x2``."""
    strength: float = 1.0
    """* 0 is the source, 1 the look."""
    grain: float | None = None
    """* Film grain in mid-tones, standard deviation in the display range 0 to 1; None is
    the style's, 0 is none."""
    dabs: float | None = None
    """* How far dabs of a brush differ, 0 to 1; None is the style's, 0 is none."""
    hatch: float | None = None
    """* Contrast of the lines that tone is made of, 0 to 1; None is the style's, 0 is none."""
    seed: int = 0
    """* Of the grain."""
    consistency: float = 0.5
    """* How still shots are held over time: 0 does every frame by itself, 1 holds brush
    detail as long as light and colour."""
    cuts: str = "auto"
    """* Where a sequence or a video holds several shots: ``auto`` finds cuts, ``none`` has
    none, or a text file with the first frame of each further shot, one number a line."""
    flow: str = ""
    """* Motion that a renderer knows, instead of estimating it: a folder of vectors by frame
    number, or ``channel:U,V[,BACK_U,BACK_V]`` of the plates; pixels right and down."""
    missing: Missing = "skip"
    """* What becomes of frames that a sequence lacks: ``skip`` leaves the gap, ``error``
    refuses the sequence, ``hold`` does the frame before once more, ``black`` writes black."""
    vfr: Vfr = "refuse"
    """What becomes of a video with a variable frame rate: ``keep`` shows every frame when the
    source does, ``refuse`` fails it, as most of what comes after would lose step with sound."""
    matte: str = ""
    """* Where the look shows: a picture or a sequence (its alpha, else its luma), or
    ``channel:NAME`` of the plates; "" is everywhere."""
    keep_color: bool = False
    """* The look's light and texture, the plate's hue and colourfulness."""
    scale: float = 1.0
    """* Size of the brush: at 2 strokes are twice as wide, at 0.5 half as wide. The
    network sees the picture that much smaller, so detail finer than the brush is lost."""
    wrap: Wrap = ""
    """* Axes along which a texture tiles, and the result has to: ``x``, ``y`` or ``xy``."""
    format: str | None = None
    """* Picture format of the results, such as ``png``; None keeps the source's."""
    max_pixels: int = MOST_PIXELS
    """Larger pictures are refused."""
    colorspace: str = "auto"
    """* What the plates are encoded in: a name of OpenColorIO's built-in ACES configuration,
    or of ``ocio``; ``srgb`` is as a display takes it, ``cineon`` film densities. ``auto``:
    integers are sRGB, but of a DPX that says that they are densities; floating point is
    scene-linear, with ACES primaries where an EXR says so, else Rec. 709's."""
    ocio: Path | None = None
    """* A studio's own OpenColorIO configuration."""
    depth: Depth | None = None
    """* Depth of the written pictures; None is the source's, or what comes nearest to it
    where the format does not hold that."""
    precision: Precision = "auto"
    """* ``auto`` multiplies 8-bit frames in bfloat16 on a CPU that does so natively: twice
    as fast, and off by less than a third of an 8-bit step (root mean square). Frames of
    more depth, and all frames on a GPU, are done in float32. Choose ``float32`` where
    machines of different kinds share one shot."""
    portable: Portable = ""
    """* Instructions that the network keeps to, so that all CPUs make the same pixels:
    ``sse4`` is every x86-64, ``avx2`` those since 2013, several times as fast. "" is the
    fastest there is. See `ganfx.media.portable.use_portable_cpu`, which has to come first."""
    compile: bool = False
    """* Compile the network first: 40 seconds for every size of frame, once on a machine, and
    a tenth to a quarter less time for each. Pixels differ in the last bits of float32. Without a
    compiler the network runs as it is."""
    tile: int | None = None
    """Side of the tiles in pixels; None is the fastest that keeps memory low."""
    threads: int | None = None
    """CPU threads of the network; None is torch's choice."""
    device: str = "auto"
    """``auto``, ``cpu`` or ``cuda``."""
    overwrite: bool = False
    """Redo what is finished, and replace files that ganfx did not write."""
    force: bool = False
    """Stylise data textures (normals, roughness...) too."""
    expect: str = ""
    """What `ganfx.styles.library.identity` has to be, so that all nodes of a farm agree; "" does
    not ask."""
    on_error: OnError = "skip"
    """After a frame that cannot be done: ``skip`` goes on with the others, ``stop`` does not."""

    def __post_init__(self) -> None:
        for name in ("strength", "grain", "dabs", "hatch", "consistency"):
            value = getattr(self, name)
            if value is not None and not 0.0 <= value <= 1.0:
                raise UsageError(f"--{name} {value}: expected a value from 0 to 1")
        low, high = SCALES
        if not low <= self.scale <= high:
            raise UsageError(f"--scale {self.scale:g}: expected a value from {low:g} to {high:g}")
        self._check_words()
        self._check_portable()
        for name in ("tile", "threads", "max_pixels"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UsageError(f"--{name.replace('_', '-')} {value}: expected at least 1")
        if self.format is not None and self.suffix not in PICTURE_SUFFIXES:
            known = sorted(suffix[1:] for suffix in PICTURE_SUFFIXES)
            near = nearest(self.format.lower().lstrip("."), known)
            hint = f"did you mean {near}?" if near else f"expected one of {', '.join(known)}"
            raise UsageError(f"--format {self.format}: not a picture format", hint=hint)

    def _check_words(self) -> None:
        for name, words in WORDS.items():
            value = getattr(self, name)
            if value not in words:
                *others, last = filter(None, words)
                # As in Python: the command line refuses such words by itself.
                told = f"{name}={value!r}: expected {', '.join(others)} or {last}"
                raise UsageError(told)

    def _check_portable(self) -> None:
        if self.portable and self.device == "cuda":
            raise UsageError("portable pixels are a CPU's: --device cuda does not go with them")
        if self.portable and self.precision == "bfloat16":
            raise UsageError("portable pixels are made in float32, not bfloat16")
        if self.portable and self.compile:
            raise UsageError("portable pixels are not made by code compiled for this CPU")

    def amount_of(self, effect: str) -> float | None:
        """What was asked for of an effect, by its name; None leaves it to the style."""
        amount: float | None = getattr(self, effect, None)
        return amount

    @property
    def network_device(self) -> str:
        """``device``, where ``portable`` does not decide it."""
        return "cpu" if self.portable and self.device == "auto" else self.device

    @property
    def holds_still(self) -> bool:
        """Whether shots go through the temporal filter."""
        return self.consistency > 0 and self.strength > 0

    @property
    def fills_gaps(self) -> bool:
        """Whether frames that a sequence lacks are made, too."""
        return self.missing in ("hold", "black")

    @property
    def suffix(self) -> str | None:
        """File suffix of the chosen format, such as ``.png``."""
        return None if self.format is None else "." + self.format.lower().lstrip(".")
