"""Effects that are laid over the network's output: a table each, in presets and style headers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ganfx.preset.section import Section, UnitFloat


class EffectConfig(Section):
    """An effect of any kind: 0 leaves the picture as it is."""

    amount: UnitFloat = 0.0

    @property
    def summary(self) -> str:
        """In a few words, for a style's card."""
        return f"{self.amount:g}"


class GrainConfig(EffectConfig):
    """Film grain, or the tooth of a paper: added after the network, the same on every machine."""

    amount: UnitFloat = 0.0
    """Standard deviation in mid-tones, of the display range 0 to 1."""
    size: Annotated[float, Field(ge=1.0, le=8.0)] = 1.5
    """Grain diameter in pixels at 1080 lines; scales with the picture's height. What becomes
    finer than a pixel becomes fainter."""
    color: UnitFloat = 0.0
    """0 is the same grain in red, green and blue; 1 is independent grain."""
    still: bool = False
    """The same in every picture and frame: paper or canvas instead of film."""

    @property
    def summary(self) -> str:
        """Amount and size."""
        return f"{self.amount:g} at {self.size:g} px"


class HatchConfig(EffectConfig):
    """Lines that tone is made of: laid after the network, like grain, and going with the scene."""

    amount: UnitFloat = 0.0
    """Contrast of the lines."""
    spacing: Annotated[float, Field(ge=2.0, le=64.0)] = 8.0
    """Pixels from line to line at 1080 lines; scales with the picture's height, down to 3.5."""
    angles: Annotated[tuple[float, ...], Field(min_length=1, max_length=4)] = (-12.0, 47.0)
    """Degrees by which lines fall to the right, in layers: the first has the light tones, each
    further one crosses it where the picture is darker."""
    cross: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.4
    """Tone below which a layer is crossed by the next, of the display range 0 to 1."""
    bend: Annotated[float, Field(ge=0.0, le=4.0)] = 1.0
    """Spacings by which white pushes a line aside and black does not: lines bend over forms."""
    broken: UnitFloat = 0.0
    """0 is a burin's unbroken line, 1 a pencil's strokes."""

    @property
    def summary(self) -> str:
        """Amount, spacing and angles."""
        angles = ", ".join(f"{angle:g}" for angle in self.angles)
        return f"{self.amount:g} at {self.spacing:g} px, {angles} degrees"


class DabsConfig(EffectConfig):
    """Dabs of a brush, laid after the network as hatching is, and going with the scene."""

    amount: UnitFloat = 0.0
    """How far neighbouring dabs differ."""
    size: Annotated[float, Field(ge=4.0, le=256.0)] = 18.0
    """Width of a dab in pixels at 1080 lines; scales with the picture's height, down to 5."""
    angle: float = -12.0
    """Degrees by which dabs fall to the right."""
    spread: Annotated[float, Field(ge=0.0, le=90.0)] = 35.0
    """Degrees by which they stray from it."""
    hue: UnitFloat = 0.8
    """How far they differ from warm to cool, beside light and dark."""

    @property
    def summary(self) -> str:
        """Amount, size and angle."""
        return f"{self.amount:g} at {self.size:g} px, {self.angle:g} degrees"


class StrokesConfig(EffectConfig):
    """Brush strokes that make the picture: laid over the network's, from broad to fine."""

    amount: UnitFloat = 0.0
    """How far strokes cover the picture."""
    size: Annotated[float, Field(ge=4.0, le=256.0)] = 46.0
    """Width of the broadest brush in pixels at 1080 lines; scales with the picture's height."""
    levels: Annotated[int, Field(ge=1, le=8)] = 5
    """Brushes, each about half as wide as the one before it; fine ones go where detail is."""
    length: Annotated[float, Field(ge=1.0, le=16.0)] = 5.0
    """Length of a stroke, in widths; shorter where the color under it changes."""
    detail: Annotated[float, Field(gt=0.0, le=1.0)] = 0.03
    """Detail, of the display range, from which a finer brush is taken: less is more of them."""
    angle: float = -12.0
    """Degrees by which strokes fall to the right where no form leads them."""
    tone: UnitFloat = 0.03
    """How far strokes differ in tone."""
    hue: UnitFloat = 0.03
    """How far they differ from warm to cool."""
    earth: UnitFloat = 0.0
    """How far dull dark strokes lose their hue to a warm black, as of umber."""
    calm: UnitFloat = 0.0
    """How much less they differ, in relief too, where the picture is plain: clear skies, walls."""
    relief: Annotated[float, Field(ge=0.0, le=4.0)] = 0.6
    """Height of the paint, lit from the upper left; 0 is flat."""

    @property
    def summary(self) -> str:
        """Amount, size and length."""
        return f"{self.amount:g} at {self.size:g} px, {self.length:g} widths long"


