"""Kiosk: what a running kiosk takes, compared with its bars.

The kiosk is the real loop at a real pace: 30 frames a second of a live camera's sizes, an audit and
the page with one person's and one operator's browser connected. They are programs of their own,
whose time is not the kiosk's.
"""

from __future__ import annotations

import multiprocessing
import platform
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import numpy as np

from rise_edge.bench.fresh_process import in_fresh_process, peak_memory_mb
from rise_edge.bench.kiosk_camera import KioskCamera, render_kiosk_frames
from rise_edge.bundle.bundle import open_bundle
from rise_edge.checker import Checker
from rise_edge.command_line.usable_cpus import usable_cpus
from rise_edge.decision.session import Sessions
from rise_edge.decision.verdict import Outcome
from rise_edge.frame import Frame
from rise_edge.frame_pipeline import Observer

STAGES = 4
"""How many times `bench_kiosk` names a stage that begins."""

_WARM_UP_S = 2.0
_FEWEST_SHOWN_PER_S = 8.0
_SUBJECTS = (200_000, 300_000)  # the simulated camera and the calibration show others


@dataclass(frozen=True)
class Bar:
    """One figure of a kiosk.

    Attributes:
        what: is measured, with its unit.
        found: the figure.
        bar: it may be this at most.
    """

    what: str
    found: float
    bar: float

    @property
    def held(self) -> bool:
        """Whether it is within its bar."""
        return self.found <= self.bar


@dataclass(frozen=True)
class KioskReport:
    """What one bench of a kiosk found."""

    machine: str
    bundle: dict[str, str]
    bars: list[Bar]


def bench_kiosk(
    bundle_path: Path,
    seconds: float = 20.0,
    people: int = 30,
    progress: Callable[[str], None] = lambda stage: None,
) -> KioskReport:
    """Run a kiosk twice, without and with its page, and show it people.

    Args:
        bundle_path: folder of the bundle.
        seconds: duration of each of the two runs.
        people: bona fide presentations whose time to verdict is measured, on the frames' clock.
        progress: called with what begins.

    Raises:
        BundleError: the bundle does not open.
        MissingExtraError: the extra `web` is not installed.
        RuntimeError: a process of the bench died.
    """
    opened = open_bundle(bundle_path)
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames.npz"
        progress("rendering frames")
        in_fresh_process(_render, frames)
        progress(f"{seconds:g} s without the page")
        bare = in_fresh_process(_run_kiosk, frames, bundle_path, seconds, False, monotonic())
        progress(f"{seconds:g} s with the page")
        page = in_fresh_process(_run_kiosk, frames, bundle_path, seconds, True, monotonic())
        progress(f"{people} people")
        times = in_fresh_process(_meet, bundle_path, people)
    return KioskReport(
        machine=f"{platform.machine()}, {usable_cpus()} CPUs, {platform.system()}",
        bundle={"name": opened.manifest.name, "identity": opened.identity},
        bars=[
            Bar("frame to event, median, ms", bare["median_ms"], 15),
            Bar("frame to event, p99, ms", bare["p99_ms"], 33),
            Bar("frame to event with the page, median, ms", page["median_ms"], 15),
            Bar("frame to event with the page, p99, ms", page["p99_ms"], 33),
            Bar("frames dropped by us, of 1000", bare["dropped_of_1000"], 0),
            Bar("frames dropped by us with the page, of 1000", page["dropped_of_1000"], 0),
            Bar("frames missed of 30 a second, of 1000", bare["missed_of_1000"], 0),
            Bar("share of one core, %", bare["core_percent"], 70),
            Bar("share of one core with the page, %", page["core_percent"], 85),
            Bar("start to first verdict possible, s", bare["start_s"], 2),
            Bar("peak memory with the page, MB", page["peak_memory_mb"], 250),
            Bar("time to verdict, bona fide, median, s", times["median_s"], 0.5),
            Bar("time to verdict, bona fide, p95, s", times["p95_s"], 1.5),
        ],
    )


def _render(pipe: Any, path: Path) -> None:
    render_kiosk_frames(path)
    pipe.send({})


def _run_kiosk(
    pipe: Any, frames: Path, bundle_path: Path, seconds: float, with_page: bool, begun_s: float
) -> None:
    """A kiosk from its start. `begun_s` is when its process was asked for."""
    from rise_edge.capture.events import EventWriter
    from rise_edge.capture.listener import Listeners
    from rise_edge.capture.loop import run
    from rise_edge.guidance import load_guide
    from rise_edge.kiosk.allocator import bound_arenas
    from rise_edge.kiosk.audit import Audit
    from rise_edge.kiosk.journal import Journal
    from rise_edge.kiosk.monitoring.health import Health
    from rise_edge.kiosk.view import View

    bound_arenas()
    checker, camera, guide = Checker(open_bundle(bundle_path)), KioskCamera(frames), load_guide()
    with ExitStack() as stack:
        audit = stack.enter_context(Audit(frames.parent / "audit.db"))
        stack.enter_context(camera)
        output = stack.enter_context(EventWriter(str(frames.parent / "events.jsonl")))
        view, health = View(), Health()
        if with_page:
            from rise_edge.kiosk.web.server import Address
            from rise_edge.kiosk.web.web_view import WebView

            page = WebView(camera, checker, guide, Address(port=0), health)
            view = stack.enter_context(page)
            stack.enter_context(_browsers(page.address.port))
        listeners = Listeners(Journal(output), health, view)
        loop = stack.enter_context(closing(run(camera, checker, guide=guide, audit=audit)))
        pipe.send(_measure(loop, listeners, seconds, begun_s))


