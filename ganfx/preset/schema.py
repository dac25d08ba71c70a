"""The schema of presets: every table and key, with its type, range and default."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import (
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ganfx.preset.effects import EffectSections
from ganfx.preset.section import Section, UnitFloat

Channels = Annotated[int, Field(gt=0, le=4096)]
Scale = Annotated[float, Field(gt=0.0, le=4.0)]
AdversarialKind = Literal["bce", "lsgan", "hinge", "relativistic"]
FeatureKind = Literal["filters", "vgg19"]


class DataConfig(Section):
    """Training data: folders of pictures, or ``samples:NAME`` for rendered ones."""

    photos: str = ""
    """Plain photographs or plates: what the look will be applied to."""
    art: str = ""
    """Pictures that have the look, unrelated to the photos."""
    pairs: str = ""
    """A folder with ``photos/`` and ``painted/``, the same names in both; replaces ``photos``.
    ``samples:NAME`` renders photos and has a teacher paint them."""
    photo_scale: tuple[Scale, Scale] = (0.5, 1.0)
    """Each photo crop is taken at a random scale in this range; 0.5 halves the picture."""
    art_scale: tuple[Scale, Scale] = (0.9, 1.2)
    """The same for art: small enough that a brush stroke spans 5 to 15 pixels."""
    max_side: Annotated[int, Field(ge=64)] = 1280
    """Pictures with a longer side are reduced to this when they are read."""
    background: str = "white"
    """Background of transparent pixels: a colour's name in CSS, or ``#rrggbb``."""
    samples: PositiveInt = 48
    """How many pictures to render where a source is ``samples:NAME``."""
    look_at_art: bool = False
    """Look at the art before training, and choose from it what this preset does not write: black
    and white or colour, scales, weights, brush strokes, lines, washes. What is written stays."""

    @model_validator(mode="after")
    def _sources_fit(self) -> Self:
        if self.pairs and self.photos:
            raise ValueError("give either photos or pairs: pairs bring their own photos")
        if not self.pairs and not (self.photos and self.art):
            raise ValueError("expected photos and art, or pairs")
        return self

    @field_validator("photo_scale", "art_scale")
    @classmethod
    def _range_ascends(cls, scales: tuple[float, float]) -> tuple[float, float]:
        if scales[0] > scales[1]:
            raise ValueError("expected [low, high]")
        return scales


class ModelConfig(Section):
    """The generator: a residual U-Net without normalisation layers."""

    channels: Annotated[tuple[Channels, ...], Field(min_length=1, max_length=5)] = (16, 32, 64, 96)
    """Feature channels at full, half, quarter... resolution."""
    blocks: Annotated[int, Field(ge=0, le=256)] = 3
    """Residual blocks at the coarsest resolution."""
    abstraction: Annotated[tuple[Annotated[int, Field(ge=2, le=8)], ...], Field(max_length=3)] = ()
    """Passes that smooth the photo into areas of one colour before the network sees it, each by
    its radius in pixels; none by default. ``[3]`` takes the photo's texture away, ``[5]`` makes
    washes. Edges stay; lines thinner than a radius go."""
    flatten: Annotated[float, Field(ge=0, le=1)] = 0.0
    """Smooths the photo into flat areas first, up to edges of this distance in RGB from -1 to 1:
    0.3 for cartoons and posters. It reaches farther than ``abstraction`` and moves no edge."""
    tones: Annotated[int, Field(ge=0, le=32)] = 0
    """Prints those areas in as many even tones from black to white, as posters and cels are: 5 to 8
    for woodcuts, none by default. Slow gradients become soft steps."""
    keep_detail: bool = False
    """Only texture becomes areas: leaves, grass, gravel. What stands by itself stays as it is,
    so that small faces keep their eyes and signs their letters."""
    color_start: bool = False
    """It begins with the art's palette: a linear map of the photos' colors and a curve for each
    channel, fitted to both sets before the first step. For art whose subjects are about those of
    the photos; where they are not, its palette would be a cast, and it is told and left out."""
    guides: bool = True
    """It also sees the photo's edges, lines and local contrast: a look takes fewer steps."""
    monochrome: bool = False
    """A black-and-white look: one value for red, green and blue, by construction."""


