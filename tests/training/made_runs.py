"""Events and run folders made by hand, for what shows and records them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ganfx.media.frames import write_picture
from ganfx.preset import Preset
from ganfx.quality.sheets import contact_sheet
from ganfx.styles.header import Provenance, Source
from ganfx.training.events import TrainingStarted
from ganfx.training.previews import SIDE

NOTHING = Provenance()
PHOTO, ART = (200, 60, 40), (30, 90, 220)
HOSTILE = "<script>alert(\"x\")</script> & 'co'"


def started(
    preset: Preset,
    run: Path,
    *,
    first_step: int = 1,
    steps: int | None = 6,
    provenance: Provenance = NOTHING,
) -> TrainingStarted:
    """The first event of a run on two CPU threads."""
    return TrainingStarted(
        run=run,
        preset=preset,
        device="CPU, 2 threads",
        precision="float32",
        photos="5 pictures in photos",
        art="4 pictures in art",
        uses_samples=False,
        generator_parameters=1234,
        discriminator_parameters=567,
        steps=steps,
        first_step=first_step,
        provenance=provenance,
    )


def hostile_provenance() -> Provenance:
    """Names that would be markup if they were not escaped."""
    photos = Source(source=HOSTILE, count=5, licences={HOSTILE: 5}, authors=(HOSTILE,))
    art = Source(
        source="art",
        count=20,
        licences={"CC0": 20},
        authors=tuple(f"A{i}" for i in range(20)),
        made_with={"Krita 5": 20},
    )
    return Provenance(photos=(photos,), art=(art,), notes=HOSTILE)


def write_run(run: Path, preset: Preset, *, steps: Sequence[int], previews: Sequence[int]) -> Path:
    """A run folder with a preset, statistics and previews, without having trained."""
    (run / "previews").mkdir(parents=True)
    (run / "preset.json").write_text(preset.model_dump_json())
    rows = [
        {
            "step": step,
            "texture": 1 / step,
            "d_texture": 1.2,
            "d_margin": 0.5,
            "images_per_second": 4.0,
            "memory": 2**30,
            "seconds": 2.0 * step,
        }
        for step in steps
    ]
    lines = [json.dumps(row) + "\n" for row in rows]
    (run / "stats.jsonl").write_text("".join(lines))
    for step in previews:
        write_picture(run / "previews" / f"{step:06d}.png", preview_sheet(step))
    return run


def preview_sheet(step: int) -> np.ndarray:
    """Two photos, their look (as grey as the step's number), and art."""
    colors = (PHOTO, (step % 256,) * 3, ART)
    return contact_sheet([[np.full((SIDE, SIDE, 3), color, np.uint8)] * 2 for color in colors])
