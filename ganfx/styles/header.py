"""The header of style files: typed, checked, readable without torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, NonNegativeFloat, NonNegativeInt, ValidationError
from safetensors import SafetensorError, safe_open

from ganfx import __version__
from ganfx.errors import StyleError, UsageError
from ganfx.preset import EffectSections, ModelConfig, ScaleConfig, Section

FORMAT = 11
"""Version of the file format. Raised by every change that older versions cannot read."""
SUFFIX = ".safetensors"
METADATA_KEY = "ganfx"


class Source(Section):
    """Pictures of one origin that a look learned from."""

    source: str
    """A folder as the preset named it, or ``samples:NAME``."""
    count: NonNegativeInt
    """Pictures used."""
    licences: dict[str, NonNegativeInt] = Field(default_factory=dict)
    """Licence to number of pictures."""
    authors: tuple[str, ...] = ()
    """Whom to credit."""
    credits: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """The same by licence; empty in files of format 8 and before."""
    made_with: dict[str, NonNegativeInt] = Field(default_factory=dict)
    """Tools and models that made the pictures, as their table states them, to number of pictures;
    empty where it is not on record, as in files of format 10 and before."""


class Provenance(Section):
    """Everything that a look learned from."""

    photos: tuple[Source, ...] = ()
    art: tuple[Source, ...] = ()
    painted: tuple[Source, ...] = ()
    notes: str = ""


class TrainingFacts(Section):
    """How the weights came to be."""

    steps: NonNegativeInt = 0
    seconds: NonNegativeFloat = 0.0
    """Wall-clock time of the run."""
    device: str = ""
    torch: str = ""
    """Version of torch."""
    date: str = ""
    """Day on which training ended, as ``2026-11-23``."""


class Scores(Section):
    """Scores of a look on photos, art and clips that it was not trained on.

    Distances are to the art: of the photos as they were, and of what became of them.
    """

    kid_photo: float
    """Kernel distance of VGG19 relu3_1 (Binkowski et al. 2018): smaller is nearer."""
    kid: float
    kid_error: NonNegativeFloat
    """Standard error of ``kid``."""
    swd_photo: NonNegativeFloat
    """Sliced Wasserstein distance of patches, which needs no network."""
    swd: NonNegativeFloat
    structure: float
    """Correlation of luma gradients with the photo's; 1 is the same drawing."""
    warp_error: NonNegativeFloat | None = None
    """E_warp of single frames, over the source's own; 1 is as steady as the source."""


class Gates(Section):
    """Limits that finished pictures of a look keep, as ``ganfx evaluate look`` measures them."""

    min_structure: Annotated[float, Field(ge=-1.0, le=1.0)] | None = None
    """Least structure, of the mean of the pictures."""
    max_grid: NonNegativeFloat | None = None
    """Most grid, as a multiple of the source's."""


class StyleHeader(EffectSections):
    """The JSON header of a style file."""

    format: Annotated[int, Field(ge=1, le=FORMAT)] = FORMAT
    created_with: str = __version__
    """Version of ganfx that wrote the file."""
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=64)]
    description: str = ""
    """One line for ``ganfx styles``."""
    licence: str = ""
    """Licence of this file."""
    good_at: str = ""
    """Pictures that the look suits, in a sentence."""
    less_good_at: str = ""
    """Pictures that it does not suit."""
    scores: Scores | None = None
    """How it was measured, if it was."""
    gates: Gates | None = None
    """Limits of its finished pictures; of the built-in looks, see `ganfx.styles.gates`."""
    model: ModelConfig
    """How the generator is built."""
    border: NonNegativeInt | None = None
    """Pixels of mirror image that pictures were measured to need around them; None takes all
    that the generator may see."""
    scale: ScaleConfig = ScaleConfig()
    preset: dict[str, Any] = Field(default_factory=dict)
    """The resolved preset, as JSON. Only a record: presets of older versions stay readable."""
    provenance: Provenance = Provenance()
    training: TrainingFacts = TrainingFacts()


def read_style_header(path: Path) -> StyleHeader:
    """Read the header of a style file, without its weights.

    Raises:
        UsageError: There is no such file, or it cannot be opened.
        StyleError: It is no style, a damaged one, or one of a newer format.
    """
    return parse_header(_read_metadata(path), path)


def parse_header(metadata: dict[str, str], path: Path) -> StyleHeader:
    """Check what the file's metadata says.

    Raises:
        StyleError: It is no style, a damaged one, or one of a newer format.
    """
    text = metadata.get(METADATA_KEY)
    if text is None:
        raise StyleError(
            f"{path} is not a style: it holds weights, but not how to use them",
            hint="styles are written by ganfx train",
        )
    try:
        # The version first: a newer header may have keys that this version does not know.
        values = json.loads(text)
        _refuse_newer(values, path)
        return StyleHeader.model_validate_json(json.dumps(_updated(values)))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise StyleError(f"{path} has a damaged header: {key}: {first['msg']}") from error
    except (ValueError, AttributeError) as error:
        raise StyleError(f"{path} has a damaged header: not a JSON table") from error


def _refuse_newer(values: dict[str, Any], path: Path) -> None:
    version = values.get("format")
    if isinstance(version, int) and version > FORMAT:
        raise StyleError(
            f"{path} was written by ganfx {values.get('created_with', 'of a later version')} in"
            f" format {version}; ganfx {__version__} reads up to format {FORMAT}",
            hint="update ganfx: pip install --upgrade ganfx",
        )


def _updated(values: dict[str, Any]) -> dict[str, Any]:
    """A header of an older format, as this one would say it."""
    model = values.get("model")
    if values.get("format") == 1 and isinstance(model, dict):
        model.setdefault("guides", False)  # generators saw the photo only
    return values


def _read_metadata(path: Path) -> dict[str, str]:
    try:
        with path.open("rb"):  # names what is wrong with the path better than the library does
            pass
        with safe_open(path, framework="np") as file:
            return file.metadata() or {}
    except SafetensorError as error:
        raise StyleError(
            f"{path} is not a style: damaged, or not a {SUFFIX} file",
            hint="copy or train it again",
        ) from error
    except OSError as error:
        raise UsageError(f"cannot read style {path}: {error.strerror or error}") from error
