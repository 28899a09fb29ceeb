"""`python -m rise_edge.capture`: watch a camera and judge the faces before it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from rise_edge.capture.cameras import list_cameras, open_camera
from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.cameras.realsense_settings import EMITTERS, RealSenseSettings
from rise_edge.capture.events import EventWriter, Tally
from rise_edge.capture.journal import Journal
from rise_edge.capture.kept_evidence import KEEP, EvidenceFolder, KeptEvidence, Retention
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.capture.loop import Step, run
from rise_edge.capture.recovery import Recovery, RecoveryConfig
from rise_edge.capture.view import open_view, summary_table
from rise_edge.capture.web.server import Address
from rise_edge.checker import Checker, load
from rise_edge.errors import CameraError, RiseEdgeError
from rise_edge.evidence import EvidenceConfig
from rise_edge.frame import ALL_MODALITIES, Modality, modality_set, parse_modality_set
from rise_edge.guidance import Guide, languages, load_guide
from rise_edge.lockout import LockoutConfig
from rise_edge.runtimes import RUNTIMES
from rise_edge.session import SessionConfig

if TYPE_CHECKING:  # brings sqlite3, which only --audit needs
    from rise_edge.capture.audit import Audit

_EXIT_CODES = """exit codes:
  0  the asked sessions or seconds are over, the source ended, or Ctrl-C
  1  an error without a code of its own
  2  wrong arguments, or a language without all of its texts
  3  camera, recording or image folder: missing, unreadable, lost
  4  bundle: missing, incomplete, altered, foreign
  5  an optional package is missing
  6  the events file, the recording or the folder of kept evidence cannot be written
  8  the audit: unwritable, damaged, locked, no audit, of another version
  9  a page or a port cannot be served

