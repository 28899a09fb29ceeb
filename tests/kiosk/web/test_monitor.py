"""The monitor over HTTP, beside a loop that runs, hangs and is scraped badly."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse

from rise_edge import Checker, Frame
from rise_edge.capture.listener import Listeners
from rise_edge.capture.loop import Step, run
from rise_edge.errors import WebError
from rise_edge.kiosk.monitoring.health import Health, HealthConfig
from rise_edge.kiosk.monitoring.metrics import Metrics
from rise_edge.kiosk.web.monitor import monitor_server
from rise_edge.kiosk.web.server import Address, WebServer
from tests.kiosk.web.asking import TOKEN, ask
from tests.support.frame_source import FrameSource, visits
from tests.support.pictures import photograph_frame

LOOPBACK = Address("127.0.0.1", 0)


@dataclass
class Watched:
    """A loop that is served; its clock moves when a test says so."""

    server: WebServer
    listeners: Listeners
    checker: Checker
    now_s: float = 1000.0

    def url(self, path: str) -> str:
        return self.server.address.url(path)

    def play(self, levels: list[int]) -> None:
        for happened in run(FrameSource(visits(levels)), self.checker):
            self.now_s += 1 / 30 if isinstance(happened, Step) else 0
            self.listeners.hear(happened)


@pytest.fixture
def watched(tiny_checker: Checker) -> Iterator[Watched]:
    def clock() -> float:
        return found.now_s

    found = Watched(None, None, tiny_checker)  # type: ignore[arg-type]
    health, metrics = Health(clock=clock), Metrics(tiny_checker, clock=clock)
    found.listeners = Listeners(health, metrics)
    with monitor_server(health, metrics, LOOPBACK) as found.server:
        yield found


def test_health_follows_the_loop(watched: Watched) -> None:
    assert ask(watched.url("/health")).status == 200
    watched.play([40, 90])
    answer = ask(watched.url("/health"))
    assert (answer.status, json.loads(answer.text)["status"]) == (200, "ok")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    watched.now_s += 5
    answer = ask(watched.url("/health"))
    assert (answer.status, json.loads(answer.text)["status"]) == (200, "degraded")


def test_health_is_503_when_the_loop_hangs_though_the_server_answers(watched: Watched) -> None:
    watched.play([40])
    watched.now_s += 12
    answer = ask(watched.url("/health"))
    assert answer.status == 503
    assert json.loads(answer.text)["reasons"] == ["no frame for 12 s"]
    text = ask(watched.url("/metrics")).text
    samples = {s.name: s.value for family in parse(text) for s in family.samples}
    assert samples["rise_edge_without_frame_seconds"] == 12


def test_a_camera_whose_driver_never_returns_is_seen_as_failed(tiny_checker: Checker) -> None:
    let_go = threading.Event()

    def frames() -> Iterator[Frame]:
        yield from (photograph_frame(number) for number in range(1, 5))
        let_go.wait(30)

    health = Health(HealthConfig(degraded_after_s=0.1, failed_after_s=0.4))

    def loop() -> None:
        for happened in run(FrameSource(frames(), live=True), tiny_checker):
            health.hear(happened)

    watcher = threading.Thread(target=loop)
    with monitor_server(health, Metrics(tiny_checker), LOOPBACK) as server:
        watcher.start()
        try:
            deadline = monotonic() + 10
            while "no frame for" not in ask(server.address.url("/health")).text:
                assert monotonic() < deadline
            while (answer := ask(server.address.url("/health"))).status == 200:
                assert monotonic() < deadline
        finally:
            let_go.set()
            watcher.join()
    assert answer.status == 503
    assert json.loads(answer.text)["status"] == "failed"


def test_metrics_are_what_prometheus_reads(watched: Watched) -> None:
    watched.play([40, 90])
    answer = ask(watched.url("/metrics"))
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    samples = [sample for family in parse(answer.text) for sample in family.samples]
    counts = {
        s.labels["verdict"]: s.value
        for s in samples
        if s.name == "rise_edge_sessions_total" and s.value
    }
    assert counts == {"LIVE": 1, "SPOOF": 1}


def test_openmetrics_is_served_to_who_asks_for_it(watched: Watched) -> None:
    asked = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    answer = ask(watched.url("/metrics"), Accept=asked)
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert "rise_edge_frames" in {family.name for family in parse_openmetrics(answer.text)}


def test_nothing_else_is_served(watched: Watched) -> None:
    for path in ("/", "/docs", "/metrics/x", "/health/../bundle"):
        assert ask(watched.url(path)).status == 404


def test_a_request_may_close_its_connection(watched: Watched) -> None:
    with socket.create_connection(("127.0.0.1", watched.server.address.port), 5) as one:
        one.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: one.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert json.loads(body)["status"] == "degraded"


@pytest.mark.slow
def test_scrapers_that_hang_hurt_neither_the_loop_nor_the_others(watched: Watched) -> None:
    port = watched.server.address.port
    hanging = [socket.create_connection(("127.0.0.1", port), 5) for _ in range(100)]
    try:
        for number, one in enumerate(hanging):
            # Half a request, or a whole one whose answer nobody fetches.
            request = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n"
            one.sendall(request if number % 2 else (request + b"\r\n") * 20)
        start = monotonic()
        watched.play([40, 90])
        assert json.loads(ask(watched.url("/health")).text)["status"] == "ok"
        assert monotonic() - start < 20
    finally:
        for one in hanging:
            one.close()


def test_another_page_s_name_for_this_machine_is_refused(watched: Watched) -> None:
    for path in ("/health", "/metrics"):
        answer = ask(watched.url(path), Host="evil.example")
        assert answer.status == 403
        assert "rise_edge_" not in answer.text


def test_an_address_that_others_reach_needs_the_token(tiny_checker: Checker) -> None:
    health, metrics = Health(), Metrics(tiny_checker)
    anywhere = Address("0.0.0.0", 0)
    with pytest.raises(
        WebError, match=r"expected a token.*name a file that holds one: --web-token"
    ):
        monitor_server(health, metrics, anywhere)
    with pytest.raises(WebError, match="16 or more letters"):
        monitor_server(health, metrics, anywhere, "short")
    with monitor_server(health, metrics, anywhere, TOKEN) as server:
        url = f"http://127.0.0.1:{server.address.port}"
        for path in ("/health", "/metrics"):
            assert ask(url + path).status == 403
            assert ask(url + path, Authorization=f"Bearer {TOKEN}").status == 200


def test_without_a_monitor_nothing_of_it_is_imported() -> None:
    code = (
        "import sys, rise_edge.capture.__main__;"
        "print(sorted({'starlette', 'uvicorn', 'prometheus_client'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "[]\n", done.stderr
