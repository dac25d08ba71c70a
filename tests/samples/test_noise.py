import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganfx.samples.noise import fbm, fbm_line, hashed, noise, noise_line, smoothstep

ROW = np.linspace(-3.0, 40.0, 300)[None]
COLUMN = np.linspace(5.0, 31.0, 200)[:, None]


def test_hashed_numbers_are_the_same_on_every_machine():
    numbers = hashed(7, np.array([0, 1, -1]), np.array([5, 5, 5]))

    # Worked out with Python's integers. A change here changes the pixels of every scene.
    assert (numbers * 2**24).astype(int).tolist() == [1330128, 15961552, 6990615]


def test_hashed_numbers_fill_the_unit_interval_evenly():
    numbers = hashed(3, np.arange(100_000))

    assert numbers.min() >= 0.0
    assert numbers.max() < 1.0
    assert np.histogram(numbers, bins=10, range=(0, 1))[0] == pytest.approx([10_000] * 10, rel=0.05)


@settings(max_examples=20)
@given(st.integers(0, 1000))
def test_noise_has_mean_zero_and_a_deviation_near_one(seed):
    plane = noise(ROW * 2, COLUMN * 3, seed)

    assert plane.mean() == pytest.approx(0.0, abs=0.15)
    assert plane.std() == pytest.approx(1.0, abs=0.15)


def test_noise_on_a_row_and_a_column_equals_noise_on_full_planes():
    u, v = np.broadcast_arrays(ROW, COLUMN)

    assert noise(ROW, COLUMN, 5) == pytest.approx(noise(u.copy(), v.copy(), 5), abs=1e-5)


def test_noise_is_a_function_of_the_place_and_not_of_the_grid():
    wide = noise(ROW, COLUMN, 5)

    assert np.array_equal(wide[20:90, 50:120], noise(ROW[:, 50:120], COLUMN[20:90], 5))


def test_noise_is_continuous_across_lattice_lines():
    line = noise_line(np.array([2.0 - 1e-6, 2.0, 2.0 + 1e-6, 127.999999, 128.000001]), 4)

    assert line[0] == pytest.approx(line[1], abs=1e-4)
    assert line[1] == pytest.approx(line[2], abs=1e-4)
    assert line[3] == pytest.approx(line[4], abs=1e-4)


def test_octaves_smaller_than_a_pixel_leave_no_trace():
    few = fbm(ROW, COLUMN, 5, cell=(4.0, 4.0), octaves=2, pixel=1.0)
    many = fbm(ROW, COLUMN, 5, cell=(4.0, 4.0), octaves=9, pixel=1.0)

    # Only the share that each octave has of the whole differs: 1.25 and 1.333 of power.
    assert many * np.sqrt(1.333) == pytest.approx(few * np.sqrt(1.25), abs=2e-3)


def test_octaves_along_a_line_stop_at_the_pixel_too():
    line = fbm_line(ROW, 5, cell=0.1, octaves=5, pixel=0.2)

    assert np.array_equal(line, np.zeros_like(line))


def test_smoothstep_is_zero_half_and_one_where_it_should_be():
    values = smoothstep(1.0, 3.0, np.array([0.0, 1.0, 2.0, 3.0, 9.0]))

    assert values.tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_smoothstep_runs_down_when_its_ends_are_swapped():
    assert smoothstep(3.0, 1.0, np.array([0.0, 2.0, 4.0])).tolist() == [1.0, 0.5, 0.0]