class DiscriminatorConfig(Section):
    """Two patch networks: one on luma at full size, one on colour at quarter size."""

    channels: Annotated[int, Field(gt=0, le=1024)] = 32
    """Feature channels of the first layer; doubled by each of the next two."""
    spectral_norm: bool = True
    """Bound each layer's gain (not needed with ``relativistic``, which has R1 and R2)."""
    throttle: bool = True
    """Learn slower while nearly every patch is told right, at full speed again once not."""


class LossConfig(Section):
    """Loss terms and their weights. A weight of 0 turns a term off, and costs nothing."""

    balance: bool = False
    """Weights are ratios: 2 pulls at the picture twice as hard as the adversarial terms do,
    whatever the art. Otherwise they multiply each term as it is. Off by default: the terms are
    relative to their art already, and with ratios a sure discriminator makes all else loud too,
    which was 0.1 and 0.4 dB worse on two hidden teachers. For terms of very different scale."""
    balance_every: PositiveInt = 20
    """Steps between measurements of how hard each term pulls."""

    adversarial: AdversarialKind = "bce"
    """``bce`` is cross-entropy; the other three are the field's usual alternatives."""
    texture: NonNegativeFloat = 1.0
    """Adversarial weight of the luma discriminator: line, grain, brushwork."""
    palette: NonNegativeFloat = 0.5
    """Adversarial weight of the colour discriminator."""
    edges: NonNegativeFloat = 0.0
    """Shows the luma discriminator art with blurred edges as fake, so that edges come out crisp."""
    r1_gamma: NonNegativeFloat = 0.2
    """Weight of the R1 and R2 gradient penalties of ``relativistic``, per logit."""

    features: FeatureKind = "filters"
    """Feature network of ``gram``, ``swd``, ``perceptual``: ``filters`` is fixed, no download;
    ``vgg19`` is a pretrained network, slower and stronger."""
    features_file: str = ""
    """Weights of ``vgg19``; without one they are downloaded once."""
    style_on: Literal["luma", "color"] = "luma"
    """Whether they see colour. Texture taken from colour pulls every picture to one palette."""
    style: NonNegativeFloat = 2.0
    """Matches the art's texture statistics at several scales: fixed filters, on luma and, of
    chroma, detail only: its palette is the discriminators'."""
    gram: NonNegativeFloat = 0.0
    """Matches the art's Gram matrices of ``features``."""
    swd: NonNegativeFloat = 0.0
    """Matches the whole distribution of ``features``, by sliced Wasserstein distance."""

    content: NonNegativeFloat = 1.0
    """Keeps the photo's coarse structure. Too low and shapes drift; too high: still a photo."""
    structure: NonNegativeFloat = 0.0
    """The same, and against coarse edges that the photo does not have."""
    perceptual: NonNegativeFloat = 0.0
    """Keeps what the coarsest ``features`` see where they see it."""
    contrast: NonNegativeFloat = 0.0
    """Keeps each place recognisable among the others of its photo (PatchNCE)."""
    identity: NonNegativeFloat = 0.0
    """PatchNCE between art and the generator's version of it: art should stay as it is."""
    color: NonNegativeFloat = 2.0
    """Keeps the photo's hues over areas, as vivid as the art's. 0 lets the palette move. With
    ``data.pairs`` the paintings say it."""
    tone: NonNegativeFloat = 2.0
    """Gives areas the tones of the art: as many dark and light ones as it has. 0 leaves tone to
    the discriminators. With ``data.pairs`` the paintings say it."""
    pixel: NonNegativeFloat = 10.0
    """Mean absolute difference to the painted version; only with ``data.pairs``."""
    restore: NonNegativeFloat = 0.0
    """Mean absolute difference of art to what the generator makes of it after its lines and texture
    were taken off: where lines belong, the art says itself. For flat art with outlines; what is
    all strokes has nothing left without them."""
    restore_light: UnitFloat = 0.2
    """Share of crops whose light lines ``restore`` takes off; of the others it is the dark ones. 0
    for art with dark outlines alone: light ones become pale rings beside them."""
    variation: NonNegativeFloat = 0.0
    """Discourages texture where the photo is flat, such as clear sky."""

    shift: NonNegativeFloat = 0.0
    """Steadiness: a photo moved by a few pixels gives the same look, moved. This and ``warp`` want
    a ``train.crop_size`` of twice the network's receptive radius (102 pixels by default), so that
    its padding is not compared."""
    warp: NonNegativeFloat = 0.0
    """Steadiness: a photo bent a little gives the same look, bent."""
    noise: NonNegativeFloat = 0.0
    """Steadiness: sensor noise in the photo does not change the look."""

    @property
    def compares_features(self) -> bool:
        """Whether any term needs the feature network."""
        return bool(self.gram or self.swd or self.perceptual)

    @field_validator("features_file")
    @classmethod
    def _file_is_of_use(cls, file: str, info: ValidationInfo) -> str:
        if file and info.data.get("features") == "filters":
            raise ValueError('needs features = "vgg19"')
        return file


