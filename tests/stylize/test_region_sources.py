"""Regions by Cryptomatte, in videos, on record, and where they cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.media.video import read_video
from ganfx.stylize.job.history import facts_of, history_of
from ganfx.stylize.redo import redo
from tests.media.test_cryptomatte import write_render
from tests.stylize.conftest import make_shot, photo, random_generator, run, save_look
from tests.stylize.render.test_videos import noise_clip

OTHER = "other.safetensors"


@pytest.fixture
def both(inked: Path) -> Path:
    """Two looks: one with grain, the other without."""
    save_look(inked.parent, "other", random_generator(seed=8))
    return inked


def left_half(name: str, height: int = 48, width: int = 64) -> str:
    matte = np.zeros((height, width, 3), np.uint8)
    matte[:, : width // 2] = 255
    write_picture(Path(name), matte)
    return name


def test_objects_of_a_cryptomatte_have_a_look_by_their_coverage(both: Path) -> None:
    """The left half: half of a hero before a quarter of a tree."""
    write_render(Path("a.exr"), [("hero", 0.5), ("/World/tree", 0.25)])
    plain = {"grain": 0.0, "consistency": 0.0}

    def pixels(style: Path | str, *region: str) -> np.ndarray:
        out = Path(f"out{len(list(Path().glob('out*')))}.png")
        run("a.exr", style, out=out, region=region, **plain)
        return read_picture(out).astype(float)

    below, other = pixels(both), pixels(OTHER)
    hero = pixels(both, f"crypto:hero={OTHER}")
    assert np.array_equal(hero[:, 3:], below[:, 3:])
    assert hero[:, :3] == pytest.approx((below + other)[:, :3] / 2, abs=1.01)
    two = pixels(both, f"crypto:hero*,/World/tree={OTHER}")
    assert two[:, :3] == pytest.approx((below + 3 * other)[:, :3] / 4, abs=1.01)


def test_a_video_has_regions_in_each_of_its_frames(both: Path) -> None:
    noise_clip(Path("clip.mkv"), "yuv444p")
    region = (f"{left_half('left.png')}={OTHER}",)
    for name, style, regions in (("a", both, ()), ("b", Path(OTHER), ()), ("c", both, region)):
        run("clip.mkv", style, out=Path(f"{name}.mkv"), region=regions, grain=0.0, consistency=0.0)
    below, other, parted = (list(read_video(Path(f"{name}.mkv"))) for name in "abc")
    for first, second, both_looks in zip(below, other, parted, strict=True):
        assert np.array_equal(both_looks[:, 32:], first[:, 32:])
        assert np.array_equal(both_looks[:, :32], second[:, :32])


def test_a_frame_with_regions_is_made_again_and_says_what_it_is_of(both: Path) -> None:
    Path("shot").mkdir()
    make_shot(Path("shot"), range(1001, 1005))
    region = (f"{left_half('left.png')}={OTHER}:0.7,hold=2,boil=1",)
    run("shot", both, out=Path("out"), region=region, hatch=0.5)
    file = Path("out/plate.1003.png")

    facts = [f"{name} {told}" for name, told in facts_of(history_of(file))]
    assert any("other.safetensors, as it was" in fact for fact in facts)
    assert any("left.png, as it was" in fact for fact in facts)
    assert any("other.safetensors:0.7,hold=2,boil=1" in fact for fact in facts)
    redo(file, Path("again.png"))
    assert Path("again.png").read_bytes() == file.read_bytes()

    for name in ("shot", "left.png", "out", "inked.safetensors"):
        Path("moved").mkdir(exist_ok=True)
        Path(name).rename(Path("moved", name))
    redo(Path("moved/out/plate.1003.png"), Path("third.png"))
    assert Path("third.png").read_bytes() == Path("again.png").read_bytes()

    save_look(both.parent, "other", random_generator(seed=9))
    with pytest.raises(Exception, match=r"other\.safetensors has changed"):
        redo(Path("moved/out/plate.1003.png"), Path("fourth.png"))


def test_pictures_in_several_files_have_no_regions(both: Path) -> None:
    Path("maps").mkdir()
    for tile in (1, 2):
        write_picture(Path(f"maps/wall_u{tile}_v1.png"), photo(48, 48))
    area = left_half("left.png")
    with pytest.raises(UsageError, match="one picture in several files"):
        run("maps", both, out=Path("out"), region=(f"{area}={OTHER}",))
    assert not Path("out").exists()
