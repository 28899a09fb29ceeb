"""One record of the audit: how a session ended, and what judged it. Never a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timezone

from rise_edge.cameras.camera import Camera
from rise_edge.capture.events import Event
from rise_edge.checker import Checker


@dataclass(frozen=True)
class Record:
    """The end of one session; its fields are the columns of the audit.

    Attributes:
        time: time of the verdict: UTC, ISO 8601 with milliseconds, so that texts sort as times do.
        run: a UUID that is new each time that an audit is opened for writing.
        session: counts from 1 each time that a camera begins to be watched.
        verdict: LIVE, SPOOF or UNDECIDED.
        reason: why it is UNDECIDED; None otherwise.
        detail: the same in words and numbers.
        norm: norm of the session's median reading; None without one, or where it is no number.
        radius: radius that the norm was compared with.
        margin: 1 - norm / radius.
        modalities: modalities that were read.
        frames: frames that the session saw.
        readings: how many of them gave a reading.
        duration_ms: time from the first face to the verdict, on the frames' clock.
        verdict_ms: time from the first reading to it; None without one.
        log_ratio: what the sequential test found.
        bundle_name: bundle name of the model bundle.
        bundle_identity: sha256 of the bundle's manifest.
        runtime: runtime that ran the bundle's model.
        camera_name: camera name of the camera.
        camera_serial: None where the camera has none.
        camera_virtual: why the verdict is of nobody who stood there; None for a sensor's.
    """

    time: str
    run: str
    session: int
    verdict: str
    reason: str | None
    detail: str
    norm: float | None
    radius: float | None
    margin: float | None
    modalities: str | None
    frames: int
    readings: int
    duration_ms: float
    verdict_ms: float | None
    log_ratio: float
    bundle_name: str
    bundle_identity: str
    runtime: str
    camera_name: str
    camera_serial: str | None
    camera_virtual: str | None


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "float": (float,),
    "float | None": (float, type(None)),
}
COLUMNS = tuple(field.name for field in fields(Record))


def record_from(row: Sequence[object]) -> Record:
    """The record that a row of `COLUMNS` is, each compared with its kind: SQLite takes any.

    Raises:
        ValueError: a value is of another kind.
    """
    for field, value in zip(fields(Record), row, strict=True):
        if not isinstance(value, _KINDS[str(field.type)]):
            raise ValueError(f"expected {field.name} as {field.type}, got {value!r:.40}")
    return Record(*row)  # type: ignore[arg-type]


def record_of(event: Event, camera: Camera, checker: Checker, run: str) -> Record:
    """The record of a session that ends now, with the numbers that its event gives."""
    said = event.fields()
    return Record(
        time=utc(datetime.now(timezone.utc)),
        run=run,
        session=said["session"],
        verdict=said["verdict"],
        reason=said["reason"],
        detail=said["detail"],
        norm=said["norm"],
        radius=said["radius"],
        margin=said["margin"],
        modalities=said["modalities"],
        frames=said["frames"],
        readings=said["readings"],
        duration_ms=said["duration_ms"],
        verdict_ms=said["verdict_ms"],
        log_ratio=said["log_ratio"],
        bundle_name=checker.bundle.manifest.name,
        bundle_identity=event.bundle_identity,
        runtime=checker.runtime.name,
        camera_name=camera.name,
        camera_serial=event.camera_serial or None,
        camera_virtual=event.virtual,
    )


def utc(time: datetime) -> str:
    """A time as the audit writes it.

    >>> utc(datetime.fromisoformat("2026-03-01T12:00:00+02:00"))
    '2026-03-01T10:00:00.000+00:00'
    """
    return time.astimezone(timezone.utc).isoformat(timespec="milliseconds")
