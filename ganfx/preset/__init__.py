"""Presets: everything that defines a look's training, typed and immutable.

A preset is one TOML file, readable by itself: there is no inheritance and no
interpolation. `load_preset` checks all of it at once, strictly (no silent
conversions, no unknown keys), and reports every problem with its file and line.
Importing this package imports no torch.
"""

from ganfx.preset.effects import (
    DabsConfig,
    EffectConfig,
    EffectSections,
    GrainConfig,
    HatchConfig,
    LinesConfig,
    StrokesConfig,
    WashesConfig,
)
from ganfx.preset.problems import KeyedError, PresetError, Problem, line_of
from ganfx.preset.reading import (
    filled_from,
    find_preset,
    list_presets,
    load_preset,
    override_data,
    renamed,
    shipped_words,
    written_keys,
)
from ganfx.preset.schema import (
    AdversarialKind,
    AugmentConfig,
    DataConfig,
    DiscriminatorConfig,
    FeatureKind,
    LossConfig,
    ModelConfig,
    Preset,
    ScaleConfig,
    TrainConfig,
)
from ganfx.preset.section import Section

__all__ = [
    "AdversarialKind",
    "AugmentConfig",
    "DabsConfig",
    "DataConfig",
    "DiscriminatorConfig",
    "EffectConfig",
    "EffectSections",
    "FeatureKind",
    "GrainConfig",
    "HatchConfig",
    "KeyedError",
    "LinesConfig",
    "LossConfig",
    "ModelConfig",
    "Preset",
    "PresetError",
    "Problem",
    "ScaleConfig",
    "Section",
    "StrokesConfig",
    "TrainConfig",
    "WashesConfig",
    "filled_from",
    "find_preset",
    "line_of",
    "list_presets",
    "load_preset",
    "override_data",
    "renamed",
    "shipped_words",
    "written_keys",
]
