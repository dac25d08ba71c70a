"""Regions: other looks where mattes say so, in stills and shots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ganfx.errors import UsageError
from ganfx.media.frames import read_picture, write_picture
from ganfx.preset import GrainConfig, LinesConfig, ModelConfig
from ganfx.styles.file import save_style
from ganfx.styles.header import StyleHeader
from ganfx.stylize import Options
from ganfx.stylize.events import FrameSkipped, Notice
from tests.stylize.conftest import make_shot, of_kind, photo, random_generator, run

SIZE = (48, 64)
STILL: dict[str, Any] = {"consistency": 0.0}


def look(folder: Path, name: str, seed: int, *, lines: float = 0.0) -> Path:
    """Another look for each seed, with grain and, if asked for, lines."""
    model = ModelConfig(channels=(4, 8), blocks=1)
    header = StyleHeader(
        name=name,
        model=model,
        grain=GrainConfig(amount=0.04, size=1.5),
        lines=LinesConfig(amount=lines, spacing=40.0, over=0.5),
    )
    weights = random_generator(model, seed=seed).state_dict()
    return save_style(folder / f"{name}.safetensors", header, weights)


@pytest.fixture
def looks(places: Path) -> Path:
    for seed, name in enumerate(("below", "hero", "sky"), start=1):
        look(places, name, seed, lines=0.5 * (seed - 1))
    write_picture(places / "plate.png", photo(*SIZE))
    return places


def matte(name: str, values: NDArray[Any] | float) -> str:
    plane = np.broadcast_to(np.asarray(values, np.float64), SIZE)
    write_picture(Path(name), np.repeat(np.round(plane * 255).astype(np.uint8)[..., None], 3, 2))
    return name


def left(columns: int) -> NDArray[Any]:
    return (np.arange(SIZE[1]) < columns).astype(float)


def made(source: str, *regions: str, style: str = "below", **options: Any) -> NDArray[np.uint8]:
    out = Path("out", str(len(list(Path().glob("out/*")))))
    run(source, f"{style}.safetensors", out=out / "made.png", region=regions, **options)
    return read_picture(out / "made.png")


def of(name: str) -> str:
    return f"{name}.safetensors"


def test_a_region_of_all_is_its_look_and_one_of_nothing_is_not_there(looks: Path) -> None:
    below, hero = made("plate.png"), made("plate.png", style="hero")
    assert not np.array_equal(below, hero)

    everywhere, nowhere = matte("all.png", 1.0), matte("none.png", 0.0)
    assert np.array_equal(made("plate.png", f"{everywhere}={of('hero')}"), hero)
    assert np.array_equal(made("plate.png", f"{nowhere}={of('hero')}"), below)
    same = made("plate.png", f"{matte('half.png', left(30))}={of('below')}")
    assert np.array_equal(same, below)


def test_each_look_is_whole_in_its_region_and_ends_with_it(looks: Path) -> None:
    """To the pixel, where a matte is 0 or 1; of marks, which see beyond, the end at least."""
    below, hero = made("plate.png", lines=0.0), made("plate.png", style="hero", lines=0.0)
    region = f"{matte('left.png', left(20))}={of('hero')}"
    parted, marked = made("plate.png", region, lines=0.0), made("plate.png", region)

    assert np.array_equal(parted[:, 20:], below[:, 20:])
    assert np.array_equal(parted[:, :20], hero[:, :20])
    assert np.array_equal(marked[:, 20:], below[:, 20:])
    changed = np.abs(marked[:, :20].astype(int) - parted[:, :20]).mean(axis=(0, 2))
    assert changed.min() > 1  # lines up to the last column


def test_later_regions_lie_over_earlier_ones_by_their_mattes(looks: Path) -> None:
    """At a half: half of the one above, a quarter of the one between, a quarter of the lowest."""
    plain: dict[str, Any] = {"grain": 0.0, "lines": 0.0}
    alone = [made("plate.png", style=each, **plain) for each in ("below", "hero", "sky")]
    half = matte("half.png", 128 / 255)
    both = made("plate.png", f"{half}={of('hero')}", f"{half}={of('sky')}", **plain)

    m = 128 / 255
    shares = ((1 - m) ** 2, m * (1 - m), m)
    expected = sum(share * each.astype(float) for share, each in zip(shares, alone, strict=True))
    assert np.abs(both - expected).max() <= 1.01


def test_strengths_of_regions_are_their_own(looks: Path) -> None:
    plain: dict[str, Any] = {"grain": 0.0, "lines": 0.0}
    plate = photo(*SIZE).astype(float)
    hero = made("plate.png", style="hero", **plain).astype(float)
    area = matte("left.png", left(30))

    only = made("plate.png", f"{area}={of('hero')}:0.5", strength=0.0, **plain)
    assert np.array_equal(only[:, 30:], photo(*SIZE)[:, 30:])
    expected = plate + 0.5 * (hero - plate)
    assert np.abs(only[:, :30] - expected[:, :30]).max() <= 1.01

    weak = made("plate.png", f"{area}={of('hero')}:0", **plain)
    below = made("plate.png", **plain)
    assert np.array_equal(weak[:, :30], photo(*SIZE)[:, :30])
    assert np.array_equal(weak[:, 30:], below[:, 30:])


def test_brush_and_tiles_change_no_pixel_of_what_a_look_makes_where_it_shows(looks: Path) -> None:
    """A look is computed where it shows only, at any brush: as if it was computed everywhere."""
    plain: dict[str, Any] = {"grain": 0.0, "lines": 0.0}
    area = np.zeros(SIZE)
    area[20:29, 33:42] = 1
    name = matte("area.png", area)
    for settings, options in (("", {}), (",scale=1.7", {"scale": 1.7})):
        hero = made("plate.png", style="hero", **options, **plain)
        parted = made("plate.png", f"{name}={of('hero')}{settings}", **plain)
        assert np.array_equal(parted[20:29, 33:42], hero[20:29, 33:42])
    seam, brush = matte("seam.png", left(5)), {"scale": 1.7, "wrap": "x"}
    hero = made("plate.png", style="hero", **brush, **plain)
    parted = made("plate.png", f"{seam}={of('hero')},scale=1.7", wrap="x", **plain)
    assert np.array_equal(parted[:, :5], hero[:, :5])  # which sees the other end
    tiled = made("plate.png", f"{name}={of('hero')}", tile=16)
    assert np.array_equal(tiled, made("plate.png", f"{name}={of('hero')}"))


def moving_mattes(frames: range) -> str:
    for frame in frames:
        matte(f"hero.{frame}.png", np.roll(left(20), 2 * (frame - 1001)))
    return "hero*"


def shot(out: str, region: tuple[str, ...], **options: Any) -> dict[str, bytes]:
    run("shot", "below.safetensors", out=Path(out), region=region, **options)
    return {path.name: path.read_bytes() for path in sorted(Path(out).glob("plate.*"))}


def test_a_shot_of_three_looks_on_twos_that_boils_is_the_same_in_four_parts(looks: Path) -> None:
    Path("shot").mkdir()
    make_shot(Path("shot"), range(1001, 1009))
    heroes = moving_mattes(range(1001, 1009))
    regions = (
        f"{heroes}={of('hero')}:0.8,hold=2",
        f"{matte('sky.png', left(64) * (np.arange(48)[:, None] < 12))}={of('sky')},boil=1,every=2",
    )
    whole = shot("whole", regions, hold=3)
    for first in (1001, 1003, 1005, 1007):
        shot("parts", regions, hold=3, frames=f"{first}-{first + 1}")
    parts = {path.name: path.read_bytes() for path in sorted(Path("parts").glob("plate.*"))}
    assert len(whole) == 8
    assert parts == whole


def test_a_changed_matte_of_a_neighbor_makes_a_frame_again(looks: Path) -> None:
    Path("shot").mkdir()
    make_shot(Path("shot"), range(1001, 1004))
    regions = (f"{moving_mattes(range(1001, 1004))}={of('hero')}",)
    shot("out", regions)
    assert (
        len(of_kind(run("shot", of("below"), out=Path("out"), region=regions), FrameSkipped)) == 3
    )

    matte("hero.1003.png", 0.0)
    events = run("shot", of("below"), out=Path("out"), region=regions)
    assert not of_kind(events, FrameSkipped)


def test_a_look_arrives_in_its_region_and_each_frame_has_its_value_on_record(looks: Path) -> None:
    Path("shot").mkdir()
    make_shot(Path("shot"), range(1001, 1005))
    area = matte("left.png", left(30))
    keyed = (f"{area}={of('hero')},strength=1001:0,1003:1,linear",)
    still: dict[str, Any] = {"consistency": 0.0}
    whole = shot("keyed", keyed, **still)
    for frame, strength in ((1001, 0.0), (1002, 0.5), (1003, 1.0), (1004, 1.0)):
        shot(f"at{frame}", (f"{area}={of('hero')}:{strength}",), **still)
        name = f"plate.{frame}.png"
        pixels = [read_picture(Path(folder, name)) for folder in ("keyed", f"at{frame}")]
        assert np.array_equal(*pixels)
    assert "strength" in (Path("keyed") / ".ganfx.jsonl").read_text()
    for first in (1001, 1003):
        shot("parts", keyed, frames=f"{first}-{first + 1}", **still)
    assert {p.name: p.read_bytes() for p in Path("parts").glob("plate.*")} == whole


def test_a_region_that_covers_nothing_is_told_once(looks: Path) -> None:
    regions = (f"{matte('none.png', 0.0)}={of('hero')}",)
    events = run("plate.png", of("below"), out=Path("out/a.png"), region=regions)
    told = [each.message for each in of_kind(events, Notice)]
    assert [each for each in told if "covers nothing" in each] == [
        f"--region none.png={of('hero')}: its matte covers nothing of any frame"
    ]


@pytest.mark.parametrize(
    ("region", "told"),
    [
        ("hero", "expected a matte and its look"),
        ("=anime", "a matte and a look are needed"),
        ("a.png=", "a matte and a look are needed"),
        ("a.png=anime:2", "strength 2 is not from 0 to 1"),
        ("a.png=anime:much", "strength much is no number"),
        ("a.png=anime,strength=1001:0,1002:3", "is not from 0 to 1"),
        ("a.png=anime,hold=13", "hold is not from 1 to 12"),
        ("a.png=anime,hold=two", "hold two is no number"),
        ("a.png=anime,holds=2", "holds is no setting of a region"),
        ("a.png=anime,scale=99", "scale"),
        ("a.png=anime,boil=2", "expected from 0 to 1"),
    ],
)
def test_what_makes_no_sense_is_refused(region: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        Options(region=(region,))


def test_unknown_looks_and_mattes_are_told(looks: Path) -> None:
    area = matte("area.png", 1.0)
    with pytest.raises(UsageError, match="anine"):
        run("plate.png", of("below"), out=Path("out/a.png"), region=(f"{area}=anine",))
    with pytest.raises(UsageError, match=r"--region mate\.png"):
        run("plate.png", of("below"), out=Path("out/a.png"), region=(f"mate.png={of('hero')}",))
    assert not Path("out").exists()
