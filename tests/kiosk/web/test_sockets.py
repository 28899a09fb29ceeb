import socket
import statistics
import struct
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import Any

import cv2
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from rise_edge import Image
from rise_edge.capture.loop import Step
from rise_edge.kiosk.web import sockets
from rise_edge.kiosk.web.web_view import WebView
from tests.kiosk.web.watching import Playing, Scenes, ask, watch
from tests.support.pictures import VIEWPOINT


def large(step: Step) -> Step:
    """The same step with a colour picture that makes a large JPEG."""
    noise = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    assert step.frame.colour is not None
    image = Image(noise, VIEWPOINT, 1, 0.0)
    return replace(step, frame=replace(step.frame, colour=image))


def until(holds: Callable[[], bool], timeout_s: float = 5) -> bool:
    end_s = monotonic() + timeout_s
    while not holds() and monotonic() < end_s:
        sleep(0.02)
    return holds()


def watchers(view: WebView) -> int:
    with watch(view, "/ws/operator") as client:
        return int(ask(client).state["watchers"]) - 1


def test_the_person_s_page_gets_its_words_its_oval_and_the_picture(
    view: WebView, scenes: Scenes
) -> None:
    view.step(scenes.too_far)
    with watch(view) as client:
        news = ask(client, at=42.5)
    assert news.state["told"] == "checking"
    assert news.state["headline"] == "Come a little closer"
    assert news.state["asked"] == 42.5
    assert news.state["age_ms"] < 1000
    assert set(news.state["oval"]) == {"cx", "cy", "rx", "ry"}
    assert set(news.pictures) == {"colour"}
    assert not {"norm", "margin", "verdict"} & set(news.state), "what a probing attacker would read"


def test_the_operator_s_page_gets_everything(view: WebView, scenes: Scenes) -> None:
    view.step(scenes.passed)
    assert scenes.passed.event is not None
    view.event(scenes.passed.event)
    with watch(view, "/ws/operator") as client:
        news = ask(client)
    assert set(news.pictures) == {"colour", "depth", "infrared"}
    state = news.state
    assert state["sessions"][0]["verdict"] == "LIVE"
    assert state["now"]["margin"] == pytest.approx(1 - 40 / 128 / 0.5, abs=0.04)
    assert state["notice"].startswith("a test bundle that learned nothing")
    assert {"detect", "embed"} <= set(state["stage_ms"])
    assert state["health"]["status"] == "ok"


@pytest.mark.serial
def test_a_picture_is_sent_once_and_the_state_without_waiting_long_for_another(
    view: WebView, scenes: Scenes
) -> None:
    view.step(scenes.empty)
    with watch(view) as client:
        assert ask(client).pictures
        start = monotonic()
        assert ask(client).pictures == {}
        assert monotonic() - start < 0.6


@pytest.mark.serial
def test_nothing_of_an_old_frame_is_given_out(view: WebView, scenes: Scenes) -> None:
    view.step(scenes.passed)
    sleep(1.1)
    for path in ("/ws/person", "/ws/operator"):
        with watch(view, path) as client:
            news = ask(client)
        assert news.pictures == {}
    with watch(view) as client:
        assert ask(client).state["told"] == "out_of_order"


@pytest.mark.serial
def test_a_person_s_client_gets_about_fifteen_pictures_a_second(
    view: WebView, scenes: Scenes
) -> None:
    with watch(view) as client:
        start, pictures = monotonic(), 0
        while monotonic() - start < 1.2:
            view.step(scenes.empty)
            pictures += bool(ask(client).pictures)
    assert 5 <= pictures <= 19


def test_pictures_are_drawn_only_for_who_watches_and_never_in_the_loop_s_thread(
    view: WebView, scenes: Scenes, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    real = cv2.imencode

    def noting(*arguments: Any) -> Any:
        threads.append(threading.current_thread())
        return real(*arguments)

    monkeypatch.setattr(cv2, "imencode", noting)
    for _ in range(50):
        view.step(scenes.empty)
    sleep(0.3)
    assert threads == []
    with watch(view) as client:
        ask(client)
    assert threads
    assert threading.current_thread() not in threads


@pytest.mark.serial
def test_a_client_that_reads_nothing_costs_the_loop_nothing_and_holds_no_memory(
    view: WebView, scenes: Scenes
) -> None:
    step = large(scenes.checked)
    with watch(view, max_queue=1, close_timeout=0.1) as slow, watch(view) as quick:
        for _ in range(300):
            slow.send("1")
        before = resident_bytes()
        took_ms, pictures, start = [], 0, monotonic()
        while monotonic() - start < 2.5:
            begun = perf_counter()
            view.step(step)
            took_ms.append((perf_counter() - begun) * 1000)
            pictures += bool(ask(quick).pictures)
        assert statistics.median(took_ms) < 1
        assert pictures > 10, "another client goes on seeing"
        assert resident_bytes() - before < 30e6


def test_a_client_that_falls_silent_is_dropped(
    view: WebView, scenes: Scenes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "SILENCE_S", 0.3)
    view.step(scenes.empty)
    with watch(view) as silent:
        ask(silent)
        assert until(lambda: watchers(view) == 0)
        with pytest.raises(ConnectionClosed):
            silent.recv(timeout=2)


def test_a_client_that_vanishes_is_dropped_and_the_others_go_on(
    view: WebView, scenes: Scenes
) -> None:
    with Playing(view, scenes.checked), watch(view) as other:
        with watch(view, close_timeout=0.1) as gone:
            ask(gone)
            assert until(lambda: watchers(view) == 2)
            # A reset in the middle of an answer, and not a farewell.
            gone.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.send("2")
            gone.socket.close()
        ask(other)
        assert until(lambda: watchers(view) == 1)
        assert ask(other).pictures


@pytest.mark.parametrize("nonsense", ["", "now", "nan", "inf", b"1", "x" * 2000])
def test_a_client_that_says_nonsense_is_shown_out(
    view: WebView, scenes: Scenes, nonsense: str | bytes
) -> None:
    view.step(scenes.empty)
    with watch(view) as client:
        client.send(nonsense)
        with pytest.raises(ConnectionClosed):
            client.recv(timeout=5)


def test_no_more_than_sixteen_clients_watch(view: WebView, scenes: Scenes) -> None:
    view.step(scenes.empty)
    with ExitStack() as clients:
        for _ in range(sockets.MAX_WATCHERS):
            ask(clients.enter_context(watch(view)))
        with watch(view) as one_more, pytest.raises(ConnectionClosed, match="16 clients watch"):
            one_more.recv(timeout=5)
    assert until(lambda: watchers(view) == 0)


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096
