"""Noise laws, speed and determinism of the simulated world."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from rise_edge.simulator import DOMAINS, Presentation, Radiance, presentations, render_crop
from rise_edge.simulator.samples.cache import crops
from rise_edge.simulator.samples.crop_request import CropRequest
from rise_edge.simulator.sensors import SENSORS, SensorCondition
from train.simulator_checks.target import Bar

DISTANCES_MM = {
    "active_stereo": (300, 500, 800, 1200, 2000),
    "structured_light": (250, 400, 700, 1000, 1400),
    "time_of_flight": (330, 500, 800, 1200, 2000),
}


def noise_bars() -> list[Bar]:
    """Measured deviation on a white wall against the stated law, by sensor."""
    bars = []
    for name, distances in DISTANCES_MM.items():
        ratio = {z: _deviation_mm(name, z) / SENSORS[name].depth_noise_mm(z) for z in distances}
        worst = max(abs(r - 1) for r in ratio.values())
        detail = {f"{z} mm": round(r, 3) for z, r in ratio.items()}
        bars.append(
            Bar(f"depth noise law of {name}: worst misfit", worst, 0.10, "most", "%", detail)
        )
    return bars


def _deviation_mm(name: str, distance_mm: float) -> float:
    sensor = SENSORS[name]
    # One side is 2 mm nearer, so that rounding meets every fraction of a step.
    ramp = np.linspace(-1, 1, 640, dtype=np.float32) + np.float32(distance_mm)
    depth = np.ascontiguousarray(np.broadcast_to(ramp, (480, 640)))
    light = (np.float32(500) / depth) ** 2
    grey = np.full((480, 640, 3), 0.5, np.float32)
    wall = Radiance(grey, light, light, np.zeros_like(depth), depth, sensor.intrinsics)
    shot = sensor.capture(wall, np.random.default_rng(0), SensorCondition.nominal())
    read = shot.depth_mm > 0
    return float((shot.depth_mm - depth)[read].std())


def speed_bars(scenes: int, count: int) -> list[Bar]:
    """Scenes and crops a second on one core, people and backgrounds made on the way.

    Seconds are those of the processor, so that other programs on the machine do not count.
    """
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        return [
            Bar("scenes of 640x480 a second, one core", _scenes_per_s(scenes), 40, "least", "/s"),
            Bar("crops a second, one core", _crops_per_s(count), 200, "least", "/s"),
        ]
    finally:
        cv2.setNumThreads(threads)


def _scenes_per_s(count: int) -> float:
    """Over all domains in turn, empty scenes excluded."""
    shown, seconds = 0, 0.0
    per_domain = max(1, count // len(DOMAINS))
    for domain in DOMAINS:
        next(next(presentations(1, domain=domain)).frames())  # noise and dots are drawn once
        start = time.process_time()
        for presentation in islice(presentations(0, domain=domain), 3):
            frames = islice(presentation.frames(), per_domain // 3)
            shown += sum(1 for _ in frames)
        seconds += time.process_time() - start
    return shown / seconds


def _crops_per_s(count: int) -> float:
    """A request as training makes it: ten crops a subject, every domain, its own attacks."""
    per_domain = max(10, count // len(DOMAINS))
    request = CropRequest(tuple(DOMAINS), crops=per_domain, subjects=max(1, per_domain // 10))
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        crops(request, Path(folder), workers=1)
        return request.count / (time.process_time() - start)


def determinism_bar(every: int = 1) -> Bar:
    """Digests of crops and scenes, here and in two other processes; see `digest`."""
    program = f"from train.simulator_checks.physics import digest; print(digest({every}))"
    command = [sys.executable, "-c", program]
    here = Path(__file__).parents[2]
    others = [
        subprocess.run(command, capture_output=True, text=True, check=True, cwd=here).stdout.strip()
        for _ in range(2)
    ]
    own = digest(every)
    same = sum(other == own for other in others)
    return Bar("other processes that give equal bytes, of 2", same, 2, "least", "", {"sha256": own})


def digest(every: int = 1) -> str:
    """SHA-256 of crops and scenes of every domain.

    Args:
        every: render every n-th crop and scene only.
    """
    sha = hashlib.sha256()
    kinds = [
        (seed, name, species)
        for seed, (name, domain) in enumerate(DOMAINS.items())
        for species in ("bona_fide", *(kind for kind, _ in domain.species))
    ]
    for seed, name, species in kinds[::every]:
        crop = render_crop(seed, domain=name, species=species, subject=seed).crop
        for array in (crop.colour, crop.depth_mm, crop.infrared):
            sha.update(array.tobytes())
    for seed, name in list(enumerate(DOMAINS))[::every]:
        scene = Presentation(seed, domain=name, species="bona_fide", subject=seed)
        frame = list(islice(scene.frames(4.0), 5))[-1]
        for image in (frame.colour, frame.depth, frame.infrared):
            assert image is not None
            sha.update(image.pixels.tobytes())
    return sha.hexdigest()