def _measure(loop: Iterator[Any], listeners: Any, seconds: float, begun_s: float) -> Any:
    from rise_edge.capture.loop import Step

    start_s = 0.0
    took_ms: list[float] = []
    first: Any = None
    busy_s = wall_s = 0.0
    for happened in loop:
        listeners.hear(happened)
        if not isinstance(happened, Step):
            continue
        step, now_s = happened, monotonic()
        start_s = start_s or now_s - begun_s
        if now_s - begun_s - start_s < _WARM_UP_S:
            continue
        if first is None:
            first, wall_s, busy_s = step, now_s, process_time()
            continue
        took_ms.append(step.took_ms)
        if now_s - wall_s >= seconds:
            break
    assert step.frame.colour is not None
    numbers = step.frame.colour.frame_number - first.frame.colour.frame_number
    dropped = step.dropped - first.dropped
    return {
        "start_s": round(start_s, 2),
        "median_ms": round(float(np.median(took_ms)), 2),
        "p99_ms": round(float(np.percentile(took_ms, 99)), 2),
        "dropped_of_1000": round(1000 * dropped / numbers, 1),
        "missed_of_1000": round(1000 * (numbers - dropped - len(took_ms)) / numbers, 1),
        "core_percent": round(100 * (process_time() - busy_s) / (monotonic() - wall_s), 1),
        "peak_memory_mb": peak_memory_mb(),
    }


@contextmanager
def _browsers(port: int) -> Iterator[None]:
    """A person's and an operator's browser, as far as the kiosk can tell: in another process.

    Raises:
        RuntimeError: they were shown less than a few pictures a second: the page was not running.
    """
    context = multiprocessing.get_context("spawn")
    stop, shown = context.Event(), context.Value("i", 0)
    process = context.Process(target=_look, args=(port, stop, shown), daemon=True)
    process.start()
    begun_s = monotonic()
    try:
        yield
    finally:
        stop.set()
        process.join(5)
        if process.is_alive():
            process.kill()
    rate = shown.value / (monotonic() - begun_s)
    if rate < _FEWEST_SHOWN_PER_S:
        raise RuntimeError(f"the page's browsers were shown {rate:.1f} answers a second only")


def _look(port: int, stop: Any, shown: Any) -> None:
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import connect

    def watch(who: str) -> None:
        with (
            suppress(ConnectionClosed),
            connect(f"ws://127.0.0.1:{port}/ws/{who}", max_size=None) as socket,
        ):
            while not stop.is_set():
                socket.send(str(monotonic() * 1000))
                socket.recv(timeout=5)
                with shown.get_lock():
                    shown.value += 1

    lookers = [threading.Thread(target=watch, args=(who,)) for who in ("person", "operator")]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()


def _meet(pipe: Any, bundle_path: Path, people: int) -> None:
    """How long people wait, from their first good frame, on the frames' clock."""
    from rise_edge.simulator import presentations

    checker = Checker(open_bundle(bundle_path))
    shown = presentations(0, species="bona_fide", subjects=_SUBJECTS)
    waits = [_wait_ms(checker, presentation.frames()) for presentation in islice(shown, people)]
    waited_s = np.array([wait for wait in waits if wait is not None]) / 1000
    pipe.send(
        {
            "median_s": round(float(np.median(waited_s)), 3),
            "p95_s": round(float(np.percentile(waited_s, 95)), 3),
        }
    )


def _wait_ms(checker: Checker, frames: Iterator[Frame]) -> float | None:
    """From the first reading to LIVE or SPOOF; None where there was neither."""
    sessions = Sessions(None, checker.scatter)
    observer = Observer(checker, sessions.config.absent_ms)
    first_ms: float | None = None
    for frame in frames:
        assert frame.colour is not None
        now_ms = frame.colour.timestamp_ms
        observation = observer.observe(frame, now_ms)
        if first_ms is None and observation.verdict.reading is not None:
            first_ms = now_ms
        result = sessions.update(observation, now_ms)
        if result and result.verdict.outcome is not Outcome.UNDECIDED and first_ms is not None:
            return now_ms - first_ms
    return None
