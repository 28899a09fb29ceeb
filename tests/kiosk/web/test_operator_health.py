"""The operator's page says what `/health` says: every reason that it can give, and its status."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rise_edge import Checker
from rise_edge.capture.recovery import Attempt
from rise_edge.checks.colour_alone import disabled_by_colour_alone
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.decision.observation import Observation
from rise_edge.decision.verdict import Reason, undecided
from rise_edge.frame import COLOUR_ALONE
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.monitoring.metrics import Metrics
from rise_edge.kiosk.snapshots import Kept
from rise_edge.kiosk.web.monitor import monitor_server
from rise_edge.kiosk.web.server import Address
from rise_edge.site.drift_detector import Drift
from tests.kiosk.web.asking import ask as ask_http
from tests.kiosk.web.watching import Scenes, ServedView, ask, watch


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


Ailing = Callable[[Health, Clock, Scenes], None]


def at_pace(health: Health, clock: Clock, scenes: Scenes, interval_s: float, frames: int) -> None:
    for _ in range(frames):
        clock.now_s += interval_s
        health.step(scenes.empty)


def no_frame_yet(health: Health, clock: Clock, scenes: Scenes) -> None:
    clock.now_s += 1


def no_frame(health: Health, clock: Clock, scenes: Scenes) -> None:
    health.step(scenes.empty)
    clock.now_s += 3


def slow(health: Health, clock: Clock, scenes: Scenes) -> None:
    at_pace(health, clock, scenes, 0.25, 40)


def stream_fault(health: Health, clock: Clock, scenes: Scenes) -> None:
    frozen = Observation(undecided(Reason.FROZEN_STREAM, "depth repeats"), None, None, {})
    at_pace(
        health, clock, replace(scenes, empty=replace(scenes.empty, observation=frozen)), 0.03, 90
    )


def lost(health: Health, clock: Clock, scenes: Scenes) -> None:
    health.step(scenes.empty)
    health.attempt(Attempt(2, 1000.0, False, "no such device"))


def no_record(health: Health, clock: Clock, scenes: Scenes) -> None:
    health.step(scenes.empty)
    assert scenes.passed.event is not None
    health.event(replace(scenes.passed.event, audit_error="disk full"))


def not_kept(health: Health, clock: Clock, scenes: Scenes) -> None:
    health.step(scenes.empty)
    health.kept(Kept(3, error="disk full"))


def drifted(health: Health, clock: Clock, scenes: Scenes) -> None:
    health.step(scenes.empty)
    health.drifted(Drift("infrared_level", 12, "infrared level is 40, it was 90"))


def failed_for_two_reasons(health: Health, clock: Clock, scenes: Scenes) -> None:
    drifted(health, clock, scenes)
    clock.now_s += 11


AILMENTS: dict[str, Ailing] = {
    "no frame yet": no_frame_yet,
    "no frame for 3 s": no_frame,
    "4.0 frames a second": slow,
    "no good frame for 3 s: depth repeats": stream_fault,
    "the camera was lost: attempt 2": lost,
    "the last session has no record: disk full": no_record,
    "evidence of session 3 was not kept: disk full": not_kept,
    "the site drifted: infrared level is 40, it was 90": drifted,
}


def test_no_reason_of_health_is_left_out_here() -> None:
    found = ast.walk(ast.parse(inspect.getsource(Health)))
    by_its_settings = 1  # which the next test is of
    assert sum(isinstance(node, ast.Yield) for node in found) == len(AILMENTS) + by_its_settings


def test_the_operator_reads_why_nobody_can_be_live(
    browser: Any, web_checker: Checker, scenes: Scenes
) -> None:
    evidence = EvidenceConfig(required=COLOUR_ALONE)
    health = Health(disabled=disabled_by_colour_alone(evidence))
    health.step(scenes.empty)
    with ServedView(web_checker, health=health) as view, browser.new_page() as page:
        page.goto(view.address.url("/operator"))
        page.wait_for_selector("#health[data-status=failed]")
        assert "colour alone is UNDECIDED" in read(page)[1][0]


@pytest.mark.parametrize("words", AILMENTS)
def test_the_operator_is_sent_what_health_answers(
    web_checker: Checker, scenes: Scenes, words: str
) -> None:
    clock = Clock()
    health = Health(clock=clock)
    AILMENTS[words](health, clock, scenes)
    monitor = monitor_server(health, Metrics(web_checker), Address("127.0.0.1", 0))
    with monitor, ServedView(web_checker, health=health) as view:
        answer = json.loads(ask_http(monitor.address.url("/health")).text)
        with watch(view, "/ws/operator") as client:
            sent = ask(client).state["health"]
    assert sent == answer
    assert answer["status"] == "degraded"
    assert any(reason.startswith(words) for reason in sent["reasons"])


@pytest.mark.parametrize("words", AILMENTS)
def test_the_operator_reads_status_and_reasons(
    browser: Any, web_checker: Checker, scenes: Scenes, words: str
) -> None:
    clock = Clock()
    health = Health(clock=clock)
    AILMENTS[words](health, clock, scenes)
    with ServedView(web_checker, health=health) as view, browser.new_page() as page:
        page.goto(view.address.url("/operator"))
        page.wait_for_selector("#health[data-status=degraded]")
        assert read(page) == ("degraded", list(health.report().reasons))


def test_the_operator_s_page_follows_health_from_ok_to_failed_and_back(
    browser: Any, web_checker: Checker, scenes: Scenes
) -> None:
    clock = Clock()
    health = Health(clock=clock)
    health.step(scenes.empty)
    with ServedView(web_checker, health=health) as view, browser.new_page() as page:
        page.goto(view.address.url("/operator"))
        page.wait_for_selector("#health[data-status=ok]")
        assert not page.is_visible("#reasons")
        failed_for_two_reasons(health, clock, scenes)
        page.wait_for_selector("#health[data-status=failed]")
        assert read(page) == ("failed", list(health.report().reasons))
        assert page.locator("#reasons li").count() == 2
        health.step(scenes.empty)
        page.wait_for_selector("#health[data-status=degraded]")
        assert read(page) == ("degraded", list(health.report().reasons))


def test_without_the_program_its_status_is_unknown(
    browser: Any, web_checker: Checker, scenes: Scenes
) -> None:
    with browser.new_page() as page:
        with ServedView(web_checker) as view:
            view.step(scenes.empty)
            page.goto(view.address.url("/operator"))
            page.wait_for_selector("#health[data-status=ok]")
        page.wait_for_selector("#health[data-status=unknown]")
        assert read(page) == ("unknown", ["no connection to the program"])


def read(page: Any) -> tuple[str, list[str]]:
    return page.inner_text("#health-words"), page.locator("#reasons li").all_inner_texts()
