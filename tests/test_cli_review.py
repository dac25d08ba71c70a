"""``ganfx review`` as a script calls it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.review.made import BLUE, RED, recorded, sequence

Run = Callable[..., tuple[int, str, str]]


def test_a_page_is_made_and_its_path_printed(ganfx: Run) -> None:
    sequence(Path("in"), RED, 2)
    recorded(sequence(Path("out"), BLUE, 2), Path("in"))
    code, out, err = ganfx("review", "out")
    assert code == 0
    assert out == "out/review/index.html\n"
    assert "noir" in err

    code, out, _ = ganfx("review", "out", "--json", "--out", "page")
    assert code == 0
    events = [json.loads(line)["event"] for line in out.splitlines()]
    assert events[0] == "ReviewStarted"
    assert events[-1] == "ReviewDone"
    assert events.count("FrameShown") == 2
    assert Path("page/index.html").is_file()


def test_bad_input_is_told_with_what_to_do(ganfx: Run) -> None:
    sequence(Path("in"), RED, 2)
    sequence(Path("out"), BLUE, 2, name="other")
    Path("empty").mkdir()
    for arguments, words in (
        (("nowhere",), "cannot find nowhere"),
        (("empty",), "empty"),
        (("out", "--source", "in"), "belongs to out"),
        (("out", "--source", "nowhere"), "cannot find nowhere"),
        (("out", "--view", "Purple"), "no view 'Purple'"),
        (("out", "--colorspace", "purple"), "unknown colour space"),
        (("out", "--video", "a.txt"), "--video a.txt"),
        (("out", "--frames", "0"), "--frames"),
    ):
        code, _, err = ganfx("review", *arguments)
        assert code == 2, (arguments, err)
        assert words in err
    assert not Path("out/review").exists()


def test_stylize_makes_the_page_at_its_end(ganfx: Run, style: Path) -> None:
    sequence(Path("in"), RED, 3)
    code, out, err = ganfx("stylize", "in", "--style", style, "--out", "out", "--review")
    assert code == 0, err
    assert out == "out/review/index.html\n"
    assert '"hasSource": true' in Path("out/review/index.html").read_text(encoding="utf-8")

    code, _, err = ganfx("stylize", "in", "out", "--style", style, "--review")
    assert code == 2
    assert "give --out DIR" in err
