from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from calibration.sensors.view_collector import Gathering
from calibration.validation.rendered_board import BoardPose, random_rig
from rise_edge.frame import Frame
from tests.calibration.sensors.board_views import BOARD

RIG = random_rig(np.random.default_rng(0))
NUDGED_MM, ASIDE_MM = 8.0, 60.0


@cache
def shown(x_mm: float = 0.0, seed: int = 0) -> Frame:
    pose = BoardPose(np.eye(3), np.array([x_mm, 0.0, 500.0]))
    return RIG.take(BOARD, pose, np.random.default_rng(seed))


def test_a_view_is_kept_with_what_it_shows() -> None:
    gathering = Gathering(BOARD)
    assert gathering.look(shown(), "000001")
    colour, infrared = (len(c.ids) for c in gathering.views[0].corners.values())
    expected = f"kept 000001: {colour} corners in colour, {infrared} corners in infrared"
    assert gathering.said == expected
    assert min(colour, infrared) >= 16
    assert gathering.views[0].paired


def blank(frame: Frame, *names: str) -> Frame:
    images = {n: replace(getattr(frame, n), pixels=getattr(frame, n).pixels * 0) for n in names}
    return replace(frame, **images)


def test_a_picture_without_a_board_is_not_kept() -> None:
    gathering = Gathering(BOARD)
    assert not gathering.look(blank(shown(), "colour", "infrared"), "7")
    assert gathering.said == "7: no board seen in colour or infrared"


def test_a_board_that_one_camera_sees_counts_for_that_camera() -> None:
    gathering, seen = Gathering(BOARD), BOARD.find(shown().colour.pixels)
    assert gathering.look(blank(shown(), "infrared"), "7")
    assert gathering.said == f"kept 7: {len(seen.ids)} corners in colour, none in infrared"
    assert not gathering.views[0].paired


def test_a_second_view_of_the_same_is_not_kept() -> None:
    gathering = Gathering(BOARD)
    gathering.look(shown(), "1")
    assert not gathering.look(shown(NUDGED_MM), "2")
    assert gathering.said == "2: like 1; move the board on"
    assert gathering.look(shown(ASIDE_MM), "3")


def test_a_pair_is_kept_where_one_picture_alone_was_there() -> None:
    gathering = Gathering(BOARD)
    gathering.look(blank(shown(), "infrared"), "1")
    assert gathering.look(shown(), "2")


@pytest.mark.parametrize(("apart_ms", "kept"), [(10.0, True), (-33.0, False), (33.0, False)])
def test_timestamps_out_of_step_are_not_kept(apart_ms: float, kept: bool) -> None:
    infrared = replace(shown().infrared, timestamp_ms=shown().infrared.timestamp_ms + apart_ms)
    gathering = Gathering(BOARD)
    assert gathering.look(replace(shown(), infrared=infrared), "4") is kept
    assert kept or gathering.said == "4: colour and infrared out of step, 33 ms apart"


def test_a_live_camera_must_see_the_board_twice_in_one_place() -> None:
    gathering = Gathering(BOARD, live=True)
    frames = shown(), shown(NUDGED_MM), shown(ASIDE_MM), shown(ASIDE_MM, seed=9)
    told = [gathering.look(frame, "x") for frame in frames]
    assert told == [False, False, False, True]
    gathering.look(shown(), "x")
    assert gathering.said == "x: hold the board still"
