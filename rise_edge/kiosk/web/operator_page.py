"""Operator: what stands beside the pictures on the operator's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event, finite
from rise_edge.capture.loop import Step
from rise_edge.checker import Checker
from rise_edge.frame import modality_set
from rise_edge.kiosk.monitoring.health import HealthReport
from rise_edge.kiosk.web.live_state import Glance, History


@dataclass(frozen=True)
class Station:
    """What does not change while the program runs.

    Attributes:
        camera: name and serial.
        bundle: its name.
        identity: sha256 of its manifest.
        notice: what the bundle and its report warn of; "" where there is nothing.
        runtime: what runs the model.
        modalities: what must be seen.
        set_report: errors of these modalities in the bundle's report, in one line; None where it
            has none.
        second_opinion: families of others' models that may deny; None without any.
    """

    camera: str
    bundle: str
    identity: str
    notice: str
    runtime: str
    modalities: str
    set_report: str | None = None
    second_opinion: str | None = None

    @classmethod
    def of(cls, camera: Camera, checker: Checker) -> Station:
        """Of an open camera and what judges its frames."""
        manifest = checker.bundle.manifest
        return cls(
            camera=f"{camera.name} ({camera.serial})" if camera.serial else camera.name,
            bundle=manifest.name,
            identity=checker.bundle.identity,
            notice="; ".join(checker.warnings),
            set_report=str(checker.report) if checker.report else None,
            runtime=checker.runtime.name,
            modalities=modality_set(checker.evidence.required),
            second_opinion=str(checker.second_opinion) if checker.second_opinion else None,
        )


def operator_state(
    glance: Glance, history: History, station: Station, health: HealthReport, watchers: int
) -> dict[str, Any]:
    """Everything on the page but the pictures, as JSON takes it.

    Args:
        glance: the newest of everything.
        history: what came before.
        station: what does not change.
        health: what `/health` answers now.
        watchers: how many clients watch either page.
    """
    return {
        "camera": station.camera,
        "bundle": f"{station.bundle} ({station.identity[:12]})",
        "notice": station.notice,
        "set_report": station.set_report,
        "runtime": station.runtime,
        "modalities": station.modalities,
        "second_opinion": station.second_opinion,
        "health": health.fields(),
        "frames": glance.number,
        "dropped": glance.step.dropped if glance.step else 0,
        "uptime_s": round(history.uptime_s),
        "watchers": watchers,
        "recovery": str(history.attempt) if history.attempt else None,
        "now": _now(glance.step) if glance.step else None,
        "total_ms": None if history.total_ms is None else round(history.total_ms, 2),
        "stage_ms": {stage: round(ms, 2) for stage, ms in history.stage_ms.items()},
        "readings": [
            [round(age_ms), finite(norm), radius] for age_ms, norm, radius in history.readings
        ],
        "verdicts": history.verdicts,
        "sessions": [_session(ended, event) for ended, event in history.sessions],
    }


def _now(step: Step) -> dict[str, Any]:
    verdict, face = step.observation.verdict, step.observation.face
    reading, colour = verdict.reading, step.frame.colour
    box = None
    if face is not None and colour is not None:
        height, width = colour.pixels.shape[:2]
        sides = (width, height, width, height)
        box = [round(float(v) / side, 4) for v, side in zip(face.box, sides, strict=True)]
    return {
        "session": step.session,
        "verdict": str(verdict),
        "detail": verdict.detail,
        "instruction": step.instruction,
        "norm": finite(reading.norm) if reading else None,
        "radius": reading.radius if reading else None,
        "margin": finite(reading.margin) if reading else None,
        "face": box,
    }


def _session(ended: datetime, event: Event) -> dict[str, Any]:
    result = event.result
    return {
        "session": result.number,
        "time": ended.isoformat(timespec="seconds"),
        "verdict": event.verdict,
        "reason": event.reason,
        "detail": result.verdict.detail,
        "margin": None if event.margin is None else finite(event.margin),
        "duration_ms": round(result.duration_ms),
        "truth": result.truth.species if result.truth else None,
    }
