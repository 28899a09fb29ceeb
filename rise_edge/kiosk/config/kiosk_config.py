"""KioskConfig: all that `python -m rise_edge.capture` can be told.

Its fields are the flags, with hyphens, and the keys of the TOML file; the groups only sort them.
Their types are read at run time, and each `Value` must be one object: so no annotation of this
module is a string.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

from tyro.conf import UseAppendAction, arg

from rise_edge.cameras.realsense.settings import EMITTERS
from rise_edge.capture.recovery import RecoveryConfig
from rise_edge.decision.lockout import LockoutConfig
from rise_edge.errors import ConfigError
from rise_edge.frame import ALL_MODALITIES, COLOUR_ALONE, Modality
from rise_edge.guidance import languages
from rise_edge.kiosk.config.values import (
    Repeated,
    address,
    choice,
    count,
    duration,
    file_value,
    modality_names,
    name_or_file,
    origin,
)
from rise_edge.kiosk.snapshots import KEEP, Retention
from rise_edge.kiosk.web.access.origin import Origin
from rise_edge.kiosk.web.server import Address
from rise_edge.runtimes import RUNTIMES

# tyro checks defaults of the types below, and of Optional but not of `X | None`, by itself: for
# others it loads typeguard, and with it asyncio, which takes as long to load as all of tyro.
if TYPE_CHECKING:
    Modalities = frozenset[Modality]
    Files = tuple[Path, ...]
else:
    Modalities, Files = frozenset, tuple


def _unless(given: str, text: str | None = None) -> object:
    """What the help says in the place of a default that is None, and instead of the docstring."""

    def hint(default: str) -> str:
        return f"(default: {given if default == 'None' else default})"

    return arg(help_behavior_hint=hint, help=text)


def _is_camera_name(camera: str) -> bool:
    return camera == "simulated" or camera.partition(":")[0] == "realsense"


def _is_language_name(language: str) -> bool:
    return not language.endswith(".json")


def _is_standard_output(events: str) -> bool:
    return events == "-"


_LANGUAGES = " | ".join(languages())
_LOCKOUT = LockoutConfig()


@dataclass(frozen=True)
class SourceConfig:
    """Where frames come from.

    Attributes:
        camera: what to watch: simulated | realsense | realsense:SERIAL | a .db3 recording | a
            folder of images.
        calibration: file with the calibration of a folder's sensors, as
            calibration/register_sensors.py writes it.
        record: new file that keeps all that a RealSense streams, for --camera FILE.db3 to play. It
            shows people's faces: personal data, yours to protect and to delete.
        emitter: dot projector of a RealSense: on, as the shipped model needs it; off, or
            alternate at 60 frames a second, for sites with an infrared lamp of their own.
        allow_virtual: accept a RealSense that is no hardware: to test, never at a door.
        recover: attempts to open a live camera again that was lost, before the program ends.
        pace: pace of a source that is not live: real follows its timestamps, fast judges every
            frame as fast as possible.
        seed: seed of the simulated camera.
    """

    camera: Annotated[str, name_or_file("CAMERA", _is_camera_name)] = "simulated"
    calibration: Annotated[
        Optional[Path], file_value("FILE"), _unless("the folder's calibration.json, if it has one")
    ] = None
    record: Annotated[Optional[Path], file_value("FILE.db3"), _unless("no recording")] = None
    emitter: Annotated[Optional[str], choice(*EMITTERS), _unless("on")] = None
    allow_virtual: bool = False
    recover: Annotated[int, count("ATTEMPTS")] = RecoveryConfig().attempts
    pace: Annotated[
        Optional[str], choice("real", "fast"), _unless("real where somebody watches, else fast")
    ] = None
    seed: Annotated[int, count("N", None)] = 0


@dataclass(frozen=True)
class ModelConfig:
    """What classifies a face.

    Attributes:
        bundle: folder of a model bundle.
        public_key: public key of the bundle's owner, the .pub file of `rise-edge keygen`; a bundle
            that this key did not sign is refused.
        min_version: oldest version of a signed bundle to accept.
        site: calibration of this bundle for a site, by `python calibration/choose_radius.py`: its
            radii replace the bundle's, and drift is watched against it.
        drift_history: file that keeps the numbers of the drift detector over restarts: a kiosk that
            is switched off at night needs it.
        runtime: program that runs the bundle's model.
        second_opinion: model that others trained on real data, with its MODEL.json beside it, or
            named as a MiniFASNet: it may turn LIVE into SPOOF, and nothing else. Repeat the flag
            for several models.
    """

    bundle: Annotated[Optional[Path], file_value("BUNDLE"), _unless("the demonstration bundle")] = (
        None
    )
    public_key: Annotated[Optional[Path], file_value("FILE"), _unless("accept any bundle")] = None
    min_version: Annotated[Optional[int], count("N"), _unless("accept any version")] = None
    site: Annotated[Optional[Path], file_value("FILE"), _unless("no site")] = None
    drift_history: Annotated[
        Optional[Path], file_value("FILE"), _unless("the detector begins again at each start")
    ] = None
    runtime: Annotated[str, choice(*RUNTIMES)] = "onnx"
    second_opinion: UseAppendAction[
        Annotated[Files, Repeated(file_value("MODEL.onnx")), arg(metavar="MODEL.onnx")]
    ] = ()


@dataclass(frozen=True)
class DecisionConfig:
    """What a decision requires.

    Attributes:
        modalities: modalities without which nothing is decided, for example colour+depth; fewer
            make a weaker check.
        accept_colour_alone: decide with --modalities colour, which hardly tells real people from
            real attacks: the start says how well. Without it every verdict of colour alone is
            UNDECIDED.
        lock_out: number of SPOOF sessions after which nobody is judged for a while; 0 never locks.
    """

    modalities: Annotated[Modalities, modality_names()] = ALL_MODALITIES
    accept_colour_alone: bool = False
    lock_out: Annotated[
        Optional[int],
        count("SPOOFS"),
        _unless(
            f"{_LOCKOUT.spoofs} for a live camera, else 0",
            f"number of SPOOF sessions within {_LOCKOUT.window_ms / 1000:.0f} s after which nobody "
            f"is judged for {_LOCKOUT.lock_ms / 1000:.0f} s; 0 never locks.",
        ),
    ] = None


@dataclass(frozen=True)
class DisplayConfig:
    """What people see.

    Attributes:
        view: display: terminal on standard error; web pages for the person and the operator, in a
            browser.
        language: language of the instructions.
    """

    view: Annotated[str, choice("terminal", "web", "none")] = "terminal"
    language: Annotated[
        str,
        name_or_file("LANGUAGE", _is_language_name),
        arg(help=f"language of the instructions: {_LANGUAGES} | a .json file with your own texts."),
    ] = "en"


@dataclass(frozen=True)
class ServerConfig:
    """Where the pages and the monitor are served.

    Attributes:
        web: address of --view web; one that other machines can reach requires --web-token-file.
        web_token_file: file with the token that every request to --view web and --monitor must
            bring: 16 or more letters, digits, - or _; others must not be able to read it.
        web_origin: origin under which a proxy with TLS shows the page of --view web, for example
            https://kiosk.example; requires --web-token-file.
        monitor: address that serves /health and /metrics (Prometheus): PORT on this machine alone,
            another HOST with a token.
    """

    web: Annotated[Optional[Address], address(), _unless("127.0.0.1:8350")] = None
    web_token_file: Annotated[Optional[Path], file_value("FILE"), _unless("no token")] = None
    web_origin: Annotated[Optional[Origin], origin(), _unless("no proxy")] = None
    monitor: Annotated[Optional[Address], address(), _unless("no monitor")] = None


@dataclass(frozen=True)
class RecordConfig:
    """What is written down.

    Attributes:
        events: file to which events are appended as JSON lines; - for standard output.
        audit: SQLite file that records every session; a session that cannot be recorded is not
            LIVE.
        keep_evidence: folder that keeps a picture of each session that --keep names. They show
            people's faces and are personal data: have a right to them, and tell people.
        keep: sessions whose evidence is kept: spoof, denied (SPOOF and UNDECIDED, mostly bona fide
            people) or all.
        keep_days: days for which evidence is kept.
        keep_mb: megabytes that evidence may take; the oldest is removed first.
    """

    events: Annotated[
        Optional[str], name_or_file("FILE", _is_standard_output), _unless("no events")
    ] = None
    audit: Annotated[Optional[Path], file_value("FILE"), _unless("no audit")] = None
    keep_evidence: Annotated[Optional[Path], file_value("DIR"), _unless("no picture is kept")] = (
        None
    )
    keep: Annotated[Optional[str], choice(*KEEP), _unless("spoof")] = None
    keep_days: Annotated[int, count("N", 1)] = Retention().days
    keep_mb: Annotated[int, count("N", 1)] = Retention().megabytes


@dataclass(frozen=True)
class StopConfig:
    """When the program ends by itself.

    Attributes:
        seconds: time after which to stop.
        sessions: number of sessions after which to stop.
    """

    seconds: Annotated[Optional[float], duration(), _unless("no limit")] = None
    sessions: Annotated[Optional[int], count("N", 1), _unless("no limit")] = None


@dataclass(frozen=True)
class KioskConfig:
    """All that the kiosk can be told.

    Attributes:
        source: Where frames come from.
        model: What classifies a face.
        decision: What a decision requires.
        display: What people see.
        server: Where the pages and the monitor are served.
        records: What is written down.
        stop: When the program ends by itself.

    Example:
        >>> KioskConfig(source=SourceConfig(camera="realsense")).stop.sessions is None
        True
    """

    source: SourceConfig = field(default_factory=SourceConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    decision: DecisionConfig = field(default_factory=DecisionConfig)
    display: DisplayConfig = field(default_factory=DisplayConfig)
    server: ServerConfig = field(default_factory=ServerConfig)
    records: RecordConfig = field(default_factory=RecordConfig)
    stop: StopConfig = field(default_factory=StopConfig)

    def expect_consistent(self) -> None:
        """Refuse values that are right by themselves and not together.

        A file's values may lack what a flag adds, so this is no part of `__post_init__`.

        Raises:
            ConfigError: the message names the flags, and says what to add or to leave out.
        """
        wrong = _wrong(self)
        if wrong:
            raise ConfigError(wrong)


def _wrong(config: KioskConfig) -> str | None:
    model, server, records = config.model, config.server, config.records
    decision, web = config.decision, config.display.view == "web"
    if decision.accept_colour_alone and decision.modalities != COLOUR_ALONE:
        return "--accept-colour-alone requires --modalities colour; add it"
    if server.web and not web:
        return "--web requires --view web; add it, or leave --web out"
    if server.web_origin and not (web and server.web_token_file):
        return "--web-origin requires --view web and --web-token-file FILE: others will reach it"
    if server.web_token_file and not (web or server.monitor):
        return "--web-token-file requires --view web or --monitor; add one, or leave it out"
    if model.min_version is not None and model.public_key is None:
        return "--min-version requires --public-key FILE; add it: anybody can write a number"
    if model.drift_history and model.site is None:
        return "--drift-history requires --site FILE; add it: without one no drift is watched"
    if records.keep and records.keep_evidence is None:
        return "--keep requires --keep-evidence DIR; add it, or leave --keep out"
    for flag, where in (("--web", server.web), ("--monitor", server.monitor)):
        if where and not where.loopback and not server.web_token_file:
            return (
                f"{flag} {where.host} can be reached from other machines and requires "
                "--web-token-file FILE; add it"
            )
    return None
