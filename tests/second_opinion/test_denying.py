"""A second opinion turns LIVE into SPOOF, and nothing into anything else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rise_edge import (
    Bundle,
    Checker,
    Observation,
    Outcome,
    Reading,
    Reason,
    SecondOpinion,
    SessionConfig,
    Sessions,
    Verdict,
)
from rise_edge.capture.loop import sessions
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.opinion import Opinion, denied
from rise_edge.decision.session import SessionResult
from rise_edge.decision.verdict import DEVICE_FAULTS, decide, undecided
from rise_edge.frame import ALL_MODALITIES
from tests.decision.test_session import STEADY, STEP_MS, face_at
from tests.support.frame_source import FrameSource, visits
from tests.support.opinion_models import channel_means, write_opinion
from tests.support.pictures import photograph_frame
from tests.support.tiny_bundle import tiny_model, write_tiny_bundle

AGAINST, FOR = Opinion("a", 0.9, 0.5), Opinion("b", 0.1, 0.5)


def reading(norm: float) -> Reading:
    return Reading(Embedding(np.array([norm, 0], np.float32), norm, ALL_MODALITIES), radius=1.0)


def checker_with(bundle: Bundle, *models: Path) -> Checker:
    return Checker(bundle, second_opinion=SecondOpinion(models))


def test_live_becomes_spoof_where_any_family_denies() -> None:
    live = decide(reading(0.5))
    verdict = denied(live, [FOR, AGAINST])
    assert (verdict.outcome, verdict.reading) == (Outcome.SPOOF, live.reading)
    assert "a: attack score 0.90 (limit 0.50)" in verdict.detail
    assert denied(live, [FOR]) is live
    assert denied(live, []) is live


@pytest.mark.parametrize(
    "verdict", [decide(reading(1.5)), undecided(Reason.NO_FACE), decide(reading(float("nan")))]
)
@pytest.mark.parametrize("opinion", [FOR, AGAINST], ids=["for", "against"])
def test_what_is_not_live_stays_as_it_is(verdict: Verdict, opinion: Opinion) -> None:
    assert denied(verdict, [opinion]) is verdict


def test_a_score_that_is_no_number_denies() -> None:
    assert Opinion("a", float("nan"), 0.5).denies


@pytest.mark.parametrize(("threshold", "outcome"), [(0.0, Outcome.SPOOF), (0.999, Outcome.LIVE)])
def test_a_checker_asks_of_each_frame(
    tmp_path: Path, tiny_bundle: Bundle, threshold: float, outcome: Outcome
) -> None:
    checker = checker_with(tiny_bundle, write_opinion(tmp_path, threshold=threshold))
    seen = checker.observe(photograph_frame(infrared_level=40))
    assert seen.verdict.outcome is outcome
    assert [opinion.family for opinion in seen.opinions] == ["opinion"]
    assert "second_opinion" in seen.stage_ms
    spoof = checker.observe(photograph_frame(infrared_level=90))
    assert spoof.verdict.outcome is Outcome.SPOOF
    assert spoof.verdict.detail == ""


def test_what_is_undecided_is_not_asked_about(tmp_path: Path) -> None:
    broken = write_tiny_bundle(tmp_path / "b", model=tiny_model(float("nan")))
    seen = checker_with(broken, write_opinion(tmp_path, threshold=0.0)).observe(photograph_frame())
    assert seen.verdict.reason is Reason.BAD_NUMBERS
    assert seen.opinions == ()


def test_colour_alone_is_no_evidence_whatever_a_second_opinion_says(tmp_path: Path) -> None:
    from rise_edge import load

    opinion = SecondOpinion([write_opinion(tmp_path)])
    checker = load(modalities="colour", second_opinion=opinion)
    assert checker.check(photograph_frame()).reason is Reason.COLOUR_ALONE


@pytest.mark.parametrize("fails", ["nan", "error"])
def test_a_model_that_fails_leaves_it_undecided(
    tmp_path: Path, tiny_bundle: Bundle, fails: str
) -> None:
    model = write_opinion(tmp_path, model=channel_means(fails=fails))
    checker = checker_with(tiny_bundle, model)
    for level in (40, 90):
        verdict = checker.check(photograph_frame(infrared_level=level))
        assert verdict.reason is Reason.OPINION_FAILED
        assert "opinion.onnx" in verdict.detail
        assert verdict.reading is not None
    (event,) = sessions(FrameSource(visits([40], frames_each=100)), checker)
    assert event.reason == "opinion_failed"
    assert event.instruction is None
    assert event.result.readings == 0


def test_the_person_cannot_help_a_model_that_fails() -> None:
    assert Reason.OPINION_FAILED in DEVICE_FAULTS


def play(norm: float, scores: Sequence[float]) -> SessionResult:
    """One session of frames with these scores, the last one again and again."""
    config = SessionConfig()
    one = Sessions(config, STEADY)
    for index in range(60):
        seen = Opinion("a", scores[min(index, len(scores) - 1)], 0.5)
        alone = denied(decide(reading(norm)), [seen])
        observation = Observation(alone, face_at(), None, {}, opinions=(seen,))
        result = one.update(observation, index * STEP_MS)
        if result:
            return result
    raise AssertionError("the session did not end")


def test_a_session_is_denied_by_the_median_of_its_frames() -> None:
    result = play(0.5, [0.9])
    assert (result.verdict.outcome, result.readings) == (Outcome.SPOOF, 8)
    assert "a: attack score 0.90" in result.verdict.detail
    assert result.verdict.reading is not None
    assert result.verdict.reading.margin > 0
    assert result.opinions == (Opinion("a", 0.9, 0.5),)


def test_a_few_frames_do_not_deny_a_session_and_half_of_them_do() -> None:
    assert play(0.5, [0.9, 0.9, 0.9, 0.1]).verdict.outcome is Outcome.LIVE
    assert play(0.5, [0.9, 0.9, 0.9, 0.9, 0.1]).verdict.outcome is Outcome.SPOOF


def test_a_session_that_is_spoof_by_its_norm_is_not_made_live() -> None:
    result = play(1.5, [0.0])
    assert result.verdict.outcome is Outcome.SPOOF
    assert result.verdict.detail == ""


def test_a_session_that_is_denied_counts_for_the_lock_out(
    tmp_path: Path, tiny_bundle: Bundle
) -> None:
    checker = checker_with(tiny_bundle, write_opinion(tmp_path, threshold=0.0))
    config = SessionConfig(lockout=LockoutConfig(spoofs=1))
    events = list(sessions(FrameSource(visits([40, 40])), checker, config=config))
    assert [event.verdict for event in events] == ["SPOOF", "UNDECIDED"]
    assert events[1].reason == "locked_out"


def test_an_event_tells_of_it(tmp_path: Path, tiny_bundle: Bundle) -> None:
    checker = checker_with(tiny_bundle, write_opinion(tmp_path, threshold=0.0))
    (event,) = sessions(FrameSource(visits([40])), checker)
    fields = event.fields()
    (opinion,) = fields["second_opinion"]
    assert (opinion["family"], opinion["threshold"], opinion["denies"]) == ("opinion", 0.0, True)
    assert 0 < opinion["score"] < 1
    assert fields["margin"] > 0
    (without,) = sessions(FrameSource(visits([40])), Checker(tiny_bundle))
    assert without.fields()["second_opinion"] is None
