"""Limits of looks: their own, and those of a mix."""

from __future__ import annotations

import pytest

from ganfx.styles.file import save_style
from ganfx.styles.gates import TABLE, gates_of
from ganfx.styles.header import Gates
from ganfx.styles.library import BUILT_IN


def test_every_built_in_look_has_gates_and_no_other() -> None:
    names = {path.stem for path in BUILT_IN.glob("*.safetensors")}
    assert len(names) == 11
    for name in names:
        gates = gates_of([name])
        assert gates.min_structure is not None
        assert gates.max_grid is not None
    assert TABLE.read_text().count("[") == len(names)


@pytest.fixture
def look(places, header, weights):
    """A maker of looks with gates, in the library of this folder."""

    def make(name: str, **limits: float) -> str:
        gates = Gates(**limits) if limits else None
        known = header.model_copy(update={"name": name, "gates": gates})
        save_style(places / "work" / "styles" / f"{name}.safetensors", known, weights)
        return name

    return make


def test_a_look_brings_its_own_gates_and_a_mix_the_widest(look) -> None:
    drawn = look("drawn", min_structure=0.3, max_grid=1.5)
    graded = look("graded", min_structure=0.8, max_grid=1.2)
    assert gates_of([drawn]) == Gates(min_structure=0.3, max_grid=1.5)
    assert gates_of([graded, drawn]) == Gates(min_structure=0.3, max_grid=1.5)


@pytest.mark.parametrize("open_", ["none", "unknown"])
def test_a_look_without_gates_leaves_them_open(look, open_: str) -> None:
    drawn = look("drawn", min_structure=0.3, max_grid=1.5)
    if open_ == "none":
        look("none")
    assert gates_of([open_, drawn]) == Gates()
    assert gates_of([]) == Gates()
