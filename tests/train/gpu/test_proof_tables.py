import math

import numpy as np
import pytest

from train.gpu.proof_tables import in_target, interval, paired, summary


def _cell(row, target, seed, hter):
    numbers = dict.fromkeys(("auc", "oracle_hter", "worst_apcer", "slope", "live_drift"), 0.5)
    return {
        "row": row,
        "target": target,
        "seed": seed,
        "synergy": 0.0,
        "validation": {"slope": 0.1},
        "measured": {target: {"hter": hter, **numbers}, "night": {"hter": 0.4, **numbers}},
    }


def test_the_interval_is_students():
    from scipy.stats import t  # takes a second to import

    values = [0.1, 0.3, 0.2, 0.6]
    mean, low, high = interval(values)
    scale = np.std(values, ddof=1) / 2
    assert (low, high) == pytest.approx(t.interval(0.95, 3, loc=mean, scale=scale))
    assert math.isnan(interval([0.1])[1])


def test_cells_are_paired_by_target_and_seed_and_those_without_a_partner_are_left_out():
    base = [_cell("erm", "office", 0, 0.3), _cell("erm", "lobby", 0, 0.2)]
    own = [_cell("rise", "lobby", 0, 0.1), _cell("rise", "lobby", 1, 0.9)]
    assert paired(own, base, in_target("hter")) == pytest.approx([-0.1])


def test_the_spread_is_over_seeds_of_the_mean_over_targets():
    cells = [
        _cell("erm", target, seed, 0.1 * seed + 0.2 * (target == "office"))
        for target in ("office", "lobby")
        for seed in (0, 1)
    ]
    row = summary(cells)[0]
    assert row["hter"] == pytest.approx((0.15, np.std([0.1, 0.2], ddof=1)))
    assert row["hter_by_target"]["lobby"] == pytest.approx((0.05, np.std([0, 0.1], ddof=1)))
    assert row["held_back_hter"][0] == pytest.approx(0.4)
    assert row["against_erm"] == pytest.approx((0.0, 0.0, 0.0))
