"""Collect sessions on site: `python calibration/collect_sessions.py FILE --camera realsense`.

The camera is watched through the kiosk's own pipeline, and of each session a few numbers are kept:
how far out it lies, its norm, direction, depth coverage and noise, infrared level and sharpness.
No picture is written.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[1])

import time
from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, TextIO

import tyro
from rich.console import Console

from calibration.output_file import expect_writable
from calibration.site.session_progress import progress_text
from calibration.site.simulated_site import FAULTS, SimulatedSite
from calibration.site.site_session import (
    FORMAT,
    SessionsFileError,
    Source,
    session_line,
    source_line,
    watch_sessions,
)
from rise_edge import Checker, EvidenceConfig, open_bundle
from rise_edge.bundle.bundle import default_bundle_path
from rise_edge.cameras import open_camera
from rise_edge.cameras.camera import Camera
from rise_edge.capture.feed import Feed
from rise_edge.command_line.run_command import run_command
from rise_edge.frame import Frame, Modality, parse_modality_set
from rise_edge.simulator import DOMAINS

console = Console(stderr=True)


@dataclass(frozen=True)
class CollectConfig:
    """Watch sessions of one kind and keep their numbers.

    Attributes:
        file: a new file for them.
        camera: realsense, realsense:SERIAL, a recording or a folder, as `rise_edge.capture` has it.
        simulated: a domain of the simulator instead of a camera.
        attacks: all that come are attacks; without it, all must be bona fide.
        sessions: after how many to stop, for each modality set.
        bundle: its folder; by default the demonstration bundle.
        runtime: what runs its model.
        modalities: the sets to judge by; one pass serves all.
        seed: seed of a simulated site: another seed, other people.
        fault: fault of a simulated site: lamp_failure, lens_smear or sensor_swap.
    """

    file: Annotated[Path, tyro.conf.Positional]
    camera: str | None = None
    simulated: str | None = None
    attacks: bool = False
    sessions: int = 100
    bundle: Path | None = None
    runtime: str = "onnx"
    modalities: tuple[str, ...] = ("colour+depth+infrared",)
    seed: int = 0
    fault: str | None = None

    def __post_init__(self) -> None:
        if self.sessions < 1:
            raise ValueError(f"expected sessions >= 1, got {self.sessions}")
        if not self.modalities:
            raise ValueError("expected at least one of --modalities, got none")


def main(config: CollectConfig) -> None:
    """Watch until there are enough sessions, or the source ends.

    Raises:
        RiseEdgeError: the bundle or the camera does not open, or the file is in the way.
    """
    if config.file.exists():
        raise SessionsFileError(f"{config.file} is there already; name a new file")
    expect_writable(config.file)
    bundle = open_bundle(config.bundle or default_bundle_path())
    checkers = {
        name: Checker(
            bundle,
            runtime=config.runtime,
            evidence=EvidenceConfig(required=_set(name), accept_colour_alone=True),
        )
        for name in config.modalities
    }
    camera = _camera(config)
    source = Source(
        format=FORMAT,
        bundle=bundle.identity,
        runtime=config.runtime,
        camera=f"{camera.name} {camera.serial}".strip(),
        attacks=config.attacks,
        simulated=config.simulated is not None,
    )
    counts: Counter[str] = Counter()
    # The file comes last: a camera that does not open leaves none behind.
    with camera, closing(_frames(camera)) as frames, _new_file(config.file) as file:
        print(source_line(source), file=file)
        begun = time.monotonic()
        for name, session in watch_sessions(frames, camera.live, checkers):
            print(session_line(name, session), file=file, flush=True)
            counts[name] += 1
            done = sum(min(counts[each], config.sessions) for each in checkers)
            total = config.sessions * len(checkers)
            text = progress_text(done, total, time.monotonic() - begun)
            console.print(f"{text}: {name}, score {session.score:.3f}", highlight=False)
            if done == total:
                break
    console.print(f"{sum(counts.values())} sessions in {config.file}", markup=False)


def _new_file(path: Path) -> TextIO:
    try:
        return path.open("x", encoding="utf-8")
    except OSError as error:
        raise SessionsFileError(f"cannot make {path}: {error.strerror}; name a new file") from None


def _set(name: str) -> frozenset[Modality]:
    try:
        return parse_modality_set(name)
    except ValueError as error:
        raise SessionsFileError(f"--modalities: {error}") from None


def _camera(config: CollectConfig) -> Camera:
    if (config.camera is None) == (config.simulated is None):
        raise SessionsFileError("expected one of --camera CAMERA and --simulated DOMAIN")
    if config.camera is not None:
        if config.fault:
            raise SessionsFileError("--fault is of a simulated site; leave it out")
        everything = frozenset[Modality]().union(*(_set(name) for name in config.modalities))
        return open_camera(config.camera, modalities=everything)
    for flag, value, known in (
        ("--simulated", config.simulated, DOMAINS),
        ("--fault", config.fault, FAULTS),
    ):
        if value is not None and value not in known:
            raise SessionsFileError(f"expected {flag} among {', '.join(known)}, got {value!r}")
    assert config.simulated is not None
    return SimulatedSite(
        config.simulated,
        config.sessions,
        attacks=config.attacks,
        seed=config.seed,
        fault=config.fault,
    )


def _frames(camera: Camera) -> Generator[Frame, None, None]:
    with Feed(camera, pace="real" if camera.live else "fast") as feed:
        while (frame := feed.next()) is not None:
            yield frame


if __name__ == "__main__":
    run_command(
        lambda: main(tyro.cli(CollectConfig)), "stopped; the file holds the sessions up to here"
    )
