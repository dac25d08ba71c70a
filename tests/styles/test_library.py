"""Which style a name means, and what the library accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from ganfx.errors import StyleError, UsageError
from ganfx.styles.file import save_style
from ganfx.styles.library import (
    add_style,
    find_style,
    list_styles,
    remove_style,
    user_library,
)


@pytest.fixture
def put(places, header, weights):
    """Save the small look under a name in one of the places."""

    def save(place: str, name: str) -> Path:
        folder = {"here": Path("styles"), "yours": user_library()}.get(place, places / "builtin")
        named = header.model_copy(update={"name": name, "description": f"{name} of {place}"})
        return save_style(folder / f"{name}.safetensors", named, weights)

    return save


def test_the_users_library_follows_the_environment(monkeypatch):
    monkeypatch.setenv("GANFX_HOME", "home")
    assert user_library() == Path("home", "styles")

    monkeypatch.delenv("GANFX_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "data")
    monkeypatch.setattr("sys.platform", "linux")
    assert user_library() == Path("data", "ganfx", "styles")

    monkeypatch.setenv("APPDATA", "roaming")
    monkeypatch.setattr("sys.platform", "win32")
    assert user_library() == Path("roaming", "ganfx", "styles")


def test_a_name_means_the_nearest_place(put):
    built_in = put("built-in", "inked")
    assert find_style("inked") == built_in
    yours = put("yours", "inked")
    assert find_style("inked") == yours
    here = put("here", "inked")
    assert find_style("inked") == here
    assert find_style(str(built_in)) == built_in


def test_an_unknown_style_names_the_nearest_and_all_others(put):
    put("built-in", "noir")
    put("yours", "anime")
    with pytest.raises(UsageError, match="unknown style nior") as caught:
        find_style("nior")
    assert caught.value.hint == "did you mean noir? styles: anime, noir"
    assert caught.value.exit_code == 2


def test_a_missing_path_is_not_looked_up_as_a_name(put):
    put("here", "noir")
    for path in ("lib/noir", "other.safetensors", "lib/noir.safetensors"):
        with pytest.raises(UsageError, match=f"no such style file: {path}"):
            find_style(path)


def test_without_any_style_the_hint_says_how_to_get_one(places):
    with pytest.raises(UsageError) as caught:
        find_style("noir")
    assert "ganfx styles add" in str(caught.value.hint)


def test_the_list_has_every_style_and_says_which_are_shadowed(put):
    put("built-in", "noir")
    put("yours", "noir")
    put("here", "anime")
    listed = [(e.name, e.origin, e.shadowed) for e in list_styles()]

    assert listed == [
        ("anime", "here", False),
        ("noir", "yours", False),
        ("noir", "built-in", True),
    ]
    assert list_styles()[1].header.description == "noir of yours"


def test_a_broken_file_is_listed_with_its_problem(put):
    put("here", "noir")
    Path("styles/broken.safetensors").write_bytes(b"nothing")
    Path("styles/.partial.safetensors").write_bytes(b"")
    broken, noir = list_styles()

    assert broken.header is None
    assert "is not a style" in broken.problem
    assert noir.problem == ""


def test_adding_copies_the_style_under_the_name_of_the_look(put):
    source = put("built-in", "noir")
    moved = source.rename(source.with_name("download (1).safetensors"))
    added = add_style(moved)

    assert added == user_library() / "noir.safetensors"
    assert added.read_bytes() == moved.read_bytes()
    assert find_style("noir") == added


def test_adding_replaces_only_when_told_to(put, header, weights):
    add_style(put("here", "noir"))
    changed = save_style(
        Path("new.safetensors"), header.model_copy(update={"name": "noir"}), weights
    )
    with pytest.raises(UsageError, match="already has a style noir"):
        add_style(changed)
    assert add_style(changed, overwrite=True).read_bytes() == changed.read_bytes()


def test_adding_a_broken_style_changes_nothing(places):
    Path("broken.safetensors").write_bytes(b"nothing")
    with pytest.raises(StyleError):
        add_style(Path("broken.safetensors"))
    assert not user_library().exists()


def test_only_looks_of_the_users_library_are_removed(put, places):
    kept = put("built-in", "noir")
    mine = add_style(put("here", "mine"))
    with pytest.raises(UsageError, match="noir ships with ganfx, and stays") as told:
        remove_style("noir")
    assert told.value.hint == "it has mine"
    with pytest.raises(UsageError, match="is not there"):
        remove_style("../library/mine")
    assert remove_style("mine") == mine
    assert not mine.exists()
    assert kept.exists()
