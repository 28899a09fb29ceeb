"""Colour alone decides only for those who ask for it by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import rise_edge
from rise_edge import Checker, EvidenceConfig, Modality, Outcome, Reading, Reason
from rise_edge.capture.loop import run, sessions
from rise_edge.checks.colour_alone import colour_alone_figures
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.session import SessionConfig
from rise_edge.decision.verdict import DEVICE_FAULTS, decide
from rise_edge.frame import ALL_MODALITIES, COLOUR_ALONE
from tests.docs.pages import ROOT
from tests.support.frame_source import FrameSource, visits
from tests.support.happenings import events_in, steps_in
from tests.support.pictures import photograph_frame


def reading(norm: float, present: frozenset[Modality] = COLOUR_ALONE) -> Reading:
    return Reading(Embedding(np.array([norm, 0], np.float32), norm, present), radius=1.0)


@pytest.fixture(scope="module")
def checker() -> Checker:
    """The shipped bundle with colour alone, which is not accepted."""
    return rise_edge.load(modalities="colour")


@pytest.fixture(scope="module")
def accepting() -> Checker:
    return rise_edge.load(modalities="colour", accept_colour_alone=True)


@pytest.mark.parametrize("norm", [0.5, 1.5])
def test_a_reading_of_colour_alone_decides_nothing(norm: float) -> None:
    verdict = decide(reading(norm))
    assert (verdict.outcome, verdict.reason) == (Outcome.UNDECIDED, Reason.COLOUR_ALONE)
    assert verdict.reading is not None
    assert verdict.reading.norm == norm


@pytest.mark.parametrize(("norm", "outcome"), [(0.5, Outcome.LIVE), (1.5, Outcome.SPOOF)])
def test_accepted_by_name_it_decides(norm: float, outcome: Outcome) -> None:
    assert decide(reading(norm), accept_colour_alone=True).outcome is outcome


@pytest.mark.parametrize("other", [Modality.DEPTH, Modality.INFRARED])
def test_colour_with_another_modality_decides(other: Modality) -> None:
    assert decide(reading(0.5, COLOUR_ALONE | {other})).outcome is Outcome.LIVE


def test_a_broken_model_is_told_first() -> None:
    assert decide(reading(float("nan"))).reason is Reason.BAD_NUMBERS


def test_a_checker_of_colour_alone_says_live_only_where_it_is_accepted(
    checker: Checker, accepting: Checker
) -> None:
    frame = photograph_frame()
    assert checker.check(frame).reason is Reason.COLOUR_ALONE
    assert accepting.check(frame).outcome is Outcome.LIVE


def test_every_start_says_what_colour_alone_is_worth(checker: Checker, accepting: Checker) -> None:
    worth = str(colour_alone_figures())
    assert "AUC 0.35 [0.05, 0.86]" in worth
    assert worth in checker.warnings
    assert worth in accepting.warnings
    assert [w for w in checker.warnings if "accept_colour_alone" in w]
    assert not [w for w in accepting.warnings if "accept_colour_alone" in w]
    assert worth not in rise_edge.load().warnings


def test_each_visitor_has_one_undecided_session_and_nobody_is_locked_out(checker: Checker) -> None:
    config = SessionConfig(lockout=LockoutConfig(spoofs=1))
    camera = FrameSource(visits([40, 90, 40], frames_each=45))
    events = list(sessions(camera, checker, config=config))
    assert [event.reason for event in events] == ["colour_alone"] * 3
    assert {event.instruction for event in events} == {None}
    assert all(event.margin is not None for event in events)


def test_the_person_cannot_help_it() -> None:
    assert Reason.COLOUR_ALONE in DEVICE_FAULTS


def test_a_camera_that_loses_depth_and_infrared_is_not_judged_by_colour() -> None:
    checker = rise_edge.load()
    frames = [
        frame if number < 3 else replace(frame, depth=None, infrared=None)
        for number, frame in enumerate(photograph_frame(n) for n in range(1, 150))
    ]
    seen = list(run(FrameSource(frames), checker))
    reasons = {step.observation.verdict.reason for step in steps_in(seen)[3:]}
    assert reasons == {Reason.MISSING_MODALITY}
    assert "LIVE" not in {event.verdict for event in events_in(seen)}


def test_required_modalities_are_all_by_default() -> None:
    config = EvidenceConfig()
    assert config.required == ALL_MODALITIES
    assert not config.accept_colour_alone


@pytest.mark.parametrize("page", ["README.md", "device/web/README.md"])
def test_the_guides_quote_the_figures_that_are_shipped(page: str) -> None:
    words = " ".join((ROOT / page).read_text().replace("\n> ", "\n").split())
    assert str(colour_alone_figures()) in words
