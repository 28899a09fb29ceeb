"""Kiosk: the loop with all that was asked to be beside it, from its start to its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

from rise_edge.cameras import FolderCamera, open_camera
from rise_edge.cameras.camera import Camera
from rise_edge.cameras.realsense.settings import RealSenseSettings
from rise_edge.capture.events import EventWriter
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.capture.loop import Run, run
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
from rise_edge.kiosk.config.kiosk_config import (
    KioskConfig,
    ModelConfig,
    RecordConfig,
    ServerConfig,
    SourceConfig,
    StopConfig,
)
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

if TYPE_CHECKING:
    from pathlib import Path

    # It brings sqlite3, which only --audit needs.
    from rise_edge.kiosk.audit import Audit


def capture(config: KioskConfig) -> int:
    """Watch a camera until something ends it; returns the exit code.

    Raises:
        ConfigError: two values of the configuration do not agree.
        RiseEdgeError: something that was asked for cannot be had, or was lost; see its exit code.
    """
    config.expect_consistent()
    decision, model, server = config.decision, config.model, config.server
    guide, token = load_guide(config.display.language), _token(server.web_token_file)
    evidence = EvidenceConfig(
        required=decision.modalities, accept_colour_alone=decision.accept_colour_alone
    )
    checker = load(
        model.bundle,
        runtime=model.runtime,
        evidence=evidence,
        public_key=model.public_key,
        min_version=model.min_version,
        site=model.site,
        second_opinion=SecondOpinion(model.second_opinion) if model.second_opinion else None,
    )
    if checker.report:
        say(f"the bundle's report, {checker.report}")
    if checker.second_opinion:
        say(f"second opinion, which may only deny: {checker.second_opinion}")
    source = config.source
    camera = open_camera(
        source.camera,
        modalities=decision.modalities,
        seed=source.seed,
        settings=RealSenseSettings(source.emitter) if source.emitter else None,
        record=source.record,
        allow_virtual=source.allow_virtual,
        calibration=source.calibration,
    )
    health = Health(disabled=disabled_by_colour_alone(evidence))
    session = SessionConfig(lockout=_lockout(decision.lock_out, camera))
    error: CameraError | None = None
    with (
        _open_monitor(server, checker, health, token) as monitor,
        _open_audit(config.records.audit) as audit,
        _open_history(model, checker) as history,
        camera,
        EventWriter(config.records.events) as output,
    ):
        journal = Journal(output)
        told = Listeners(journal, health, monitor)
        keeper = _keeper(config.records, audit, told)
        output.write("started", _started(camera, checker, session, guide, audit, keeper))
        with (
            keeper or nullcontext(Listener()) as kept,
            open_view(
                config.display.view,
                camera,
                checker,
                guide=guide,
                address=server.web,
                token=token,
                origin=server.web_origin,
                health=health,
            ) as view,
        ):
            shown = Listeners(told, view)
            drift, hints = _drift(checker, shown, history), _hints(camera, shown)
            listeners = Listeners(shown, kept, Service(), drift, hints)
            loop = run(
                camera,
                checker,
                config=session,
                pace=_pace(config, camera),
                guide=guide,
                recovery=_recovery(source, camera, listeners),
                audit=audit,
            )
            try:
                cause = _watch(config.stop, loop, journal, listeners)
            except CameraError as lost:
                unusable = isinstance(lost, UnusableImageError)
                cause, error = "unusable_image" if unusable else "camera_lost", lost
            finally:
                _finish(loop, listeners)
        output.write("stopped", {"cause": cause, "camera": camera.fields(), **journal.summary()})
    if journal.tally.species:
        print_summary(journal.tally, checker.report)
    if error:
        raise error
    return 0


def _lockout(spoofs: int | None, camera: Camera) -> LockoutConfig | None:
    if spoofs is None:
        spoofs = LockoutConfig().spoofs if camera.live else 0
    return LockoutConfig(spoofs=spoofs) if spoofs else None


def _open_audit(path: Path | None) -> AbstractContextManager[Audit | None]:
    if path is None:
        return nullcontext()
    from rise_edge.kiosk.audit import Audit

    return Audit(path)


@contextmanager
def _open_monitor(
    config: ServerConfig, checker: Checker, health: Health, token: str | None
) -> Iterator[Listener]:
    if config.monitor is None:
        yield Listener()
        return
    from rise_edge.kiosk.monitoring.metrics import Metrics
    from rise_edge.kiosk.web.monitor import monitor_server

    metrics = Metrics(checker)
    with monitor_server(health, metrics, config.monitor, token) as server:
        url = server.address.url
        say(f"monitor: {url('/health')} {url('/metrics')}")
        yield metrics


def _keeper(config: RecordConfig, audit: Audit | None, listener: Listener) -> KeptEvidence | None:
    if config.keep_evidence is None:
        return None
    folder = EvidenceFolder(config.keep_evidence, Retention(config.keep_days, config.keep_mb))
    run_id = audit.run if audit else None
    outcomes = KEEP[config.keep or "spoof"]
    return KeptEvidence(folder, run=run_id, outcomes=outcomes, on_kept=listener.kept)


def _hints(camera: Camera, listener: Listener) -> Listener:
    return FolderHints(listener) if isinstance(camera, FolderCamera) else Listener()


def _token(path: Path | None) -> str | None:
    if path is None:
        return None
    from rise_edge.kiosk.web.access.token_file import read_token

    return read_token(path)


def _pace(config: KioskConfig, camera: Camera) -> str:
    if camera.live:
        return "real"
    return config.source.pace or ("fast" if config.display.view == "none" else "real")


def _recovery(config: SourceConfig, camera: Camera, listener: Listener) -> Recovery | None:
    if not (camera.live and config.recover):
        return None
    return Recovery(RecoveryConfig(attempts=config.recover), listener.attempt)


def _watch(stop: StopConfig, loop: Run, journal: Journal, listener: Listener) -> str:
    """Run the loop until something ends it, and say what did."""
    end_s = monotonic() + stop.seconds if stop.seconds else float("inf")
    cause = None
    try:
        for happened in loop:
            listener.hear(happened)
            if cause:
                continue  # the end of the open session
            if stop.sessions and journal.tally.sessions >= stop.sessions:
                cause = "sessions"
            elif monotonic() >= end_s:
                cause = "seconds"
            if cause:
                loop.stop()
        return cause or "ended"
    except KeyboardInterrupt:
        return "interrupted"


def _finish(loop: Run, listener: Listener) -> None:
    """Tell how the open session ends, whatever ended the loop."""
    loop.stop()
    with closing(loop):
        for happened in loop:
            listener.hear(happened)


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
    config: ModelConfig, checker: Checker
) -> AbstractContextManager[DriftHistory | None]:
    chosen = _chosen(checker)
    if config.drift_history is None or chosen is None:
        return nullcontext()
    return DriftHistory(config.drift_history, chosen.reference)


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
