"""A session in C++ ends in the same frame with the same verdict as Python's."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pytest

from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.checks.continuity import Continuity
from rise_edge.checks.evidence import EvidenceConfig, StreamGate, crop_faults, examine_light
from rise_edge.checks.quality import QualityConfig
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import read_margin
from rise_edge.decision.session import Sessions
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


def _python(
    stream: list[Seen], required: frozenset[Modality], accept: bool
) -> list[tuple[int, str, str]]:
    bundle, evidence = open_bundle(default_bundle_path()), EvidenceConfig(required=required)
    runtime, radii = open_runtime(bundle, "executorch"), bundle.manifest.radii["executorch"]
    scatter = bundle.manifest.margin_scatter.get(modality_set(required))
    sessions = Sessions(scatter=scatter)
    gate, continuity = StreamGate(evidence), Continuity(sessions.config.absent_ms)
    ends = []
    for index, seen in enumerate(stream):
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
        result = sessions.update(continuity.follow(observation, seen.now_ms), seen.now_ms)
        if result:
            ends.append((index, str(result.verdict.outcome), str(result.verdict.reason or "")))
    return ends


def _cpp(
    library: ctypes.CDLL, stream: list[Seen], required: frozenset[Modality], accept: bool
) -> list[tuple[int, str, str]]:
    checker, session = ctypes.c_void_p(), ctypes.c_void_p()
    bundle = str(default_bundle_path()).encode()
    assert library.rise_open(bundle, c.EXECUTORCH, 1, checker) == c.OK
    assert library.rise_accept_colour_alone(checker, accept) == c.OK
    assert library.rise_session_open(checker, c.bits(required), session) == c.OK
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
            ends.append((index, library.rise_outcome_name(verdict.outcome).decode(), reason))
    library.rise_session_close(session)
    library.rise_close(checker)
    return ends


def test_every_session_ends_as_pythons(library: ctypes.CDLL, stream: list[Seen]) -> None:
    here = _python(stream, ALL_MODALITIES, accept=False)
    assert _cpp(library, stream, ALL_MODALITIES, accept=False) == here
    outcomes = {outcome for _, outcome, _ in here}
    assert outcomes == {"LIVE", "SPOOF", "UNDECIDED"}
    reasons = {reason for _, _, reason in here}
    assert {"face_changed", "face_left", "frozen_stream"} <= reasons


@pytest.mark.parametrize("accept", [False, True])
def test_a_session_of_colour_alone_ends_as_pythons(
    library: ctypes.CDLL, stream: list[Seen], accept: bool
) -> None:
    part = stream[:130]
    here = _python(part, COLOUR_ALONE, accept)
    assert _cpp(library, part, COLOUR_ALONE, accept) == here
    assert ("colour_alone" in {reason for _, _, reason in here}) != accept
    decided = {outcome for _, outcome, _ in here} - {"UNDECIDED"}
    assert bool(decided) == accept


def test_a_clock_that_goes_back_is_refused(library: ctypes.CDLL, stream: list[Seen]) -> None:
    checker, session = ctypes.c_void_p(), ctypes.c_void_p()
    assert library.rise_open(str(default_bundle_path()).encode(), c.EXECUTORCH, 1, checker) == c.OK
    assert library.rise_session_open(checker, 1, session) == c.OK
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
