"""A bundle whose own report is weak, or counts too few crops, is known by it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rise_edge.bundle import default_bundle_path
from rise_edge.pad_metrics import clopper_pearson
from rise_edge.report_warnings import FEWEST_CROPS, MOST_APCER, report_warnings


def report(accepted: int, attacks: int, bona_fide: int = 400) -> dict[str, Any]:
    mask = {"rate": accepted / attacks, "errors": accepted, "total": attacks}
    errors = {
        "apcer": {"rigid_mask": mask, "flat_print": {"rate": 0.0, "errors": 0, "total": 500}},
        "worst_apcer": {"species": "rigid_mask", **mask},
        "bpcer": {"rate": 0.0, "errors": 0, "total": bona_fide},
    }
    return {"runtimes": {"onnx": {"test": {"colour+depth+infrared": errors}}}}


def test_four_of_four_masks_are_told_with_how_few_they_are() -> None:
    weak, few = report_warnings(report(4, 4))
    assert "4 of 4 rigid_mask" in weak
    assert "APCER 100%" in weak
    assert "4 of rigid_mask" in few


@pytest.mark.parametrize(
    ("accepted", "attacks", "bona_fide", "count"),
    [
        (0, FEWEST_CROPS, FEWEST_CROPS, 0),
        (0, FEWEST_CROPS - 1, 400, 1),
        (0, 400, FEWEST_CROPS - 1, 1),
        (40, 400, 400, 0),
        (41, 400, 400, 1),
    ],
)
def test_the_limits_are_those_that_are_stated(
    accepted: int, attacks: int, bona_fide: int, count: int
) -> None:
    assert len(report_warnings(report(accepted, attacks, bona_fide))) == count


def test_the_fewest_crops_are_those_that_can_show_the_limit() -> None:
    assert (
        clopper_pearson(0, FEWEST_CROPS)[1] < MOST_APCER < clopper_pearson(0, FEWEST_CROPS - 1)[1]
    )


def test_the_shipped_bundles_report_is_not_weak_on_its_test_subjects() -> None:
    assert report_warnings(json.loads((default_bundle_path() / "report.json").read_text())) == ()
