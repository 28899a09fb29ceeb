from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from rise_edge import Modality
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.checks.quality import QualityConfig
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.reading import read_margin
from rise_edge.decision.verdict import decide
from tests.device.web.conftest import Ask

COLOUR = frozenset({Modality.COLOUR})
# vector, norm, verdict against a radius of 0.5
CASES: list[tuple[list[float], float, str]] = [
    ([0.3, 0.0], float(np.float32(0.3)), "LIVE"),
    ([0.5, 0.0], 0.5, "LIVE"),
    ([0.6, 0.8], 1.0, "SPOOF"),
    ([0.3, 0.4], 0.50001, "SPOOF"),
    ([0.0, 0.0], 0.0, "UNDECIDED(bad_numbers)"),
    ([0.3, 0.0], 0.2, "UNDECIDED(bad_numbers)"),
    ([0.3, 0.0], 0.3004, "UNDECIDED(bad_numbers)"),
    ([0.3, 0.0], -0.3, "UNDECIDED(bad_numbers)"),
    ([0.3, 0.0], math.nan, "UNDECIDED(bad_numbers)"),
    ([math.nan, 0.0], 0.3, "UNDECIDED(bad_numbers)"),
    ([math.inf, 0.0], math.inf, "UNDECIDED(bad_numbers)"),
    ([0.3, 0.0], -math.inf, "UNDECIDED(bad_numbers)"),
]

READ = """async ([vector, norm, present, accept = true]) => {
    const {readMargin} = await import('./liveness/decision/reading.js');
    const {decide} = await import('./liveness/decision/verdict.js');
    const embedding = {vector: Float32Array.from(vector), norm, present};
    const accepted = {acceptColourAlone: accept};
    return String(decide(readMargin(embedding, new Map([['colour', 0.5]])), accepted));
}"""


@pytest.mark.parametrize(("vector", "norm", "expected"), CASES)
def test_a_reading_is_decided_as_in_python(
    ask: Ask, vector: list[float], norm: float, expected: str
) -> None:
    in_python = read_margin(Embedding(np.array(vector, np.float32), norm, COLOUR), {"colour": 0.5})
    assert str(decide(in_python, accept_colour_alone=True)) == expected
    assert ask(READ, [vector, norm, [1, 0, 0]]) == expected
    assert ask(READ, [vector, norm, [1, 0, 0], False]) == str(decide(in_python))


def test_modalities_without_a_radius_are_refused(ask: Ask) -> None:
    with pytest.raises(Exception, match=r"calibrated radius \(colour\), got colour\+depth"):
        ask(READ, [[0.3, 0.0], 0.3, [1, 1, 0]])


@pytest.mark.parametrize(
    "made",
    [
        "'LIVE'",
        "'LIVE', {reading: spoof}",
        "'LIVE', {reason: 'no_face', reading: live}",
        "'UNDECIDED'",
        "'SPOOF', {reason: 'no_face'}",
    ],
)
def test_a_verdict_that_rests_on_nothing_cannot_be_made(ask: Ask, made: str) -> None:
    script = """async () => {
        const {Reading} = await import('./liveness/decision/reading.js');
        const {Verdict} = await import('./liveness/decision/verdict.js');
        const present = [1, 0, 0];
        const of = norm => new Reading({vector: Float32Array.of(norm), norm, present}, 1);
        const [live, spoof] = [of(0.5), of(2)];
        new Verdict('LIVE', {reading: live});
        new Verdict(MADE);
    }"""
    with pytest.raises(Exception, match="expected"):
        ask(script.replace("MADE", made))


def test_the_limits_are_those_of_python(ask: Ask) -> None:
    limits: dict[str, Any] = ask(
        """async () => ({
            evidence: (await import('./liveness/checks/evidence.js')).EVIDENCE,
            quality: (await import('./liveness/checks/quality.js')).QUALITY,
        })"""
    )
    of_depth = {"required", "max_skew_ms", "min_depth_coverage"}
    expected = {k: v for k, v in asdict(EvidenceConfig()).items() if k not in of_depth}
    assert limits["evidence"] == expected
    of_depth = {"nearer_mm", "max_nearer", "min_feature_coverage", "max_nose_behind_mm"}
    expected = {k: v for k, v in asdict(QualityConfig()).items() if k not in of_depth}
    assert limits["quality"] == expected