Events are JSON lines; their schema stands in rise_edge/capture/events.py."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _interrupt)
    try:
        return _list() if options.list_cameras else _capture(options)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Python's own flush at exit must not stumble over the pipe again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rise_edge.capture",
        description="Watch a camera and judge the faces before it: LIVE, SPOOF or UNDECIDED.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--camera",
        default="simulated",
        metavar="CAMERA",
        help="simulated | realsense | realsense:SERIAL | a .db3 recording | "
        "a folder of images (default: simulated)",
    )
    parser.add_argument(
        "--record",
        metavar="FILE.db3",
        help="keep all that a RealSense streams in a new file, for --camera FILE.db3 to play. "
        "It shows people's faces: personal data, yours to protect and to delete",
    )
    parser.add_argument(
        "--emitter",
        choices=EMITTERS,
        help="a RealSense's dot projector: on, as the shipped model needs it; off or alternate (60 "
        "frames a second) for sites with an infrared lamp of their own (default: on)",
    )
    parser.add_argument(
        "--allow-virtual",
        action="store_true",
        help="take a RealSense that is no hardware: to test, never at a door",
    )
    parser.add_argument(
        "--model",
        metavar="BUNDLE",
        help="folder of a model bundle (default: the demonstration bundle)",
    )
    parser.add_argument(
        "--runtime",
        choices=RUNTIMES,
        default="onnx",
        help="what runs the bundle's model (default: onnx)",
    )
    parser.add_argument(
        "--modalities",
        type=_modalities,
        default=ALL_MODALITIES,
        metavar="SET",
        help="what must be seen, e.g. colour+depth; fewer make a weaker check "
        "(default: colour+depth+infrared)",
    )
    parser.add_argument(
        "--view",
        choices=("terminal", "none"),
        default="terminal",
        help="what is shown on standard error (default: terminal)",
    )
    parser.add_argument(
        "--events", metavar="FILE", help="append events as JSON lines; - for standard output"
    )
    parser.add_argument(
        "--audit",
        metavar="FILE",
        help="record every session in this SQLite file; a session that cannot be recorded is not "
        "LIVE (no audit by default)",
    )
    _add_evidence_arguments(parser)
    parser.add_argument(
        "--monitor",
        type=_address,
        metavar="[HOST:]PORT",
        help="serve /health and /metrics (Prometheus) there: PORT on this machine alone, another "
        "HOST with a token (no port by default)",
    )
    parser.add_argument(
        "--web-token-file",
        metavar="FILE",
        help="holds the token that requests must carry; nobody but its owner may read it",
    )
    parser.add_argument("--seconds", type=_positive_float, help="stop after this time")
    parser.add_argument("--sessions", type=_positive_int, help="stop after this many sessions")
    parser.add_argument(
        "--pace",
        choices=("real", "fast"),
        help="of a source that is not live: as its timestamps say, or every frame "
        "as fast as it can be judged (default: real in a terminal view)",
    )
    parser.add_argument(
        "--recover",
        type=_count,
        default=RecoveryConfig().attempts,
        metavar="ATTEMPTS",
        help="to open a live camera again that was lost, before it is given up "
        f"(default: {RecoveryConfig().attempts})",
    )
    window_s, lock_s = LockoutConfig().window_ms / 1000, LockoutConfig().lock_ms / 1000
    parser.add_argument(
        "--lock-out",
        type=_count,
        metavar="SPOOFS",
        help=f"that many SPOOF within {window_s:.0f} s, and nobody is judged for {lock_s:.0f} s; "
        f"0 never locks (default: {LockoutConfig().spoofs} for a live camera, else 0)",
    )
    parser.add_argument(
        "--list-cameras", action="store_true", help="name what --camera can open here, and stop"
    )
    parser.add_argument(
        "--language",
        default="en",
        metavar="LANGUAGE",
        help=f"of what the person is told: {' | '.join(languages())} | "
        "a .json file with your own texts (default: en)",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the simulated camera (default: 0)")
    return parser


def _add_evidence_arguments(parser: argparse.ArgumentParser) -> None:
    limits = Retention()
    parser.add_argument(
        "--keep-evidence",
        metavar="DIR",
        help="keep a picture of each session that --keep names in this folder. They show people's "
        "faces and are personal data: have a right to them, and tell people (no picture is kept by "
        "default)",
    )
    parser.add_argument(
        "--keep",
        choices=tuple(KEEP),
        default="spoof",
        help="which sessions' evidence: spoof, denied (SPOOF and UNDECIDED, mostly bona fide "
        "people) or all (default: spoof)",
    )
    parser.add_argument(
        "--keep-days",
        type=_positive_int,
        default=limits.days,
        metavar="N",
        help=f"that evidence is kept (default: {limits.days})",
    )
    parser.add_argument(
        "--keep-mb",
        type=_positive_int,
        default=limits.megabytes,
        metavar="N",
        help="that evidence takes at most; the oldest is removed first "
        f"(default: {limits.megabytes})",
    )


def _positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 1, got {text}")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"expected a whole number >= 0, got {text}")
    return value


def _positive_float(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number > 0, got {text}")
    return value


def _modalities(text: str) -> frozenset[Modality]:
    try:
        return EvidenceConfig(required=parse_modality_set(text)).required
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _interrupt(number: int, frame: FrameType | None) -> None:
    # The first signal asks for a clean stop; the second one ends a stop that hangs.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise KeyboardInterrupt


def _list() -> int:
    for camera in list_cameras():
        print(f"--camera {camera.spec:<24} {camera.name}")
    return 0


def _capture(options: argparse.Namespace) -> int:
    guide = load_guide(options.language)
    evidence = EvidenceConfig(required=options.modalities)
    checker = load(options.model, runtime=options.runtime, evidence=evidence)
    camera = open_camera(
        options.camera,
        modalities=options.modalities,
        seed=options.seed,
        settings=RealSenseSettings(options.emitter) if options.emitter else None,
        record=options.record,
        allow_virtual=options.allow_virtual,
    )
    config = SessionConfig(lockout=_lockout(options, camera))
    error: CameraError | None = None
    folder = _open_evidence(options)
    with (
        _open_monitor(options, checker) as monitor,
        _open_audit(options.audit) as audit,
        camera,
        EventWriter(options.events) as output,
    ):
        journal = Journal(output)
        told = Listeners(journal, monitor)
        keeper = _keeper(folder, options.keep, audit, told)
        output.write("started", _started(camera, checker, config, guide, audit, keeper))
        with (
            keeper or nullcontext(Listener()) as kept,
            open_view(options.view, camera, checker.bundle.manifest) as view,
        ):
            listeners = Listeners(told, view, kept)
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
                cause, error = "camera_lost", lost
            finally:
                steps.close()
        output.write("stopped", {"cause": cause, "camera": camera.fields(), **journal.summary()})
    if journal.tally.species:
        _print_summary(journal.tally)
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
    from rise_edge.capture.audit import Audit

    return Audit(path)


@contextmanager
def _open_monitor(options: argparse.Namespace, checker: Checker) -> Iterator[Listener]:
    if options.monitor is None:
        yield Listener()
        return
    from rise_edge.capture.health import Health
    from rise_edge.capture.metrics import Metrics
    from rise_edge.capture.web.monitor import monitor_server
    from rise_edge.capture.web.token import read_token

    token = read_token(options.web_token_file) if options.web_token_file else None
    health, metrics = Health(), Metrics(checker)
    with monitor_server(health, metrics, options.monitor, token) as server:
        url = server.address.url
        print(f"monitor: {url('/health')} {url('/metrics')}", file=sys.stderr, flush=True)
        yield Listeners(health, metrics)


def _open_evidence(options: argparse.Namespace) -> EvidenceFolder | None:
    if options.keep_evidence is None:
        return None
    return EvidenceFolder(options.keep_evidence, Retention(options.keep_days, options.keep_mb))


def _keeper(
    folder: EvidenceFolder | None, keep: str, audit: Audit | None, listener: Listener
) -> KeptEvidence | None:
    if folder is None:
        return None
    run = audit.run if audit else None
    return KeptEvidence(folder, run=run, outcomes=KEEP[keep], on_kept=listener.kept)


def _pace(options: argparse.Namespace, camera: Camera) -> str:
    if camera.live:
        return "real"
    return options.pace or ("real" if options.view == "terminal" else "fast")


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
            "identity": checker.bundle.identity,
            "simulated": manifest.simulated,
            "notice": manifest.notice,
        },
        "runtime": checker.runtime.name,
        "modalities": modality_set(checker.evidence.required),
        "min_readings": config.min_readings,
        "deadline_ms": config.deadline_ms,
        "test": {**asdict(config.test), **asdict(checker.scatter)},
        "lockout": asdict(config.lockout) if config.lockout else None,
        "language": guide.language,
        "audit": {"file": str(audit.path), "run": audit.run} if audit else None,
        "evidence": {"folder": str(keeper.folder.path), "run": keeper.run} if keeper else None,
    }


def _print_summary(tally: Tally) -> None:
    from rich.console import Console

    Console(stderr=True).print(summary_table(tally))


if __name__ == "__main__":
    sys.exit(main())
