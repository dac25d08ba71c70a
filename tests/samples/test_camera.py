import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ganfx.samples.camera import FIRST_FRAME, PERIOD, Card, Ground, Move, Pose

poses = st.builds(
    Pose,
    pan=st.tuples(st.floats(-0.3, 0.3), st.floats(-0.1, 0.1)),
    truck=st.floats(-1.5, 1.5),
    push=st.floats(-1.0, 1.0),
)
motions = st.one_of(
    st.builds(Card, depth=st.floats(2.3, 90.0) | st.just(math.inf), horizon=st.floats(-0.1, 0.1)),
    st.builds(Ground, horizon=st.floats(-0.1, 0.1)),
)


def screen(motion, pose, u, v):
    x, y = motion.to_screen(pose, np.array([u]), np.array([v]))
    return x[0], y[0]


@given(motions, poses, st.floats(-1.0, 1.0), st.floats(0.12, 0.5))
def test_a_point_goes_to_the_layer_and_comes_back(motion, pose, x, y):
    u, v = motion.to_layer(pose, np.array([x]), np.array([y]))

    assert screen(motion, pose, u[0], v[0]) == pytest.approx((x, y), abs=1e-9)


@given(motions, st.floats(-1.0, 1.0), st.floats(0.12, 0.5))
def test_at_rest_the_layer_is_where_it_was_painted(motion, u, v):
    assert screen(motion, Pose(), u, v) == pytest.approx((u, v), abs=1e-12)


def test_a_pan_to_the_right_moves_every_layer_left_by_as_much():
    pose = Pose(pan=(0.1, 0.0))

    for motion in (Card(math.inf, 0.0), Card(3.0, 0.0), Ground(0.0)):
        assert screen(motion, pose, 0.4, 0.2) == pytest.approx((0.3, 0.2))


def test_a_step_to_the_right_moves_a_card_left_by_the_step_over_its_depth():
    assert screen(Card(5.0, 0.0), Pose(truck=0.5), 0.4, 0.2) == pytest.approx((0.3, 0.2))


def test_a_step_does_not_move_the_sky():
    assert screen(Card(math.inf, 0.0), Pose(truck=9.0, push=9.0), 0.4, -0.2) == (0.4, -0.2)


def test_half_the_way_to_a_card_doubles_its_size_around_the_point_ahead():
    assert screen(Card(4.0, 0.05), Pose(push=2.0), 0.1, 0.15) == pytest.approx((0.2, 0.25))


@given(st.floats(2.4, 60.0), st.floats(-1.0, 1.0), poses)
def test_what_stands_on_the_ground_stays_on_it(depth, u, pose):
    horizon = 0.05
    foot = horizon + 1.0 / depth

    standing = screen(Card(depth, horizon), pose, u, foot)
    assert standing == pytest.approx(screen(Ground(horizon), pose, u, foot), abs=1e-9)


def test_a_move_starts_at_rest_and_is_farthest_after_a_quarter_of_its_period():
    move = Move(pan=(0.2, -0.1), truck=1.0, push=0.5)

    assert move.pose(FIRST_FRAME) == Pose()
    quarter = move.pose(FIRST_FRAME + PERIOD // 4)
    assert quarter == Pose(pan=(0.2, -0.1), truck=1.0, push=0.5)
