"""Events: what the capture loop says, as JSON lines.

One line is one JSON object. The schema is versioned by the field `schema`; within a version
kinds and fields are only added, never renamed or removed. Eight kinds, told apart by `event`:

`started`: `camera` {name, serial, virtual (as in `session`); of a folder that was calibrated also
calibration {source, created}, of one that has no sensors in its camera.json either a warning
(text); of a RealSense firmware, usb, emitter, settings [{sensor, option, value, note}] and
recording (null, or {file, error})}, `bundle` {name, version, identity, signed_by (the pinned public
key in hexadecimal, null where none was pinned), simulated, notice, warnings [text] (the notice,
what the bundle's report warns of, and what colour alone is worth)}, `set_report` (null, or what
that report shows for these modalities at the bundle's radius: {bpcer {rate, errors, total,
interval}, worst_apcer {species, rate, ...}}), `site` (null, or, of the site's calibration that is
used, {created, radius, asked_bpcer, confidence, n, forced, reason}), `runtime`, `modalities`,
`colour_alone` (null where depth or infrared is required; else {accepted, and what
`rise_edge.checks.colour_alone` says of real pictures: auc, auc_interval, bpcer, apcer, ...}; not
accepted, every session is UNDECIDED), `second_opinion` (null, or [{family, threshold, models
[{file, name, licence, sha256}]}]), `min_readings`, `deadline_ms`, `test` {false_live, false_spoof,
delta, std, correlation_ms}: what is asked of the sequential test and the scatter that it reckons
with, `lockout` (null, or {spoofs, window_ms, lock_ms}), `language` (of the instructions), `audit`
(null, or {file, run}: where sessions are recorded, and the UUID of this run's records), `evidence`
(null, or {folder, run}: where pictures of sessions are kept, and the UUID in this run's file
names). Of a folder with 16-bit infrared, `camera` has infrared_scale too (levels of grey a unit).

`session`: `session` (counts from 1), `verdict` LIVE | SPOOF | UNDECIDED, `reason` (null unless
UNDECIDED), `detail`, `instruction` (what to tell the person, in one line; null where nothing that
they do would help), `norm`, `radius`, `margin` (1 - norm / radius; null without a reading),
`modalities`, `frames`, `readings`, `faults` {reason: count}, `duration_ms` (from the first face, on
the frames' clock), `verdict_ms` (from the first reading; null without one), `log_ratio` (what the
sequential test found: log likelihood of a living person against an attack), `second_opinion` (null
where none was asked; else [{family, score, threshold, denies}]: the median over the frames that
were read of how much the face looks like an attack to others' models, from 0 to 1; a SPOOF that one
of them made of a LIVE has a margin >= 0 and a `detail` that names it), `bundle` (identity),
`camera` (serial), `virtual` (null for a sensor of this machine; else why the verdict is of nobody
who stands there now: a recording, images, a simulation, a device made of software; such a line
opens no door), `latency_ms` {stage: median} and `truth` (null, or for simulated sources {species,
bona_fide, subject, domain, presentation}).

`audit_failed`: `session` has no record in the audit, because of `error`; stands before that
session, which is UNDECIDED with the reason audit_failed if it would have been LIVE.

`evidence_failed`: the evidence of `session` was not kept, or, where `session` is null, old files
were not removed, because of `error`; comes some time after that session. No verdict depends on it.

`recovery`: one attempt to open a lost camera again: `attempt` (counts from 1 since the camera was
last healthy), `waited_ms`, `reset` (whether the device was reset first), `error` (null where the
camera is back).

`drift`: the site is no longer what it was calibrated as: `signal` (norm, depth_coverage,
depth_noise_mm, infrared_level, sharpness, angle_deg or denied; each is told once),
`session` (how many had finished since the start, or in the drift history, from which it is told
again at each start; the repeated tries of one visitor counted once), `text`. No verdict depends on
it.

`hint`: the images of a folder are probably not what the check needs: `kind` (depth_scale or
faces_cut_out; each is told once), `text`. No verdict depends on it.

`stopped`: `cause` (sessions, seconds, ended, interrupted, camera_lost, or unusable_image in a
folder), `camera` (as in `started`, as it is now: `recording.error` says why a recording ended
early), `sessions`, `frames`, `dropped`, `seconds`, `verdicts` {verdict: count}, `truth` (null, or
{species: {bona_fide, sessions, live, spoof, undecided}}), `audit_failures` (sessions whose record
failed) and `evidence_failures` (how many events `evidence_failed` there were).

Every event has `schema`, `event` and `time` (UTC, ISO 8601).

Version 2 added `colour_alone`, `second_opinion`, `language`, `instruction`, `verdict_ms`,
`log_ratio`, `virtual`, `test` and `lockout`, the reasons `too_near`, `off_centre`, `turned`,
`occluded`, `blurred`, `unsteady`, `resized_stream`, `implausible_clock`, `colour_alone`,
`opinion_failed`, `locked_out` and `audit_failed`, and gave saturated infrared, `too_bright` before,
its own reason, `infrared_saturated`. Version 3 gave `margin` in radii, 1 - norm / radius; it was
radius - norm before.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from io import SEEK_END, FileIO
from pathlib import Path
from typing import Any, BinaryIO

from rise_edge.decision.opinion import Opinion
from rise_edge.decision.session import SessionResult
from rise_edge.decision.verdict import Outcome
from rise_edge.errors import OutputError

SCHEMA = "rise_edge.event/3"


@dataclass(frozen=True, eq=False)
class Event:
    """A finished session, as the world outside hears of it.

    Attributes:
        result: the session.
        camera_serial: camera serial of the camera that saw it.
        bundle_identity: sha256 of the bundle's manifest.
        latency_ms: stage -> median milliseconds over the session's frames.
        instruction: what to tell the person, None where there is nothing to tell.
        audit_error: why the session has no record, where one was asked for and failed.
        virtual: why the frames say nothing of who stands there now; None for those of a sensor.
    """

    result: SessionResult
    camera_serial: str
    bundle_identity: str
    latency_ms: dict[str, float]
    instruction: str | None = None
    audit_error: str | None = None
    virtual: str | None = "nobody says where the frames come from"

    @property
    def verdict(self) -> str:
        """LIVE, SPOOF or UNDECIDED."""
        return self.result.verdict.outcome.value

    @property
    def reason(self) -> str | None:
        """Why it is UNDECIDED."""
        reason = self.result.verdict.reason
        return reason.value if reason else None

    @property
    def margin(self) -> float | None:
        """1 - norm / radius of the session's median reading, None without a reading."""
        reading = self.result.verdict.reading
        return reading.margin if reading else None

    def fields(self) -> dict[str, Any]:
        """The event's fields; see the module's text."""
        result, reading = self.result, self.result.verdict.reading
        return {
            "session": result.number,
            "verdict": self.verdict,
            "reason": self.reason,
            "detail": result.verdict.detail,
            "instruction": self.instruction,
            "norm": finite(reading.norm) if reading else None,
            "radius": finite(reading.radius) if reading else None,
            "margin": finite(reading.margin) if reading else None,
            "modalities": reading.modalities if reading else None,
            "frames": result.frames,
            "readings": result.readings,
            "faults": result.faults,
            "duration_ms": round(result.duration_ms, 1),
            "verdict_ms": None if result.verdict_ms is None else round(result.verdict_ms, 1),
            "log_ratio": round(result.log_ratio, 2),
            "second_opinion": [_opinion(opinion) for opinion in result.opinions] or None,
            "bundle": self.bundle_identity,
            "camera": self.camera_serial,
            "virtual": self.virtual,
            "latency_ms": {stage: round(ms, 2) for stage, ms in self.latency_ms.items()},
            "truth": _truth(result),
        }


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {**asdict(opinion), "score": finite(opinion.score), "denies": opinion.denies}


