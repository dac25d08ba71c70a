"""Options declared once: what is derived from a field."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import pytest
import typer
from hypothesis import given as examples
from hypothesis import strategies as st
from typer.testing import CliRunner

from ganfx.cli.declared import takes_options
from ganfx.errors import UsageError
from ganfx.option import Option, as_words, check_values, declared, given, name_of
from ganfx.stylize.declared.kinds import PANELS
from ganfx.stylize.options import Options


@dataclass(frozen=True)
class Some:
    """Options of every kind."""

    size: Annotated[float, Option("Size.", "Plain", "In pixels.", limits=(0.5, 4.0))] = 1.0
    kind: Annotated[Literal["", "a", "b"], Option("Kind.", "Plain", default="none")] = ""
    bits: Annotated[str, Option("Bits.", "Rest", words={"8": "uint8", "half": "half"})] = "uint8"
    flat: Annotated[bool, Option("Flat.", "Rest", farm="make it flat yourself")] = False
    level: Annotated[
        str, Option("Level.", "Rest", flags={"--low": ("lo", "Low."), "--high": ("hi", "High.")})
    ] = ""
    most: Annotated[int, Option("Most.", "Rest", default="2", unit=1e6)] = 2_000_000
    place: Annotated[
        str, Option("Place.", "Rest", path=True, keywords=("channel:",), metavar="FILE")
    ] = ""

    without: Annotated[tuple[str, ...], Option("Without.", "Rest", metavar="GLOB")] = ()

    def __post_init__(self) -> None:
        check_values(self)


def typed(*words: str) -> Some:
    """The options that a command line gives."""
    found: list[Some] = []

    @takes_options("Plain", "Rest")
    def command(some: Some) -> None:
        found.append(some)

    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, list(words), standalone_mode=False)
    if result.exception:
        raise result.exception
    return found[0]


def test_what_is_not_typed_is_the_default():
    assert typed() == Some()


def test_words_units_and_flags_become_values():
    some = typed(
        "--size", "2", "--kind", "b", "--bits", "half", "--flat", "--high", "--most", "0.5"
    )
    assert some == Some(2.0, "b", "half", True, "hi", 500_000)


def test_flags_of_one_field_exclude_each_other():
    with pytest.raises(UsageError, match="give --low or --high, not both"):
        typed("--low", "--high")


def test_limits_and_choices_are_checked_in_python_too():
    with pytest.raises(UsageError, match=r"^--size 5: expected a number from 0.5 to 4$"):
        Some(size=5.0)
    with pytest.raises(UsageError, match=r"^--kind c: expected a or b$"):
        Some(kind="c")  # type: ignore[arg-type]


@examples(
    st.builds(
        Some,
        size=st.sampled_from([0.5, 1.0, 2.25, 4.0]),
        kind=st.sampled_from(["", "a", "b"]),
        bits=st.sampled_from(["uint8", "half"]),
        flat=st.booleans(),
        level=st.sampled_from(["", "lo", "hi"]),
        most=st.integers(1, 4000).map(lambda n: n * 1000),
        place=st.sampled_from(["", "channel:mask.a", "/plates/matte.png"]),
    )
)
def test_options_written_as_a_command_line_are_read_back(some):
    assert typed(*as_words(some)) == some


def test_paths_are_absolute_for_other_machines_and_channels_are_no_paths():
    assert list(as_words(Some(place="roto.png"))) == ["--place", str(Path("roto.png").absolute())]
    assert list(as_words(Some(place="channel:roto"))) == ["--place", "channel:roto"]
    assert list(as_words(Some(flat=True), without=frozenset({"flat"}))) == []


def test_notations_with_paths_and_keys_are_typed_for_other_machines():
    some = Options(hold="roto/hero.####.exr:2,channel:sky:4,3", strength="1001:0,1040:1,linear")
    hero = Path("roto/hero.####.exr").absolute()
    words = list(as_words(some))
    assert sorted(words) == sorted(
        ["--hold", f"{hero}:2,channel:sky:4,3", "--strength", "1001:0,1040:1,linear"]
    )
    again = Options(hold=words[words.index("--hold") + 1], strength=str(some.strength))
    assert again.strength == some.strength
    assert again.hold == some.hold.absolute()


def test_only_what_differs_from_the_default_is_given():
    told = given(Some(level="hi", most=2_000_000))
    assert list(told) == ["level"]
    assert name_of(told["level"], "hi") == "--high"


@pytest.mark.parametrize("each", declared(Options), ids=lambda each: each.field)
def test_every_option_says_whether_it_changes_pixels_and_why_not(each):
    assert bool(each.about.pixels) != bool(each.about.same)
    assert each.about.panel in PANELS
    assert each.about.help[-1] == "."
    assert len(each.about.help) < 80


def test_importing_the_options_loads_nothing_heavy():
    code = (
        "import sys, ganfx.stylize.options, ganfx.cli.stylizing, ganfx.cli.farming;"
        "print(*{'torch', 'numpy', 'cv2', 'av', 'OpenImageIO', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_an_option_may_be_given_several_times():
    some = typed("--without", "*_a", "--without", "b c")
    assert some.without == ("*_a", "b c")
    assert list(as_words(some)) == ["--without", "*_a", "--without", "b c"]
