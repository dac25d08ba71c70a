"""Names of what is written: the source's tree, and never two the same."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ganfx.preprocess.names import base_names, file_names


def names_of(*keys: str, flat: bool = False, reserved: tuple[str, ...] = ()) -> list[str]:
    bases = base_names(keys, flat=flat)
    wanted = [(key, "", [""]) for key in keys]
    return [name for (name,) in file_names(bases, wanted, suffix=".png", reserved=reserved)]


def test_the_tree_of_the_source_is_kept() -> None:
    assert names_of("a.jpg", "x/y/b.tiff") == ["a.png", "x/y/b.png"]


def test_a_frame_number_stays_and_that_of_a_video_is_added() -> None:
    assert names_of("sh/plate.1001.exr", "clip.mp4#000120") == [
        "sh/plate.1001.png",
        "clip-000120.png",
    ]


def test_a_picture_with_a_hash_in_its_name_is_no_video() -> None:
    assert names_of("page #3.jpg") == ["page #3.png"]


def test_flat_names_carry_their_folders() -> None:
    assert names_of("x/y/b.jpg", "c.jpg", flat=True) == ["x_y_b.png", "c.png"]


def test_names_that_differ_in_their_suffix_alone_keep_it() -> None:
    assert names_of("a.jpg", "a.png", "b.jpg") == ["a-jpg.png", "a-png.png", "b.png"]


def test_names_that_collide_after_flattening_get_suffix_and_number() -> None:
    assert names_of("x/a.jpg", "x_a.jpg", flat=True) == ["x_a-jpg.png", "x_a-jpg-2.png"]


def test_letters_that_differ_in_case_alone_are_kept_apart() -> None:
    assert names_of("A.jpg", "a.jpg") == ["A-jpg.png", "a-jpg-2.png"]


def test_two_spellings_of_one_accent_are_kept_apart() -> None:
    composed, decomposed = "\u00e9.jpg", "e\u0301.jpg"
    assert len({name.casefold() for name in names_of(composed, decomposed)}) == 2
    assert names_of(composed, decomposed)[1].endswith("-2.png")


def test_what_is_renamed_does_not_take_the_name_of_another() -> None:
    assert names_of("a.jpg", "a.png", "a-jpg.tif") == ["a-jpg-2.png", "a-png.png", "a-jpg.png"]


def test_a_folder_may_be_called_like_a_picture() -> None:
    assert names_of("a.jpg", "a.png/b.jpg") == ["a-2.png", "a.png/b.png"]


def test_parts_and_copies_are_told_at_the_end() -> None:
    bases = base_names(["s.jpg"], flat=False)
    wanted = [("s.jpg", "left", ["-01", "-02"]), ("s.jpg", "right", [""])]

    assert file_names(bases, wanted, suffix=".tif") == [
        ("s-left-01.tif", "s-left-02.tif"),
        ("s-right.tif",),
    ]


def test_a_page_of_a_spread_does_not_take_the_name_of_another_picture() -> None:
    bases = base_names(["a.jpg", "a-left.jpg"], flat=False)
    wanted = [("a.jpg", "left", [""]), ("a-left.jpg", "", [""])]

    assert file_names(bases, wanted, suffix=".png") == [("a-left.png",), ("a-left-2.png",)]


def test_files_of_somebody_else_are_not_overwritten() -> None:
    assert names_of("a.jpg", "b.jpg", reserved=("A.png", "c.txt")) == ["a-2.png", "b.png"]


def test_very_long_names_are_shortened_and_stay_apart() -> None:
    folders = "/".join(["a" * 60] * 5)
    first, second = names_of(f"{folders}/x.jpg", f"b/{folders}/x.jpg", flat=True)

    assert first != second
    assert max(len(first), len(second)) < 200
    assert names_of("\u00e9" * 120 + ".jpg")[0].startswith("\u00e9")


keys = st.lists(
    st.builds(
        lambda folders, stem, suffix: "/".join([*folders, f"{stem}.{suffix}"]),
        st.lists(st.sampled_from(["a", "A", "b_a", "a.png", "a-jpg"]), max_size=2),
        st.sampled_from(["a", "A", "a_b", "b", "a-jpg", "a-left", "a-2"]),
        st.sampled_from(["jpg", "png", "JPG", "mp4#000001"]),
    ),
    max_size=12,
    unique=True,
)


@given(keys, st.booleans())
def test_no_two_names_are_ever_equal_on_any_file_system(keys: list[str], flat: bool) -> None:
    bases = base_names(keys, flat=flat)
    wanted = [(key, part, ["-01", "-02"]) for key in keys for part in ("left", "right", "")]
    names = [n for files in file_names(bases, wanted, suffix=".png") for n in files]

    folders = {folder.casefold() for name in names for folder in _parents(name)}
    assert len({name.casefold() for name in names}) == len(names)
    assert folders.isdisjoint(name.casefold() for name in names)
    assert base_names(keys, flat=flat) == bases


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]
