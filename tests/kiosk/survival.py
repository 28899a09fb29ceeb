"""One person in front of a camera that fails, and what was told of it: for the tests of faults."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from time import sleep

import numpy as np

from rise_edge import CameraError, Checker, Frame, Modality
from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import EventWriter
from rise_edge.capture.listener import Listeners
from rise_edge.capture.loop import run
from rise_edge.capture.recovery import Recovery, RecoveryConfig
from rise_edge.decision.session import SessionConfig
from rise_edge.frame import Truth
from rise_edge.kiosk.audit import Audit
from rise_edge.kiosk.journal import Journal
from rise_edge.simulator.samples.retake import retake
from rise_edge.soak.oracle import Oracle
from tests.support.pictures import photograph_frame

NEED = SessionConfig().min_readings
ALIVE, ATTACK = 40, 90  # grey in infrared, to the tiny model
FRAME_MS = 1000 / 15
REST = 26  # frames in which an undecided session's pause passes
HALF = NEED // 2
ENOUGH = NEED + 1  # frames of one person: the first one follows no other and is not counted
FEW = ENOUGH - 1


def person(level: int = ALIVE, who: int = 0) -> Truth:
    species = "bona_fide" if level == ALIVE else "flat_print"
    return Truth(species, level == ALIVE, f"person {who}", "photograph", who)


@lru_cache
def scene(level: int) -> Frame:
    return photograph_frame(infrared_level=level)


def standing(
    frames: int, *, first: int = 1, level: int = ALIVE, who: int = 0, truth: bool = True
) -> Iterator[Frame]:
    """The photographed person, in a new picture each frame."""
    rng = np.random.default_rng(first)
    for number in range(first, first + frames):
        images = {
            m.value: retake(scene(level).image(m), number, number * FRAME_MS, rng) for m in Modality
        }
        yield Frame(**images, truth=person(level, who) if truth else None)


@dataclass
class Told:
    """What a run left behind."""

    sessions: list[dict] = field(default_factory=list)
    attempts: int = 0
    error: CameraError | None = None
    oracle: Oracle = field(default_factory=lambda: Oracle(NEED))

    @property
    def verdicts(self) -> list[str]:
        return [e["verdict"] + (f"({e['reason']})" if e["reason"] else "") for e in self.sessions]


def watch(
    camera: Camera, checker: Checker, folder: Path, *, audit: Audit | None = None, slow_s: float = 0
) -> Told:
    """Watch a camera as the command does, with the oracle beside it."""
    told = Told()
    path = folder / "events.jsonl"
    with camera, EventWriter(str(path)) as output:
        listeners = Listeners(Journal(output), told.oracle)
        again = Recovery(RecoveryConfig(), listeners.attempt, wait=lambda seconds: None)
        try:
            for happened in run(camera, checker, recovery=again, audit=audit):
                listeners.hear(happened)
                sleep(slow_s)
        except CameraError as error:
            told.error = error
    events = [json.loads(line) for line in path.read_text().splitlines()]
    told.sessions = [event for event in events if event["event"] == "session"]
    told.attempts = sum(event["event"] == "recovery" for event in events)
    return told