class LinesConfig(EffectConfig):
    """Drawn lines that make the picture: a burin's, a woodcutter's, a pencil's."""

    amount: UnitFloat = 0.0
    """How far the picture is drawn in lines."""
    spacing: Annotated[float, Field(ge=2.0, le=64.0)] = 7.0
    """Pixels from line to line at 1080 lines; scales with the picture's height, down to 4."""
    angle: float = -12.0
    """Degrees by which lines fall to the right where no form leads them."""
    form: UnitFloat = 1.0
    """How far lines follow the form; 0 is lines that are ruled at their angle."""
    white: UnitFloat = 0.9
    """Tone, of the display range 0 to 1, above which the paper is left bare."""
    black: UnitFloat = 0.08
    """Tone below which ink covers all."""
    open: UnitFloat = 0.0
    """How far the shadows are opened, so that form stays readable there."""
    cross: UnitFloat = 0.0
    """Tone below which other lines cross the first; 0 is never."""
    crossing: float = 50.0
    """Degrees between these and the first."""
    contour: UnitFloat = 0.3
    """How strongly fine dark detail is drawn beside the lines."""
    soft: UnitFloat = 0.0
    """Softness of the lead, in spacings: 0 is a burin's edge."""
    tooth: UnitFloat = 0.0
    """How far the grain of the paper shows in the ink."""
    ink: tuple[UnitFloat, UnitFloat, UnitFloat] = (0.0, 0.0, 0.0)
    """Red, green and blue of the ink."""
    paper: tuple[UnitFloat, UnitFloat, UnitFloat] = (1.0, 1.0, 1.0)
    """Red, green and blue of the paper."""
    over: UnitFloat = 0.0
    """How far the picture itself shows between lines, in place of the paper."""
    colored: UnitFloat = 0.0
    """How far ink has the colors of the picture."""

    @property
    def summary(self) -> str:
        """Amount and spacing."""
        return f"{self.amount:g} at {self.spacing:g} px"


class WashesConfig(EffectConfig):
    """Transparent washes over white paper: laid over the network's output, below its lines."""

    amount: UnitFloat = 0.0
    """How far washes replace the picture."""
    size: Annotated[float, Field(ge=4.0, le=128.0)] = 20.0
    """Breadth in pixels at 1080 lines from which an area is a wash of its own; scales with the
    picture's height."""
    steps: Annotated[int, Field(ge=2, le=8)] = 5
    """Layers of tone, from light to dark, multiplied over the paper."""
    wet: UnitFloat = 0.5
    """How many borders bleed; the others dry hard."""
    rim: Annotated[float, Field(ge=0.0, le=2.0)] = 1.0
    """How much pigment gathers at hard borders."""
    granulation: UnitFloat = 0.4
    """How far pigment settles in the valleys of the paper."""
    hue: UnitFloat = 0.5
    """How far hues wander within a wash."""
    line: UnitFloat = 0.7
    """Strength of the pen's line over the washes."""
    paper: tuple[UnitFloat, UnitFloat, UnitFloat] = (0.985, 0.962, 0.915)
    """Color of the paper, of the display range 0 to 1."""

    @property
    def summary(self) -> str:
        """Amount, size and steps."""
        return f"{self.amount:g} at {self.size:g} px, {self.steps} steps"


class EffectSections(Section):
    """The tables of all effects, by their names."""

    strokes: StrokesConfig = StrokesConfig()
    washes: WashesConfig = WashesConfig()
    grain: GrainConfig = GrainConfig()
    dabs: DabsConfig = DabsConfig()
    hatch: HatchConfig = HatchConfig()
    lines: LinesConfig = LinesConfig()