def finite(value: float) -> float | None:
    """A number for JSON, which knows no NaN: what is none becomes null."""
    return round(value, 6) if abs(value) < float("inf") else None


def _truth(result: SessionResult) -> dict[str, Any] | None:
    truth = result.truth
    if truth is None:
        return None
    names = ("species", "bona_fide", "subject", "domain", "presentation")
    return {name: getattr(truth, name) for name in names}


@dataclass
class Tally:
    """How sessions ended, overall and by true species where that is known."""

    verdicts: Counter[str] = field(default_factory=Counter)
    species: dict[str, SpeciesTally] = field(default_factory=dict)

    def add(self, event: Event) -> None:
        """Count one session."""
        self.verdicts[event.verdict] += 1
        truth = event.result.truth
        if truth is not None:
            entry = self.species.setdefault(truth.species, SpeciesTally(truth.bona_fide))
            entry.add(event.result.verdict.outcome)

    @property
    def sessions(self) -> int:
        """How many sessions ended."""
        return sum(self.verdicts.values())


@dataclass
class SpeciesTally:
    """How the sessions of one species ended."""

    bona_fide: bool
    sessions: int = 0
    live: int = 0
    spoof: int = 0
    undecided: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one session."""
        self.sessions += 1
        name = outcome.value.lower()
        setattr(self, name, getattr(self, name) + 1)

    def fields(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class EventWriter:
    """Writes events as JSON lines.

    Args:
        target: a file, which is appended to, one whole line a write; "-" for standard output;
            None for nowhere.

    Raises:
        OutputError: the file cannot be opened or written.
    """

    def __init__(self, target: str | None) -> None:
        self._target = target
        self._file: BinaryIO | None = None
        if target == "-" and sys.stdout is None:
            raise OutputError("cannot write events to standard output: it is closed; name a file")
        if target == "-":
            self._file = sys.stdout.buffer
        elif target is not None:
            try:
                # Unbuffered: a line that could not be written is not tried again on closing.
                self._file = Path(target).open("ab", buffering=0)  # noqa: SIM115
                if _ends_within_a_line(Path(target)):
                    self._file.write(b"\n")
            except OSError as error:
                raise OutputError(f"cannot write events to {target}: {error.strerror}") from None

    def write(self, kind: str, fields: dict[str, Any]) -> None:
        """Write one event.

        Raises:
            OutputError: the line could not be written. Of a line that the disk had no room for,
                nothing stays in a file.
        """
        if self._file is None:
            return
        time = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        line = json.dumps({"schema": SCHEMA, "event": kind, "time": time, **fields})
        try:
            _write_whole(self._file, line.encode() + b"\n")
        except BrokenPipeError:
            raise  # the reader of a pipe has seen enough: no error of ours
        except OSError as error:
            raise OutputError(f"cannot write events to {self._target}: {error.strerror}") from None

    def close(self) -> None:
        """Close the file; standard output stays open."""
        if self._file is not None and self._target != "-":
            self._file.close()

    def __enter__(self) -> EventWriter:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _ends_within_a_line(path: Path) -> bool:
    """Whether a power cut left half a line, to which the next one must not be joined."""
    if not path.is_file() or not path.stat().st_size:
        return False
    with path.open("rb") as file:
        file.seek(-1, SEEK_END)
        return file.read(1) != b"\n"


def _write_whole(file: BinaryIO, line: bytes) -> None:
    """Write a line whole or, to a file, not at all: a full disk first takes a part of it."""
    rest = memoryview(line)
    try:
        while rest:
            rest = rest[file.write(rest) :]
        file.flush()
    except OSError:
        written = len(line) - len(rest)
        if written and isinstance(file, FileIO) and file.seekable():
            end = file.tell()
            if file.seek(0, SEEK_END) == end:  # nobody else wrote behind it meanwhile
                file.truncate(end - written)
        raise
