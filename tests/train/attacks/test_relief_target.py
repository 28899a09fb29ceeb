"""The bars of the relief: one in 24, of crops and of sessions."""

from __future__ import annotations

import pytest
import torch

from rise_edge import Checker
from tests.support.tiny_bundle import write_tiny_bundle
from train.attacks.accepted import Accepted
from train.attacks.patterns import Light, Pattern, Relief
from train.attacks.relief_target import relief_bars, session_results
from train.attacks.result import PatternResult

NONE = Accepted(0, 24, {})


def result(pattern: Pattern, count: int) -> PatternResult:
    values = torch.zeros(1, 1, 7, 7)
    return PatternResult(
        pattern, values, NONE, NONE, Accepted(count, 24, {"flat_print": (count, 24)})
    )


def test_one_of_24_meets_both_bars_and_two_miss_them():
    bars = relief_bars([result(Relief(), 1)], {"optimised": Accepted(2, 24, {})})
    assert [bar.met for bar in bars] == [True, False]
    assert bars[0].detail["flat_print"] == "1 of 24"


def test_without_a_bundle_there_is_no_bar_of_sessions():
    assert len(relief_bars([result(Relief(), 0)], {})) == 1


def test_a_light_is_reported_without_a_bar():
    assert relief_bars([result(Light(), 24)], {}) == []


def test_sessions_are_shown_a_relief_and_nothing_else(tmp_path):
    checker = Checker(write_tiny_bundle(tmp_path / "tiny"))
    with pytest.raises(TypeError, match="light"):
        session_results(checker, result(Light(), 0), ("office",), 1)
