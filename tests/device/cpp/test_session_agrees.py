"""A session in C++ ends in the same frame with the same verdict as Python's."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

import numpy as np
import pytest

from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.checks.continuity import Continuity
from rise_edge.checks.evidence import EvidenceConfig, StreamGate, crop_faults, examine_light
from rise_edge.checks.quality import QualityConfig
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import read_margin
from rise_edge.decision.sequential_test import SequentialConfig
from rise_edge.decision.session import SessionConfig, Sessions
from rise_edge.decision.verdict import Reason, decide, undecided
from rise_edge.face import Face, FaceDetector, crop_face, face_square, head_angles
from rise_edge.frame import ALL_MODALITIES, COLOUR_ALONE, Frame, Modality, modality_set
from rise_edge.runtimes import open_runtime
from rise_edge.simulator import presentations
from tests.device.cpp import interface as c

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

_FPS = 15.0
_FRAMES = 210
_WIDTH_IN_SIDES = 0.7
_UNFINISHED = "unfinished"
_SEEDS = range(16)


class End(NamedTuple):
    """How a session ended, in which frame, and the norm that it rests on; 0 where it has none."""

    index: int
    outcome: str
    reason: str
    norm: float


@dataclass(frozen=True, eq=False)
class Seen:
    """A frame of the simulated camera and the one face in it."""

    frame: Frame
    face: Face | None
    now_ms: float


@pytest.fixture(scope="module")
def stream() -> list[Seen]:
    """People and attacks who come and go; once a stream freezes, once somebody takes a place."""
    detector = FaceDetector()
    seen = []
    people = presentations(5, subjects=(100_000, 200_000), fps=_FPS)
    frames = (frame for one in people for frame in one.frames(_FPS))
    for frame in islice(frames, _FRAMES):
        assert frame.colour is not None
        faces = detector.detect(frame.colour.pixels)
        face = _boxed(faces[0]) if len(faces) == 1 else None
        seen.append(Seen(frame, face, frame.colour.timestamp_ms))
    return list(_with_faults(seen))


def _boxed(face: Face) -> Face:
    """The face with the box that C++ takes it to have: it is told eyes and mouth alone."""
    square = face_square(face.keypoints)
    half = square.side * _WIDTH_IN_SIDES / 2
    box = (square.cx - half, square.cy - half, square.cx + half, square.cy + half)
    return replace(face, box=box)


def _with_faults(seen: list[Seen]) -> Iterator[Seen]:
    for index, one in enumerate(seen):
        if 156 <= index < 171:  # the depth sensor stalls
            one = replace(one, frame=replace(one.frame, depth=seen[156].frame.depth))
        if 67 <= index < 73:  # nobody could look
            continue
        if index == 25:  # a face is swapped for a flipped one
            one = replace(one, frame=_flipped(one.frame))
        yield one


def _flipped(frame: Frame) -> Frame:
    assert frame.colour is not None
    turned = np.ascontiguousarray(frame.colour.pixels[::-1])
    return replace(frame, colour=replace(frame.colour, pixels=turned))


def _observations(
    stream: list[Seen], required: frozenset[Modality], accept: bool
) -> list[Observation]:
    """What each frame shows by itself, in Python."""
    bundle, evidence = open_bundle(default_bundle_path()), EvidenceConfig(required=required)
    runtime, radii = open_runtime(bundle, "executorch"), bundle.manifest.radii["executorch"]
    gate = StreamGate(evidence)
    observations = []
    for seen in stream:
        fault = gate.examine(seen.frame)
        if fault:
            stale = (
                undecided(Reason.FROZEN_STREAM) if fault.reason is Reason.STALE_STREAM else fault
            )
            observation = Observation(stale, None, None, {})
        elif seen.face is None:
            observation = Observation(undecided(Reason.NO_FACE), None, None, {})
        else:
            asked = seen.frame.only(required)
            crop = crop_face(asked, seen.face)
            dead = examine_light(asked, evidence)
            faults = crop_faults(crop, asked, evidence)
            if abs(head_angles(seen.face.keypoints).roll_deg) > QualityConfig().max_roll_deg:
                faults.append(undecided(Reason.TURNED))
            reading = read_margin(runtime.embed([crop])[0], radii)
            decided = decide(reading, accept_colour_alone=accept)
            verdict = dead or (faults[0] if faults else decided)
            observation = Observation(verdict, seen.face, crop, {})
        observations.append(observation)
    return observations


def _python(
    stream: list[Seen],
    observations: list[Observation],
    required: frozenset[Modality],
    config: SessionConfig | None = None,
) -> list[End]:
    scatter = open_bundle(default_bundle_path()).manifest.margin_scatter
    sessions = Sessions(config, scatter.get(modality_set(required)))
    continuity = Continuity(sessions.config.absent_ms)
    ends = []
    for index, (seen, observation) in enumerate(zip(stream, observations, strict=True)):
        result = sessions.update(continuity.follow(observation, seen.now_ms), seen.now_ms)
        if result:
            verdict = result.verdict
            norm = verdict.reading.norm if verdict.reading else 0.0
            ends.append(End(index, str(verdict.outcome), str(verdict.reason or ""), norm))
    return ends


def _cpp(
    library: ctypes.CDLL,
    stream: list[Seen],
    required: frozenset[Modality],
    accept: bool,
    options: c.COptions | None = None,
) -> list[End]:
    checker, session = ctypes.c_void_p(), ctypes.c_void_p()
    bundle = str(default_bundle_path()).encode()
    assert library.rise_open(bundle, c.EXECUTORCH, 1, checker) == c.OK
    assert library.rise_accept_colour_alone(checker, accept) == c.OK
    assert library.rise_session_open(checker, c.bits(required), options, session) == c.OK
    ends = []
    for index, seen in enumerate(stream):
        pictures = [c.native(image, m) for m in Modality if (image := seen.frame.image(m))]
        frame = c.CFrame(*(ctypes.pointer(picture) for picture in pictures), 0, 0)
        face = None if seen.face is None else c.face(seen.face.keypoints)
        alone, verdict = c.CVerdict(), c.CVerdict()
        status = library.rise_session_frame(session, frame, face, seen.now_ms, alone, verdict)
        assert status == c.OK, library.rise_last_error()
        reason = library.rise_reason_name(verdict.reason).decode()
        if reason != _UNFINISHED:
            outcome = library.rise_outcome_name(verdict.outcome).decode()
            ends.append(End(index, outcome, reason, verdict.reading.norm))
    library.rise_session_close(session)
    library.rise_close(checker)
    return ends


def _expect_agreement(there: list[End], here: list[End]) -> None:
    assert [end[:3] for end in there] == [end[:3] for end in here]
    norms = [end.norm for end in here]
    assert [end.norm for end in there] == pytest.approx(norms, abs=1e-5)


@pytest.fixture(scope="module")
def observations(stream: list[Seen]) -> list[Observation]:
    return _observations(stream, ALL_MODALITIES, accept=False)


def test_every_session_ends_as_pythons(
    library: ctypes.CDLL, stream: list[Seen], observations: list[Observation]
) -> None:
    here = _python(stream, observations, ALL_MODALITIES)
    _expect_agreement(_cpp(library, stream, ALL_MODALITIES, accept=False), here)
    outcomes = {end.outcome for end in here}
    assert outcomes == {"LIVE", "SPOOF", "UNDECIDED"}
    reasons = {end.reason for end in here}
    assert {"face_changed", "face_left", "frozen_stream"} <= reasons


@pytest.mark.parametrize("accept", [False, True])
def test_a_session_of_colour_alone_ends_as_pythons(
    library: ctypes.CDLL, stream: list[Seen], accept: bool
) -> None:
    part = stream[:130]
    here = _python(part, _observations(part, COLOUR_ALONE, accept), COLOUR_ALONE)
    _expect_agreement(_cpp(library, part, COLOUR_ALONE, accept), here)
    assert ("colour_alone" in {end.reason for end in here}) != accept
    decided = {end.outcome for end in here} - {"UNDECIDED"}
    assert bool(decided) == accept


def _any_config(seed: int) -> SessionConfig:
    """A configuration within the limits."""
    of = np.random.default_rng(seed).uniform
    test = SequentialConfig(10 ** of(-30, -0.4), 10 ** of(-30, -0.4), of(0.05, 0.45))
    lockout = LockoutConfig(int(of(1, 3)), of(1_000, 60_000), of(500, 5_000))
    return SessionConfig(
        test=test,
        min_readings=int(of(1, 16)),
        agreement=of(0.5, 1.0),
        deadline_ms=of(500, 4_000),
        absent_ms=of(80, 800),
        retry_ms=of(50, 2_000),
        max_step=of(0.01, 1.0),
        max_growth=of(1.01, 2.0),
        lockout=lockout if seed % 2 else None,
    )


def test_with_other_options_every_session_ends_as_pythons(
    library: ctypes.CDLL, stream: list[Seen], observations: list[Observation]
) -> None:
    found = []
    for config in map(_any_config, _SEEDS):
        here = _python(stream, observations, ALL_MODALITIES, config)
        there = _cpp(library, stream, ALL_MODALITIES, accept=False, options=c.options(config))
        _expect_agreement(there, here)
        found.append(tuple(here))
    assert len(set(found)) > len(_SEEDS) / 2  # the options count
    reasons = {end.reason for ends in found for end in ends}
    assert {"", "locked_out", "face_changed", "face_left", "inconsistent"} <= reasons


def test_a_clock_that_goes_back_is_refused(library: ctypes.CDLL, stream: list[Seen]) -> None:
    checker, session = ctypes.c_void_p(), ctypes.c_void_p()
    assert library.rise_open(str(default_bundle_path()).encode(), c.EXECUTORCH, 1, checker) == c.OK
    assert library.rise_session_open(checker, 1, None, session) == c.OK
    assert stream[0].frame.colour is not None
    colour = c.native(stream[0].frame.colour, Modality.COLOUR)
    frame = c.CFrame(ctypes.pointer(colour), None, None, 0, 0)
    alone, verdict = c.CVerdict(), c.CVerdict()

    def at(now_ms: float) -> int:
        return int(library.rise_session_frame(session, frame, None, now_ms, alone, verdict))

    assert at(1000.0) == c.OK
    assert at(1000.0) == c.OK
    assert library.rise_reason_name(alone.reason) == b"frozen_stream"
    for wrong in (999.0, float("nan"), float("inf")):
        assert at(wrong) == c.ARGUMENT
        assert verdict.outcome == c.UNDECIDED
    library.rise_session_close(session)
    library.rise_close(checker)
