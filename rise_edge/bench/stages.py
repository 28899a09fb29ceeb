"""Stages: what each of them costs on this device, on one thread.

Frames are rendered in a process of their own, and judged in another, so that the peak memory
printed for the check is the check's and not the simulator's.
"""

from __future__ import annotations

import json
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from rise_edge.bench.fresh_process import in_fresh_process, peak_memory_mb
from rise_edge.bundle.bundle import open_bundle
from rise_edge.capture.events import Event
from rise_edge.checker import Checker
from rise_edge.checks.continuity import Continuity
from rise_edge.checks.evidence import StreamGate
from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.decision.session import Sessions
from rise_edge.decision.verdict import Reason, decide
from rise_edge.face import Crop
from rise_edge.frame import Frame, Image, Intrinsics, Modality, Viewpoint

_PRESENTATIONS = 4
_DISTINCT_FRAMES = 16
_WARM_UP = 20
_FRAME_MS = 1000 / 30


@dataclass(frozen=True)
class Timing:
    """One row: milliseconds over many runs. Means add up over the stages, medians need not."""

    stage: str
    mean_ms: float
    median_ms: float
    p99_ms: float
    runs: int


@dataclass(frozen=True)
class Report:
    """What one bench found.

    Attributes:
        machine: processor and system.
        bundle: name and identity of the model.
        frame: size of the frames, "640x480".
        timings: a row for each stage; "frame to event" is a frame's whole way through the loop,
            "crop to verdict" the model and the decision alone.
        peak_memory_mb: peak memory of the process that judged, with the frames that it judged.
        simulator: what rendering took: frames a second (whole scenes) and its peak memory.
    """

    machine: str
    bundle: dict[str, str]
    frame: str
    timings: list[Timing]
    peak_memory_mb: float
    simulator: dict[str, float]


def bench(bundle_path: Path, runs: int = 300) -> Report:
    """Time every stage on rendered frames.

    Raises:
        BundleError: the bundle does not open.
        RuntimeError: a process of the bench died.
    """
    opened = open_bundle(bundle_path)
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames.npz"
        simulator = in_fresh_process(_render, frames)
        judged = in_fresh_process(_judge, frames, bundle_path, runs)
    return Report(
        machine=f"{platform.machine()}, {usable_cpus()} CPUs, {platform.system()}",
        bundle={"name": opened.manifest.name, "identity": opened.identity},
        frame="640x480",
        timings=[Timing(**row) for row in judged["timings"]],
        peak_memory_mb=judged["peak_memory_mb"],
        simulator=simulator,
    )


def _render(pipe: Any, path: Path) -> None:
    """Render the middle of several presentations and keep frames of them."""
    from rise_edge.simulator import presentations

    frames: list[Frame] = []
    count, start = 0, perf_counter()
    for presentation in islice(presentations(0), _PRESENTATIONS):
        half = presentation.frame_count() // 2
        shown = list(islice(presentation.frames(), half + _DISTINCT_FRAMES // _PRESENTATIONS))
        count += len(shown)
        frames += shown[half:]
    seconds = perf_counter() - start
    arrays: dict[str, Any] = {
        m.value: np.stack([_pixels(frame, m) for frame in frames]) for m in Modality
    }
    viewpoint = _image(frames[0], Modality.DEPTH).viewpoint.intrinsics
    np.savez(path, intrinsics=[viewpoint.fx, viewpoint.fy, viewpoint.cx, viewpoint.cy], **arrays)
    pipe.send({"frames_per_s": round(count / seconds, 1), "peak_memory_mb": peak_memory_mb()})


def _image(frame: Frame, modality: Modality) -> Image:
    image = frame.image(modality)
    assert image is not None
    return image


def _pixels(frame: Frame, modality: Modality) -> Any:
    return _image(frame, modality).pixels


def _frames(path: Path) -> Iterator[Frame]:
    """The kept frames, round and round, with counters, clocks and noise that move on."""
    from rise_edge.simulator.samples.retake import retake

    rng = np.random.default_rng(0)
    with np.load(path, allow_pickle=False) as file:
        viewpoint = Viewpoint(Intrinsics(*(float(v) for v in file["intrinsics"])))
        arrays = {m.value: file[m.value] for m in Modality}
    for number, index in enumerate(cycle(range(len(arrays["depth"])))):
        images: dict[str, Any] = {
            name: retake(Image(pixels[index], viewpoint, 0, 0.0), number, number * _FRAME_MS, rng)
            for name, pixels in arrays.items()
        }
        yield Frame(**images)


def _judge(pipe: Any, path: Path, bundle_path: Path, runs: int) -> None:
    checker = Checker(open_bundle(bundle_path))
    gate, sessions = StreamGate(checker.evidence), Sessions(None, checker.scatter)
    continuity = Continuity(sessions.config.absent_ms)
    laps: dict[str, list[float]] = {}
    crops: list[Crop] = []
    for number, frame in enumerate(islice(_frames(path), runs + _WARM_UP)):
        start = perf_counter()
        fault = gate.examine(frame)
        gated = perf_counter()
        observation = checker.observe(frame)
        observed = perf_counter()
        followed = continuity.follow(observation, number * _FRAME_MS)
        result = sessions.update(followed, number * _FRAME_MS)
        # The longest way that a frame can go is the one that ends in an event.
        result = result or sessions.end(Reason.ENDED, number * _FRAME_MS)
        if result:
            json.dumps(Event(result, "", checker.bundle.identity, {}).fields())
        end = perf_counter()
        if fault is None and observation.crop is not None and number >= _WARM_UP:
            crops.append(observation.crop)
            stages = {"examine streams": (gated - start) * 1000, **observation.stage_ms}
            stages["decide and write event"] = (end - observed) * 1000
            stages["frame to event"] = (end - start) * 1000
            for stage, ms in stages.items():
                laps.setdefault(stage, []).append(ms)
    for crop in crops:
        start = perf_counter()
        decide(checker.read(crop))
        laps.setdefault("crop to verdict", []).append((perf_counter() - start) * 1000)
    rows = [
        asdict(
            Timing(
                stage,
                float(np.mean(ms)),
                float(np.median(ms)),
                float(np.percentile(ms, 99)),
                len(ms),
            )
        )
        for stage, ms in laps.items()
    ]
    pipe.send({"timings": rows, "peak_memory_mb": peak_memory_mb()})
