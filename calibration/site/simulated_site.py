"""A simulated site: people, or attacks, walk up one after another in one of the domains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle

from rise_edge.cameras.camera import Camera
from rise_edge.errors import CameraError
from rise_edge.frame import Frame
from rise_edge.simulator import DOMAINS, Presentation, presentations
from rise_edge.simulator.samples.casting import Setting

# Nobody else looks at these: neither models, nor the simulated camera, nor `measure_scatter.py`.
_SUBJECTS = (500_000, 600_000)
_FPS = 30.0


def lamp_failure(setting: Setting) -> Setting:
    """The camera's infrared light has all but gone out."""
    return replace(setting, lighting=replace(setting.lighting, illuminator=0.12))


def lens_smear(setting: Setting) -> Setting:
    """A film of grease: colour and infrared lose their detail."""
    blur_px = setting.condition.blur_px + 2.0
    return replace(setting, condition=replace(setting.condition, blur_px=blur_px))


def sensor_swap(setting: Setting) -> Setting:
    """Another kind of depth camera was put in the old one's place."""
    kind = "structured_light" if setting.domain.sensor != "structured_light" else "time_of_flight"
    lighting = replace(setting.lighting, illuminator_mm=(9.0, 4.0))
    return replace(setting, domain=replace(setting.domain, sensor=kind), lighting=lighting)


FAULTS: dict[str, Callable[[Setting], Setting]] = {
    "lamp_failure": lamp_failure,
    "lens_smear": lens_smear,
    "sensor_swap": sensor_swap,
}


class SimulatedSite(Camera):
    """Presentations of one domain, to their end; the empty scene between them is left out.

    Args:
        domain: domain of the simulator.
        count: how many presentations.
        attacks: the domain's attacks, each species in turn, instead of bona fide people.
        seed: the same seed gives the same frames.
        fault: a name in `FAULTS`, None for a site as it should be.
    """

    live = False

    def __init__(
        self,
        domain: str,
        count: int,
        *,
        attacks: bool = False,
        seed: int = 0,
        fault: str | None = None,
    ) -> None:
        self.name = f"simulated site {domain}"
        self.serial = f"simulated-{domain}-{seed}"
        self._shown = _presentations(domain, count, attacks, seed, fault)
        self._frames: Iterator[Frame] | None = None

    def open(self) -> None:
        """Go on with the first presentation; see `Camera.open`."""
        self._frames = (frame for shown in self._shown for frame in _frames(shown))

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame; see `Camera.read`."""
        if self._frames is None:
            raise CameraError(f"{self.name}: expected an open camera; call open()")
        return next(self._frames, None)

    def close(self) -> None:
        """Stop; see `Camera.close`."""
        self._frames = None


def _presentations(
    domain: str, count: int, attacks: bool, seed: int, fault: str | None
) -> Iterator[Presentation]:
    names = [name for name, _ in DOMAINS[domain].species] if attacks else ["bona_fide"]
    altered = FAULTS[fault] if fault else None
    mixes = cycle(
        presentations(
            1000 * seed + i, domain=domain, species=name, subjects=_SUBJECTS, altered=altered
        )
        for i, name in enumerate(names)
    )
    start_ms, frame_number = 0.0, 1
    for number in range(count):
        shown = next(next(mixes))
        # Each mix has a clock of its own; here one camera sees them all.
        shown.start_ms, shown.first_frame_number, shown.number = start_ms, frame_number, number
        yield shown
        start_ms += 1000.0 * shown.frame_count(_FPS) / _FPS
        frame_number += shown.frame_count(_FPS)


def _frames(shown: Presentation) -> Iterator[Frame]:
    for i in range(shown.frame_count(_FPS)):
        elapsed_ms = 1000.0 * i / _FPS
        if elapsed_ms >= shown.gap_ms:
            yield shown.frame_at(elapsed_ms, i, 1000.0 / _FPS)
