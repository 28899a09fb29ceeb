import numpy as np
import pytest

from calibration.decision.operating_curve import play, share, shifted, verdict_times_ms
from calibration.decision.presentations import Watched
from rise_edge import Face, Modality, Observation, Outcome, Reading
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.sequential_test import MarginScatter
from rise_edge.decision.verdict import Reason, decide, undecided

STEADY = MarginScatter(std=0.1, correlation_ms=50.0)
FACE = Face((240.0, 180.0, 360.0, 300.0), np.zeros((6, 2), np.float32), 0.9)


def watched(norms: list[float | None]) -> Watched:
    """A presentation with these norms at radius 1; None is a frame without a reading."""
    observations = []
    for norm in norms:
        if norm is None:
            observations.append(Observation(undecided(Reason.TOO_DARK), FACE, None, {}))
            continue
        embedding = Embedding(np.array([norm], np.float32), norm, frozenset(Modality))
        observations.append(Observation(decide(Reading(embedding, 1.0)), FACE, None, {}))
    times_ms = np.arange(len(norms)) * 33.0
    return Watched("bona_fide", True, times_ms, tuple(observations))


def test_a_presentation_ends_as_its_session_does_and_is_timed_from_the_first_good_frame() -> None:
    ending = play(watched([None] * 5 + [0.5] * 20), STEADY)
    assert ending is not None
    assert ending.outcome is Outcome.LIVE
    assert ending.verdict_ms == pytest.approx(7 * 33.0)


def test_one_that_is_over_too_soon_is_undecided() -> None:
    ending = play(watched([0.5] * 3), STEADY)
    assert ending is not None
    assert (ending.outcome, ending.reason, ending.verdict_ms) == (
        Outcome.UNDECIDED,
        Reason.ENDED,
        None,
    )


def test_shifting_moves_the_mean_and_leaves_the_scatter() -> None:
    moved = shifted(watched([0.8, 0.9, None, 0.7]), -0.2)
    assert moved is not None
    margins = moved.margins
    assert np.nanmean(margins) == pytest.approx(-0.2)
    np.testing.assert_allclose(np.diff(margins[:2]), -0.1, atol=1e-6)
    assert np.isnan(margins[2])


def test_one_far_from_the_sphere_is_not_shifted() -> None:
    assert shifted(watched([5.0] * 9), 0.1) is None


def test_shares_and_times_count_presentations() -> None:
    live = play(watched([0.5] * 20), STEADY)
    spoof = play(watched([1.5] * 20), STEADY)
    assert live is not None
    assert spoof is not None
    assert share([live, spoof, spoof], Outcome.SPOOF).count == 2
    assert str(share([live], Outcome.LIVE)).startswith("1 of 1 (2.5% to 100")
    assert verdict_times_ms([live, spoof]).shape == (2,)
