"""Arguments: what `python -m rise_edge.capture` can be told."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rise_edge.cameras.realsense.settings import EMITTERS
from rise_edge.capture.recovery import RecoveryConfig
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.command_line.arguments import CommandParser, called_as
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.frame import ALL_MODALITIES, COLOUR_ALONE, Modality, parse_modality_set
from rise_edge.guidance import languages
from rise_edge.kiosk.argument_types import count, positive_float, positive_int
from rise_edge.kiosk.exit_codes import exit_code_help
from rise_edge.kiosk.snapshots import KEEP, Retention
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address
from rise_edge.runtimes import RUNTIMES

_EPILOG = f"""{exit_code_help()}

Events are JSON lines; rise_edge/capture/events.py describes their schema."""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options; wrong ones end the program with their error and code 2."""
    parser = _parser()
    options = parser.parse_args(arguments)
    wrong = _wrong(options)
    if wrong:
        parser.error(wrong)
    return options


def _wrong(options: argparse.Namespace) -> str | None:
    """What is wrong with options that are right by themselves."""
    if options.accept_colour_alone and options.modalities != COLOUR_ALONE:
        return "--accept-colour-alone requires --modalities colour"
    if options.web and options.view != "web":
        return "--web is of --view web; add it, or leave --web out"
    if options.web_origin and not (options.view == "web" and options.web_token_file):
        return "--web-origin requires --view web and --web-token-file FILE: others will reach it"
    if options.web_token_file and not (options.view == "web" or options.monitor):
        return "--web-token-file is of --view web and --monitor; add one, or leave it out"
    if options.least_version is not None and options.public_key is None:
        return "--least-version is of --public-key FILE; add it: anybody can write a number"
    if options.drift_history and options.site is None:
        return "--drift-history is of --site FILE; add it: without one no drift is watched"
    if options.keep_evidence is None and options.keep:
        return "--keep is of --keep-evidence DIR; add it, or leave --keep out"
    for flag, address in (("--web", options.web), ("--monitor", options.monitor)):
        if address and not address.loopback and not options.web_token_file:
            return (
                f"{flag} {address.host} can be reached from other machines: expected "
                "--web-token-file FILE as well"
            )
    return None


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog=called_as("capture", "rise_edge.capture"),
        description="Watch a camera and judge the faces in front of it: LIVE, SPOOF or UNDECIDED.",
        epilog=_EPILOG,
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
        "--calibration",
        metavar="FILE",
        help="of a folder's sensors, as calibration/register_sensors.py writes it (default: the "
        "folder's "
        "calibration.json, if there is one)",
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
        "--public-key",
        metavar="FILE",
        help="take only a bundle that the owner of this key signed: the .pub file of `rise-edge "
        "keygen` (default: take any)",
    )
    parser.add_argument(
        "--least-version",
        type=count,
        metavar="N",
        help="of a signed bundle; a smaller one is refused (default: take any)",
    )
    parser.add_argument(
        "--site",
        metavar="FILE",
        help="a site's calibration of this bundle, by `python calibration/choose_radius.py`: its "
        "radii "
        "replace the bundle's, and drift is watched against it (no site by default)",
    )
    parser.add_argument(
        "--drift-history",
        metavar="FILE",
        help="keep what drift is told from over restarts, in numbers: a kiosk that is switched off "
        "at night needs it (by default the watch begins anew at each start)",
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
        "--accept-colour-alone",
        action="store_true",
        help="decide with --modalities colour, which tells real people from real attacks hardly or "
        "not at all: the start says how well (by default every verdict of colour alone is "
        "UNDECIDED)",
    )
    parser.add_argument(
        "--second-opinion",
        action="append",
        metavar="MODEL.onnx",
        help="model that others trained on real data, with its MODEL.json beside it, or named as a "
        "MiniFASNet: it may turn LIVE into SPOOF, and nothing else; repeat it for several (none by "
        "default)",
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
        "_; others must not be able to read it (also of --monitor)",
    )
    parser.add_argument(
        "--web-origin",
        type=_origin,
        metavar="ORIGIN",
        help="origin under which a proxy with TLS shows the page of --view web, for example "
        "https://kiosk.example; requires --web-token-file (default: no proxy)",
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
    parser.add_argument("--seconds", type=positive_float, help="stop after this time")
    parser.add_argument("--sessions", type=positive_int, help="stop after this many sessions")
    parser.add_argument(
        "--pace",
        choices=("real", "fast"),
        help="of a source that is not live: as its timestamps say, or every frame "
        "as fast as it can be judged (default: real where somebody watches)",
    )
    parser.add_argument(
        "--recover",
        type=count,
        default=RecoveryConfig().attempts,
        metavar="ATTEMPTS",
        help="to open a live camera again that was lost, before it is given up "
        f"(default: {RecoveryConfig().attempts})",
    )
    window_s, lock_s = LockoutConfig().window_ms / 1000, LockoutConfig().lock_ms / 1000
    parser.add_argument(
        "--lock-out",
        type=count,
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
        help="which sessions' evidence: spoof, denied (SPOOF and UNDECIDED, mostly bona fide "
        "people) or all (default: spoof)",
    )
    parser.add_argument(
        "--keep-days",
        type=positive_int,
        default=limits.days,
        metavar="N",
        help=f"that evidence is kept (default: {limits.days})",
    )
    parser.add_argument(
        "--keep-mb",
        type=positive_int,
        default=limits.megabytes,
        metavar="N",
        help="that evidence takes at most; the oldest is removed first "
        f"(default: {limits.megabytes})",
    )


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


def _origin(text: str) -> Origin:
    try:
        return Origin.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
