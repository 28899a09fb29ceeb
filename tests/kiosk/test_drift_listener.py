from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import rise_edge
from rise_edge.capture.__main__ import main
from rise_edge.capture.events import EventWriter
from rise_edge.capture.listener import Listener, Listeners
from rise_edge.capture.loop import run
from rise_edge.kiosk.drift_listener import DriftListener
from rise_edge.kiosk.journal import Journal
from rise_edge.kiosk.monitoring.health import Health
from rise_edge.kiosk.monitoring.metrics import Metrics
from rise_edge.site.drift_detector import Drift
from rise_edge.site.site_file import Apcer, Site, SiteRadius, SiteReference, write_site

pytestmark = pytest.mark.slow

ALL = "colour+depth+infrared"
NONE = tuple[float, ...]()
TOLD = Drift("infrared_level", 12, "infrared level is 40, it was 90")


class Heard(Listener):
    def __init__(self) -> None:
        self.drifts: list[Drift] = []

    def drifted(self, drift: Drift) -> None:
        self.drifts.append(drift)


def reference(level: float, sessions: int = 40) -> SiteReference:
    rng = np.random.default_rng(0)
    levels = tuple(sorted(level + rng.standard_normal(40)))
    return SiteReference(sessions, 40, NONE, NONE, NONE, levels, NONE, NONE, {}, {})


def test_the_loop_is_heard_and_a_site_of_other_light_is_told() -> None:
    heard, checker = Heard(), rise_edge.load()
    listener = DriftListener(reference(5.0), heard)
    with rise_edge.capture.open_camera("simulated", seed=3) as camera:
        for happened in run(camera, checker):
            listener.hear(happened)
            if listener.watch.sessions >= 3:
                break
    assert listener.watch.evidence["infrared_level"] > 0
    assert heard.drifts == []


def test_it_is_an_event_a_metric_and_a_reason_of_health(
    tmp_path: Path, tiny_checker: rise_edge.Checker
) -> None:
    pytest.importorskip("prometheus_client", reason="needs the extra web")
    file = tmp_path / "events.jsonl"
    health, metrics = Health(), Metrics(tiny_checker)
    with EventWriter(str(file)) as output:
        Listeners(Journal(output), health, metrics).drifted(TOLD)
    (line,) = map(json.loads, file.read_text().splitlines())
    assert (line["event"], line["signal"], line["text"]) == ("drift", TOLD.signal, TOLD.text)
    report = health.report()
    assert report.status == "degraded"
    assert any(TOLD.text in reason for reason in report.reasons)
    text = metrics.exposition()[0].decode()
    assert 'rise_edge_drift_warning{signal="infrared_level"} 1.0' in text
    assert 'rise_edge_drift_warning{signal="norm"} 0.0' in text


@pytest.fixture
def site(tmp_path: Path) -> Path:
    bundle = rise_edge.open_bundle(rise_edge.bundle.bundle.default_bundle_path())
    chosen = SiteRadius(
        0.7, 0.05, 0.95, 59, 0.1, {"flat_print": Apcer(20, 0)}, False, "", reference(90.0)
    )
    site = Site(1, bundle.identity, "onnx", "2026-11-24", True, {ALL: chosen})
    path = tmp_path / "demo.site.json"
    write_site(path, site)
    return path


def test_the_kiosk_runs_with_a_site_and_says_so(site: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    command = ["--sessions", "1", "--view", "none", "--events", str(events)]
    assert main([*command, "--site", str(site)]) == 0
    started, session, *_ = map(json.loads, events.read_text().splitlines())
    assert started["site"]["n"] == 59
    assert session["radius"] == 0.7
    assert main([*command, "--site", str(tmp_path / "none.json")]) == 11


def test_the_kiosk_remembers_over_restarts(site: Path, tmp_path: Path) -> None:
    history = tmp_path / "drift.jsonl"
    command = ["--sessions", "1", "--view", "none", "--site", str(site)]
    for restarts in range(2):
        assert main([*command, "--drift-history", str(history), "--seed", str(restarts)]) == 0
        assert len(history.read_text().splitlines()) == 2 + restarts
    history.write_text("no history\n")
    assert main([*command, "--drift-history", str(history)]) == 6


def test_a_history_without_a_site_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--drift-history", "drift.jsonl"])
    assert "without one no drift is watched" in capsys.readouterr().err
