"""Which strengths are tried: every strength has its place, and the search finds what is better."""

from dataclasses import fields

import pytest

from train.datasets.augment import AugmentConfig
from train.datasets.strengths import GROUPS, NOT_TUNED, STEPS, TuningConfig, scaled, search

CONFIGURED = AugmentConfig()
_ONE = dict.fromkeys(GROUPS, 1.0)


def test_every_strength_is_in_one_group_or_is_not_tuned():
    grouped = [name for usual in GROUPS.values() for name in usual]
    assert sorted([*grouped, *NOT_TUNED]) == sorted(f.name for f in fields(AugmentConfig))


def test_factor_one_is_what_was_configured_and_zero_switches_off():
    on = {g: float(any(getattr(CONFIGURED, n) for n in usual)) for g, usual in GROUPS.items()}
    assert scaled(CONFIGURED, on) == CONFIGURED
    off = scaled(CONFIGURED, dict.fromkeys(GROUPS, 0.0))
    assert not any(getattr(off, name) for usual in GROUPS.values() for name in usual)
    assert off.flip == CONFIGURED.flip


def test_a_group_that_is_off_is_switched_on_at_its_usual_strengths():
    off = AugmentConfig(shade=0, depth_bumps_mm=0, depth_tilt=0)
    half = scaled(off, {**_ONE, "shade": 0.5})
    usual = GROUPS["shade"]
    assert {name: getattr(half, name) for name in usual} == {n: v / 2 for n, v in usual.items()}


def test_what_is_off_within_a_group_that_is_on_stays_off():
    half = scaled(AugmentConfig(shade=0.4, depth_tilt=0), {**_ONE, "shade": 0.5})
    assert (half.shade, half.depth_tilt) == (0.2, 0)


def test_pixels_stay_whole_and_shares_at_most_one():
    double = scaled(AugmentConfig(depth_patch=0.7, shift_px=5), dict.fromkeys(GROUPS, 0.5))
    assert (double.shift_px, type(double.shift_px)) == (2, int)
    assert scaled(AugmentConfig(depth_patch=0.7), dict.fromkeys(GROUPS, 2.0)).depth_patch == 1.0


def test_what_is_scaled_is_not_tuned_again():
    assert not scaled(AugmentConfig(tune=True), _ONE).tune


@pytest.fixture
def tried():
    return []


def _bowl(tried, **lowest):
    """An error that grows with the distance of each group from its lowest point."""

    def error_of(factors):
        tried.append(tuple(factors.values()))
        return sum((factors[group] - lowest.get(group, 1.0)) ** 2 for group in GROUPS)

    return error_of


@pytest.mark.parametrize("lowest", [0.0, 0.5, 2.0])
def test_the_lowest_point_of_a_group_is_found(lowest, tried):
    found = search(_bowl(tried, brightness=lowest, shade=0.0), CONFIGURED, 100)
    assert found == {**_ONE, "brightness": lowest, "shade": 0.0}
    assert len(tried) == len(set(tried))


def test_the_first_candidates_are_all_of_it_half_of_it_and_nothing(tried):
    search(_bowl(tried), CONFIGURED, 3)
    assert tried == [(1.0, 1.0, 1.0, 1.0, 0.0), (0.5, 0.5, 0.5, 0.5, 0.0), (0.0,) * 5]


@pytest.mark.parametrize("budget", [1, 3, 4, 7])
def test_the_budget_is_kept(budget, tried):
    found = search(_bowl(tried, brightness=0.0, holes=2.0), CONFIGURED, budget)
    assert len(tried) == max(3, budget)
    assert tuple(found.values()) in tried


def test_on_a_tie_the_configured_strengths_stay(tried):
    found = search(lambda _: 0.0, CONFIGURED, 100)
    assert scaled(CONFIGURED, found) == CONFIGURED


def test_only_steps_are_tried(tried):
    search(_bowl(tried, brightness=2.0, noise=0.5), CONFIGURED, 100)
    assert {factor for factors in tried for factor in factors} <= {*STEPS}


@pytest.mark.parametrize("name", ["epochs", "trainings"])
def test_no_epochs_and_no_trainings_are_refused(name):
    with pytest.raises(ValueError, match=f"tuning.{name}"):
        TuningConfig(**{name: 0})
