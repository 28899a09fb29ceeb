"""`python -m rise_edge.capture`: watch a camera and judge the faces before it."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from rise_edge.capture.cameras import list_cameras, open_camera
from rise_edge.capture.cameras.camera import Camera
from rise_edge.capture.events import EventWriter, Tally
from rise_edge.capture.journal import Journal
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.capture.loop import Step, run
from rise_edge.capture.recovery import Recovery, RecoveryConfig
from rise_edge.capture.view import open_view, summary_table
from rise_edge.checker import Checker, load
from rise_edge.errors import CameraError, RiseEdgeError
from rise_edge.evidence import EvidenceConfig
from rise_edge.frame import ALL_MODALITIES, Modality, modality_set, parse_modality_set
from rise_edge.guidance import Guide, languages, load_guide
from rise_edge.runtimes import RUNTIMES
from rise_edge.session import SessionConfig

if TYPE_CHECKING:  # brings sqlite3, which only --audit needs
    from rise_edge.capture.audit import Audit
if TYPE_CHECKING:  # only --view web needs it
    from rise_edge.capture.web.server import Address

_EXIT_CODES = """exit codes:
  0  the asked sessions or seconds are over, the source ended, or Ctrl-C
  1  an error without a code of its own
  2  wrong arguments, or a language without all of its texts
  3  camera, recording or image folder: missing, unreadable, lost
  4  bundle: missing, incomplete, altered, foreign
  5  an optional package is missing
  6  the events file cannot be written
  8  the audit: unwritable, damaged, locked, no audit, of another version
  9  a page or a port cannot be served

Events are JSON lines; their schema stands in rise_edge/capture/events.py."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    wrong = _wrong_web(options)
    if wrong:
        parser.error(wrong)
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
        choices=("terminal", "web", "none"),
        default="terminal",
        help="terminal: on standard error; web: pages for the person and the operator, in a "
        "browser (default: terminal)",
    )
    parser.add_argument(
        "--web",
        type=_address,
        metavar="[HOST:]PORT",
        help="where --view web listens (default: 127.0.0.1:8350); an address that other machines "
        "reach needs --web-token-file",
    )
    parser.add_argument(
        "--web-token-file",
        metavar="FILE",
        help="only who brings the token in this file may watch: 16 or more letters, digits, - or "
        "_; others must not be able to read it",
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
    parser.add_argument("--seconds", type=_positive_float, help="stop after this time")
    parser.add_argument("--sessions", type=_positive_int, help="stop after this many sessions")
    parser.add_argument(
        "--pace",
        choices=("real", "fast"),
        help="of a source that is not live: as its timestamps say, or every frame "
        "as fast as it can be judged (default: real where somebody watches)",
    )
    parser.add_argument(
        "--recover",
        type=_count,
        default=RecoveryConfig().attempts,
        metavar="ATTEMPTS",
        help="to open a live camera again that was lost, before it is given up "
        f"(default: {RecoveryConfig().attempts})",
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
    from rise_edge.capture.web.server import Address

    try:
        return Address.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _wrong_web(options: argparse.Namespace) -> str | None:
    """What is wrong with the options of the page, taken together."""
    if options.view != "web" and (options.web or options.web_token_file):
        return "--web and --web-token-file are of --view web; add it, or leave them out"
    if options.web and not options.web.loopback and not options.web_token_file:
        return (
            f"--web {options.web.host} can be reached from other machines: expected "
            "--web-token-file FILE as well"
        )
    return None


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
    token = _token(options.web_token_file)
    evidence = EvidenceConfig(required=options.modalities)
    checker = load(options.model, runtime=options.runtime, evidence=evidence)
    camera = open_camera(options.camera, modalities=options.modalities, seed=options.seed)
    config = SessionConfig()
    error: CameraError | None = None
    with _open_audit(options.audit) as audit, camera, EventWriter(options.events) as output:
        output.write("started", _started(camera, checker, config, guide, audit))
        journal = Journal(output)
        with open_view(
            options.view, camera, checker, guide=guide, address=options.web, token=token
        ) as view:
            listeners = Listeners(journal, view)
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
        output.write("stopped", {"cause": cause, **journal.summary()})
    if journal.tally.species:
        _print_summary(journal.tally)
    if error:
        raise error
    return 0


def _open_audit(path: str | None) -> AbstractContextManager[Audit | None]:
    if path is None:
        return nullcontext()
    from rise_edge.capture.audit import Audit

    return Audit(path)


def _token(path: str | None) -> str | None:
    if path is None:
        return None
    from rise_edge.capture.web.token_file import read_token

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
    camera: Camera, checker: Checker, config: SessionConfig, guide: Guide, audit: Audit | None
) -> dict[str, Any]:
    manifest = checker.bundle.manifest
    return {
        "camera": {"name": camera.name, "serial": camera.serial},
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
        "language": guide.language,
        "audit": {"file": str(audit.path), "run": audit.run} if audit else None,
    }


def _print_summary(tally: Tally) -> None:
    from rich.console import Console

    Console(stderr=True).print(summary_table(tally))


if __name__ == "__main__":
    sys.exit(main())
