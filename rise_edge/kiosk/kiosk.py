"""Kiosk: the loop with all that was asked to be beside it, from its start to its end."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from rise_edge.cameras import FolderCamera, open_camera
from rise_edge.cameras.camera import Camera
from rise_edge.cameras.realsense.settings import RealSenseSettings
from rise_edge.capture.events import EventWriter
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.capture.loop import Step, run
from rise_edge.capture.recovery import Recovery, RecoveryConfig
from rise_edge.checker import Checker, load
from rise_edge.checks.colour_alone import colour_alone_figures, disabled_by_colour_alone
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.command_line.standard_streams import say
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.session import SessionConfig
from rise_edge.errors import CameraError, UnusableImageError
from rise_edge.frame import COLOUR_ALONE, modality_set
from rise_edge.guidance import Guide, load_guide
from rise_edge.kiosk.drift_history import DriftHistory
from rise_edge.kiosk.drift_listener import DriftListener
from rise_edge.kiosk.hints import FolderHints
from rise_edge.kiosk.journal import Journal
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.monitoring.systemd import Service
from rise_edge.kiosk.open_view import open_view
from rise_edge.kiosk.snapshots import KEEP, EvidenceFolder, KeptEvidence, Retention
from rise_edge.kiosk.summary import print_summary
from rise_edge.second_opinion import SecondOpinion
from rise_edge.site.site_file import SiteRadius

if TYPE_CHECKING:  # brings sqlite3, which only --audit needs
    from rise_edge.kiosk.audit import Audit


def capture(options: argparse.Namespace) -> int:
    """Watch a camera until something ends it; returns the exit code.

    Args:
        options: as `rise_edge.kiosk.arguments.parse` gives them.

    Raises:
        RiseEdgeError: something that was asked for cannot be had, or was lost; see its exit code.
    """
    guide, token = load_guide(options.language), _token(options.web_token_file)
    evidence = EvidenceConfig(
        required=options.modalities, accept_colour_alone=options.accept_colour_alone
    )
    checker = load(
        options.model,
        runtime=options.runtime,
        evidence=evidence,
        public_key=options.public_key,
        min_version=options.least_version,
        site=options.site,
        second_opinion=_second_opinion(options.second_opinion),
    )
    if checker.report:
        say(f"the bundle's report, {checker.report}")
    if checker.second_opinion:
        say(f"second opinion, which may only deny: {checker.second_opinion}")
    camera = open_camera(
        options.camera,
        modalities=options.modalities,
        seed=options.seed,
        settings=RealSenseSettings(options.emitter) if options.emitter else None,
        record=options.record,
        allow_virtual=options.allow_virtual,
        calibration=options.calibration,
    )
    health = Health(disabled=disabled_by_colour_alone(evidence))
    config = SessionConfig(lockout=_lockout(options, camera))
    error: CameraError | None = None
    with (
        _open_monitor(options, checker, health, token) as monitor,
        _open_audit(options.audit) as audit,
        _open_history(options, checker) as history,
        camera,
        EventWriter(options.events) as output,
    ):
        journal = Journal(output)
        told = Listeners(journal, health, monitor)
        keeper = _keeper(options, audit, told)
        output.write("started", _started(camera, checker, config, guide, audit, keeper))
        with (
            keeper or nullcontext(Listener()) as kept,
            open_view(
                options.view,
                camera,
                checker,
                guide=guide,
                address=options.web,
                token=token,
                origin=options.web_origin,
                health=health,
            ) as view,
        ):
            shown = Listeners(told, view)
            drift, hints = _drift(checker, shown, history), _hints(camera, shown)
            listeners = Listeners(shown, kept, Service(), drift, hints)
            steps = run(
                camera,
                checker,
                config=config,
                pace=_pace(options, camera),
                guide=guide,
                on_end=listeners.event,
                recovery=_recovery(options, camera, listeners),
                audit=audit,
            )
            try:
                cause = _watch(options, steps, journal, listeners)
            except CameraError as lost:
                unusable = isinstance(lost, UnusableImageError)
                cause, error = "unusable_image" if unusable else "camera_lost", lost
            finally:
                steps.close()
        output.write("stopped", {"cause": cause, "camera": camera.fields(), **journal.summary()})
    if journal.tally.species:
        print_summary(journal.tally, checker.report)
    if error:
        raise error
    return 0


def _lockout(options: argparse.Namespace, camera: Camera) -> LockoutConfig | None:
    spoofs = options.lock_out
    if spoofs is None:
        spoofs = LockoutConfig().spoofs if camera.live else 0
    return LockoutConfig(spoofs=spoofs) if spoofs else None


def _open_audit(path: str | None) -> AbstractContextManager[Audit | None]:
    if path is None:
        return nullcontext()
    from rise_edge.kiosk.audit import Audit

    return Audit(path)


@contextmanager
def _open_monitor(
    options: argparse.Namespace, checker: Checker, health: Health, token: str | None
) -> Iterator[Listener]:
    if options.monitor is None:
        yield Listener()
        return
    from rise_edge.kiosk.monitoring.metrics import Metrics
    from rise_edge.kiosk.web.monitor import monitor_server

    metrics = Metrics(checker)
    with monitor_server(health, metrics, options.monitor, token) as server:
        url = server.address.url
        say(f"monitor: {url('/health')} {url('/metrics')}")
        yield metrics


def _keeper(
    options: argparse.Namespace, audit: Audit | None, listener: Listener
) -> KeptEvidence | None:
    if options.keep_evidence is None:
        return None
    folder = EvidenceFolder(options.keep_evidence, Retention(options.keep_days, options.keep_mb))
    run_id = audit.run if audit else None
    outcomes = KEEP[options.keep or "spoof"]
    return KeptEvidence(folder, run=run_id, outcomes=outcomes, on_kept=listener.kept)


def _hints(camera: Camera, listener: Listener) -> Listener:
    return FolderHints(listener) if isinstance(camera, FolderCamera) else Listener()


def _token(path: str | None) -> str | None:
    if path is None:
        return None
    from rise_edge.kiosk.web.access.token_file import read_token

    return read_token(path)


def _pace(options: argparse.Namespace, camera: Camera) -> str:
    if camera.live:
        return "real"
    return options.pace or ("fast" if options.view == "none" else "real")


def _recovery(options: argparse.Namespace, camera: Camera, listener: Listener) -> Recovery | None:
    if not (camera.live and options.recover):
        return None
    return Recovery(RecoveryConfig(attempts=options.recover), listener.attempt)


def _watch(
    options: argparse.Namespace,
    steps: Iterator[Step],
    journal: Journal,
    listener: Listener,
) -> str:
    """Run the loop until something ends it, and say what did."""
    end_s = monotonic() + options.seconds if options.seconds else float("inf")
    try:
        for step in steps:
            listener.step(step)
            if step.event:
                listener.event(step.event)
            if options.sessions and journal.tally.sessions >= options.sessions:
                return "sessions"
            if monotonic() >= end_s:
                return "seconds"
        return "ended"
    except KeyboardInterrupt:
        return "interrupted"


def _started(
    camera: Camera,
    checker: Checker,
    config: SessionConfig,
    guide: Guide,
    audit: Audit | None,
    keeper: KeptEvidence | None,
) -> dict[str, Any]:
    manifest = checker.bundle.manifest
    return {
        "camera": camera.fields(),
        "bundle": {
            "name": manifest.name,
            "version": manifest.version,
            "signed_by": checker.bundle.signed_by,
            "identity": checker.bundle.identity,
            "simulated": manifest.simulated,
            "notice": manifest.notice,
            "warnings": list(checker.warnings),
        },
        "set_report": checker.report.fields() if checker.report else None,
        "site": _site(checker),
        "second_opinion": checker.second_opinion.fields() if checker.second_opinion else None,
        "runtime": checker.runtime.name,
        "modalities": modality_set(checker.evidence.required),
        "colour_alone": _colour_alone(checker.evidence),
        "min_readings": config.min_readings,
        "deadline_ms": config.deadline_ms,
        "test": {**asdict(config.test), **asdict(checker.scatter)},
        "lockout": asdict(config.lockout) if config.lockout else None,
        "language": guide.language,
        "audit": {"file": str(audit.path), "run": audit.run} if audit else None,
        "evidence": {"folder": str(keeper.folder.path), "run": keeper.run} if keeper else None,
    }


def _second_opinion(models: Sequence[str] | None) -> SecondOpinion | None:
    return SecondOpinion(models) if models else None


def _colour_alone(evidence: EvidenceConfig) -> dict[str, Any] | None:
    if evidence.required != COLOUR_ALONE:
        return None
    return {"accepted": evidence.accept_colour_alone, **asdict(colour_alone_figures())}


def _drift(checker: Checker, listener: Listener, history: DriftHistory | None) -> Listener:
    chosen = _chosen(checker)
    if chosen is None:
        return Listener()
    return DriftListener(chosen.reference, listener, history=history)


def _open_history(
    options: argparse.Namespace, checker: Checker
) -> AbstractContextManager[DriftHistory | None]:
    chosen = _chosen(checker)
    if options.drift_history is None or chosen is None:
        return nullcontext()
    return DriftHistory(Path(options.drift_history), chosen.reference)


def _chosen(checker: Checker) -> SiteRadius | None:
    if checker.site is None:
        return None
    return checker.site.sets[modality_set(checker.evidence.required)]


def _site(checker: Checker) -> dict[str, Any] | None:
    chosen = _chosen(checker)
    if checker.site is None or chosen is None:
        return None
    names = ("radius", "asked_bpcer", "confidence", "n", "forced", "reason")
    return {"created": checker.site.created, **{name: getattr(chosen, name) for name in names}}
