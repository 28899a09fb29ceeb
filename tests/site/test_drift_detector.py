from __future__ import annotations

import math
import re

import numpy as np
import pytest

from rise_edge.site.drift_detector import (
    SIGNALS,
    DriftConfig,
    DriftWatch,
    _rank_bets,
    _Ranks,
    _share_bets,
)
from rise_edge.site.session_signals import SessionSignals
from rise_edge.site.site_file import SiteReference


def signals(rng: np.random.Generator, **changed: float) -> SessionSignals:
    angle = math.radians(changed.get("angle_deg", 0) + 5 * rng.standard_normal())
    return SessionSignals(
        norm=float(rng.lognormal(-1, 0.4)) * changed.get("norm", 1),
        direction=(math.cos(angle), math.sin(angle), 0.0),
        depth_coverage=float(rng.beta(20, 2)) * changed.get("depth_coverage", 1),
        infrared_level=float(rng.normal(100, 20)) * changed.get("infrared_level", 1),
        sharpness=float(rng.normal(0.6, 0.1)) * changed.get("sharpness", 1),
        depth_noise_mm=float(rng.normal(0.6, 0.1)) * changed.get("depth_noise_mm", 1),
    )


def reference(rng: np.random.Generator, n: int = 60, denied: int = 2) -> SiteReference:
    seen = [signals(rng) for _ in range(n)]
    names = ("norm", "depth_coverage", "depth_noise_mm", "infrared_level", "sharpness")
    lists = {name: tuple(sorted(getattr(s, name) for s in seen)) for name in names}
    angles = sorted(math.degrees(math.acos(s.direction[0])) for s in seen)
    return SiteReference(
        sessions=n + denied,
        live=n,
        **lists,
        angle_deg=tuple(angles),
        directions={"site": (1.0, 0.0, 0.0), "lobby": (0.0, 1.0, 0.0), "office": (0.8, -0.6, 0.0)},
        shares={"office": 1.0},
    )


def test_ranks_among_reference_and_past_are_uniform_however_short_the_reference() -> None:
    rng = np.random.default_rng(1)
    values = rng.standard_cauchy(5020)
    ranks = _Ranks(values[:20], rng)
    p = np.array([ranks.add(float(value)) for value in values[20:]])
    assert np.histogram(p, 10, (0, 1))[0] == pytest.approx(500, abs=90)
    assert abs(np.corrcoef(p[1:], p[:-1])[0, 1]) < 0.05


def test_ties_are_broken_by_chance() -> None:
    rng = np.random.default_rng(2)
    ranks = _Ranks([1.0] * 30, rng)
    p = np.array([ranks.add(1.0) for _ in range(2000)])
    assert p.mean() == pytest.approx(0.5, abs=0.03)


@pytest.mark.slow
def test_no_bet_pays_on_average_while_nothing_changes() -> None:
    grid = (np.arange(200_000) + 0.5) / 200_000
    means = np.mean([_rank_bets(p) for p in grid], axis=0)
    assert (means <= 1 + 1e-6).all()
    assert (means > 0.9).all()  # the steepest bet has much of its mean below the grid
    for share in (0.0, 0.1, 0.3):
        mean = share * np.array(_share_bets(True, 0.3)) + (1 - share) * np.array(
            _share_bets(False, 0.3)
        )
        assert (mean <= 1 + 1e-12).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_an_unchanged_site_stays_silent_over_ten_thousand_sessions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    watch = DriftWatch(reference(rng))
    for _ in range(10_000):
        watch.add(watch.measure(bool(rng.random() > 0.1), signals(rng)))
    assert watch.drifts == []


@pytest.mark.parametrize(
    ("changed", "told", "words"),
    [
        ({"norm": 2.5}, "norm", r"norm is \d\.\d+, it was 0\.3\d+ when"),
        ({"depth_coverage": 0.6}, "depth_coverage", r"depth coverage is 5\d%, it was 9\d%"),
        ({"depth_noise_mm": 1.8}, "depth_noise_mm", r"depth noise is 1\.\d\d mm, it was 0\.[56]"),
        ({"infrared_level": 0.4}, "infrared_level", r"infrared level is [34]\d, it was"),
        ({"sharpness": 0.5}, "sharpness", r"sharpness is 0\.[23]"),
        ({"angle_deg": 60.0}, "angle_deg", "nearest domain is lobby, it was mostly office"),
    ],
)
def test_each_signal_is_noticed_within_50_sessions_with_its_reason(
    changed: dict[str, float], told: str, words: str
) -> None:
    rng = np.random.default_rng(3)
    watch = DriftWatch(reference(rng))
    for _ in range(200):
        assert watch.add(watch.measure(True, signals(rng))) == []
    drifts = [
        drift
        for _ in range(50)
        for drift in watch.add(watch.measure(True, signals(rng, **changed)))
    ]
    assert [drift.signal for drift in drifts] == [told]
    assert re.search(words, drifts[0].text)
    assert 200 < drifts[0].session <= 250


def test_a_site_that_accepts_nobody_is_noticed_and_attacks_now_and_then_are_not() -> None:
    rng = np.random.default_rng(4)
    watch = DriftWatch(reference(rng))
    for i in range(2000):
        watch.add(watch.measure(i % 8 != 0, signals(rng)))
    assert watch.drifts == []
    drifts = [drift for _ in range(50) for drift in watch.add(watch.measure(False, None))]
    assert [drift.signal for drift in drifts] == ["denied"]
    assert "2 of 62 when the site was calibrated" in drifts[0].text


def test_what_was_not_calibrated_is_not_watched() -> None:
    rng = np.random.default_rng(5)
    assert set(DriftWatch(reference(rng)).evidence) == set(SIGNALS)
    assert set(DriftWatch(reference(rng, n=10, denied=0)).evidence) == {"denied"}
    watch = DriftWatch(reference(rng))
    absent = SessionSignals(0.3, (1.0, 0.0, 0.0), None, None, math.nan, None)
    watch.add(watch.measure(True, absent))
    assert watch.evidence["infrared_level"] == 0


@pytest.mark.parametrize("fields", [{"run_length": 0.5}, {"allowance": 1.0}, {"allowance": -0.1}])
def test_impossible_limits_are_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        DriftConfig(**fields)