class AugmentConfig(Section):
    """Geometric changes to what both networks see; never its colour."""

    flip: bool = True
    """Mirror left and right, half of the time."""
    probability: UnitFloat = 0.3
    """Chance of each further change: shift, small rotation and scale."""
    adaptive: bool = False
    """Adapt the chance, for what the discriminators see: up while they are too sure of the art,
    as they become when they learn few pictures by heart."""
    target: UnitFloat = 0.6
    """How sure they should be: 0 is undecided, 1 never in doubt (mean sign of their logits)."""
    speed: PositiveFloat = 20_000.0
    """Images within which the chance can rise from 0 to 1."""


class ScaleConfig(Section):
    """Size of the brush by the height of the picture, so that a proxy predicts the final."""

    lines: PositiveInt | None = None
    """Picture height at which the look has its own size. None: the brush has so many pixels,
    whatever the picture's height."""
    below: UnitFloat = 0.5
    """How far the brush shrinks with smaller pictures: 1 as they do, which makes a proxy the final
    in small, 0 not at all, which draws it bolder."""
    above: UnitFloat = 0.5
    """How far the brush grows with taller pictures: 1 as they do, 0 not at all, which keeps all of
    their detail and draws it finer."""


class TrainConfig(Section):
    """The optimisation run."""

    steps: PositiveInt = 4000
    """Optimiser steps of the generator."""
    minutes: PositiveFloat | None = None
    """When set, replaces ``steps``: the run ends on time, and the learning rates fall by the clock.
    Loading pictures does not count, interruptions neither."""
    batch_size: Annotated[int, Field(gt=0, le=4096)] = 4
    """Crops per step, of all processes together where torchrun starts several."""
    crop_size: Annotated[int, Field(ge=64, le=1024, multiple_of=16)] = 192
    """Side of the square training crop, in pixels."""
    generator_lr: PositiveFloat = 1e-3
    """Adam learning rate of the generator; falls to zero over the last ``decay`` of the run."""
    discriminator_lr: PositiveFloat = 3e-4
    """Adam learning rate of the discriminators; falls likewise."""
    decay: UnitFloat = 0.4
    """Share of the run over which the learning rates fall to zero."""
    ema_half_life: PositiveFloat = 800.0
    """Half-life of the averaged generator that becomes the style, in images."""
    preview_every: PositiveInt = 250
    """Steps between preview sheets."""
    save_every: PositiveInt = 500
    """Steps between checkpoints."""
    log_every: PositiveInt = 25
    """Steps between lines of ``stats.jsonl``."""
    marks: NonNegativeInt = 0
    """Height in lines of frames as whose parts crops get the look's strokes, washes and lines
    before the discriminators see them; 0 shows them what the network makes, without marks."""
    compile: Literal["auto", "on", "off"] = "auto"
    """Whether the generator is compiled, where that works: ``auto`` does so on a GPU in runs of
    2,000 steps or more. The first step then takes half a minute longer."""
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    """Seed of everything random."""


class Preset(EffectSections):
    """One look: what it is, what it learns from and how."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
    """Name of the look and of its style file."""
    description: str = ""
    """One line for ``ganfx styles``."""
    licence: str = ""
    """Licence of the finished style file."""
    notes: str = ""
    """How the pictures were made or chosen, for the look's card."""
    good_at: str = ""
    """Pictures that the look suits, for its card."""
    less_good_at: str = ""
    """Pictures that it does not suit, for its card."""
    data: DataConfig
    model: ModelConfig = ModelConfig()
    discriminator: DiscriminatorConfig = DiscriminatorConfig()
    loss: LossConfig = LossConfig()
    augment: AugmentConfig = AugmentConfig()
    scale: ScaleConfig = ScaleConfig()
    train: TrainConfig = TrainConfig()
