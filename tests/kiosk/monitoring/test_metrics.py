"""What Prometheus reads of the loop, read with prometheus_client's own parser."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as parse_openmetrics,
)
from prometheus_client.parser import text_string_to_metric_families as parse

import rise_edge
from rise_edge import Checker
from rise_edge.capture.loop import run
from rise_edge.capture.recovery import Recovery
from rise_edge.kiosk.monitoring.metrics import Metrics
from rise_edge.kiosk.snapshots import Kept
from tests.capture.test_recovery import UnpluggedSource
from tests.support.frame_source import EMPTY, VISIT, FrameSource, visits
from tests.support.happenings import events_in, steps_in
from tests.support.opinion_models import write_opinion
from tests.support.pictures import photograph_frame
from tests.support.tiny_bundle import RADIUS, tiny_model, write_tiny_bundle

pytestmark = pytest.mark.slow


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    """Of one sample of what a scraper would read."""
    text = metrics.exposition()[0].decode()
    samples = [sample for family in parse(text) for sample in family.samples]
    found = [one.value for one in samples if (one.name, one.labels) == (name, labels)]
    assert len(found) <= 1, (name, labels)
    return found[0] if found else None


def watch(metrics: Metrics, checker: Checker, source: FrameSource, **options: object) -> None:
    for happened in run(source, checker, **options):  # type: ignore[arg-type]
        metrics.hear(happened)


@pytest.fixture
def metrics(tiny_checker: Checker) -> Metrics:
    return Metrics(tiny_checker)


FRAMES = 2 * VISIT + 3


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Metrics:
    """Two people and one attack, of the last of whom only three frames are seen."""
    checker = Checker(write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny"))
    metrics = Metrics(checker)
    frames = [*visits([40, 90, 30])]
    watch(metrics, checker, FrameSource(frames[:FRAMES]))
    return metrics


def test_a_second_opinion_s_scores_and_denials_are_counted(
    tmp_path: Path, tiny_bundle: rise_edge.Bundle
) -> None:
    opinion = rise_edge.SecondOpinion([write_opinion(tmp_path, threshold=0.0)])
    checker = Checker(tiny_bundle, second_opinion=opinion)
    metrics, family = Metrics(checker), {"family": "opinion"}
    assert value(metrics, "rise_edge_second_opinion_denials_total", **family) == 0
    watch(metrics, checker, FrameSource(visits([40, 90])))
    assert value(metrics, "rise_edge_second_opinion_denials_total", **family) == 1
    scores = "rise_edge_second_opinion_score_ratio_count"
    assert value(metrics, scores, **family, verdict="SPOOF") == 2
    assert value(metrics, scores, **family, verdict="LIVE") == 0


def test_sessions_are_counted_by_verdict_and_reason(watched: Metrics) -> None:
    count = "rise_edge_sessions_total"
    assert value(watched, count, verdict="LIVE", reason="") == 1
    assert value(watched, count, verdict="SPOOF", reason="") == 1
    assert value(watched, count, verdict="UNDECIDED", reason="ended") == 1
    assert value(watched, count, verdict="UNDECIDED", reason="time_out") == 0, "0, not absent"
    assert value(watched, count, verdict="LIVE", reason="time_out") is None


def test_frames_their_faults_and_their_stages_are_counted(watched: Metrics) -> None:
    assert value(watched, "rise_edge_frames_total") == FRAMES
    assert value(watched, "rise_edge_frame_faults_total", reason="no_face") == 2 * EMPTY
    assert value(watched, "rise_edge_stage_duration_seconds_count", stage="detect") == FRAMES
    assert value(watched, "rise_edge_stage_duration_seconds_count", stage="embed") == 27
    assert value(watched, "rise_edge_frame_to_event_seconds_count") == FRAMES
    detect = value(watched, "rise_edge_stage_duration_seconds_sum", stage="detect")
    total = value(watched, "rise_edge_frame_to_event_seconds_sum")
    assert detect is not None
    assert total is not None
    assert 0.01 < detect < total < FRAMES


def test_durations_and_norms_are_told_by_verdict(watched: Metrics) -> None:
    duration, norm = "rise_edge_session_duration_seconds", "rise_edge_session_norm_ratio"
    assert value(watched, f"{duration}_sum", verdict="LIVE") == pytest.approx(8 / 30)
    assert value(watched, f"{duration}_bucket", verdict="LIVE", le="0.2") == 0
    assert value(watched, f"{duration}_bucket", verdict="LIVE", le="0.3") == 1
    live, spoof = (value(watched, f"{norm}_sum", verdict=v) for v in ("LIVE", "SPOOF"))
    assert live == pytest.approx(40 / 128 / RADIUS, rel=0.01)
    assert spoof == pytest.approx(90 / 128 / RADIUS, rel=0.01)
    assert value(watched, f"{norm}_bucket", verdict="LIVE", le="1.0") == 1
    assert value(watched, f"{norm}_bucket", verdict="SPOOF", le="1.0") == 0
    assert value(watched, f"{norm}_count", verdict="UNDECIDED") == 0


def test_a_broken_model_s_numbers_spoil_no_histogram(tmp_path: Path) -> None:
    broken = Checker(write_tiny_bundle(tmp_path / "broken", model=tiny_model(float("nan"))))
    metrics = Metrics(broken)
    watch(metrics, broken, FrameSource(visits([40], frames_each=100)))
    ended = value(metrics, "rise_edge_sessions_total", verdict="UNDECIDED", reason="bad_numbers")
    assert ended == 1
    assert "nan" not in metrics.exposition()[0].decode().lower()


def test_dropped_frames_are_counted_once_each(metrics: Metrics, tiny_checker: Checker) -> None:
    frames = [photograph_frame(number) for number in range(1, 40)]
    last = 0
    for step in steps_in(run(FrameSource(frames, live=True, interval_s=0.001), tiny_checker)):
        metrics.step(step)
        last = step.dropped
    assert last > 0
    assert value(metrics, "rise_edge_frames_dropped_total") == last


def test_what_judges_is_named(metrics: Metrics, tiny_checker: Checker) -> None:
    assert (
        value(
            metrics,
            "rise_edge_build_info",
            version=rise_edge.__version__,
            bundle="tiny",
            bundle_identity=tiny_checker.bundle.identity,
            runtime="onnx",
            modalities="colour+depth+infrared",
            simulated="yes",
        )
        == 1
    )


def test_the_time_without_a_frame_grows_while_nothing_is_heard(tiny_checker: Checker) -> None:
    now_s = 50.0
    metrics = Metrics(tiny_checker, clock=lambda: now_s)
    now_s = 57.5
    assert value(metrics, "rise_edge_without_frame_seconds") == 7.5
    watch(metrics, tiny_checker, FrameSource([photograph_frame(1)]))
    assert value(metrics, "rise_edge_without_frame_seconds") == 0
    now_s = 3657.5
    assert value(metrics, "rise_edge_without_frame_seconds") == 3600


def test_attempts_at_recovery_are_counted_by_result(
    metrics: Metrics, tiny_checker: Checker
) -> None:
    source = UnpluggedSource([photograph_frame(1)], [photograph_frame(2)], failures=2)
    source.open()
    watch(metrics, tiny_checker, source, recovery=Recovery(None, metrics.attempt, lambda _: None))
    assert value(metrics, "rise_edge_recovery_attempts_total", result="failed") == 2
    assert value(metrics, "rise_edge_recovery_attempts_total", result="reopened") == 1
    lost = {"verdict": "UNDECIDED", "reason": "camera_lost"}
    assert value(metrics, "rise_edge_sessions_total", **lost) == 1


def test_kept_evidence_is_counted_by_result(metrics: Metrics) -> None:
    metrics.kept(Kept(1, file="x.zip"))
    metrics.kept(Kept(2, error="disk full"))
    metrics.kept(Kept(None, error="disk full"))
    assert value(metrics, "rise_edge_kept_evidence_total", result="kept") == 1
    assert value(metrics, "rise_edge_kept_evidence_total", result="failed") == 2


def test_failures_of_the_audit_are_counted(metrics: Metrics, tiny_checker: Checker) -> None:
    (event,) = events_in(run(FrameSource(visits([40])), tiny_checker))
    metrics.event(replace(event, audit_error="disk full"))
    metrics.event(event)
    assert value(metrics, "rise_edge_audit_failures_total") == 1


def test_the_truth_is_in_no_metric_and_changes_none(tiny_checker: Checker) -> None:
    def judged(truth: bool) -> dict[str, float]:
        metrics = Metrics(tiny_checker)
        watch(metrics, tiny_checker, FrameSource(visits([40, 90], truth=truth)))
        text = metrics.exposition()[0].decode()
        for word in ("bona_fide", "flat_print", "species", "person"):
            assert word not in text
        samples = [sample for family in parse(text) for sample in family.samples]
        timed = ("_bucket", "_sum", "_created", "_seconds")
        return {
            f"{one.name}{one.labels}": one.value for one in samples if not one.name.endswith(timed)
        }

    assert judged(True) == judged(False)


def test_the_number_of_series_does_not_grow_with_what_is_seen(
    metrics: Metrics, tiny_checker: Checker
) -> None:
    def series() -> int:
        return sum(len(family.samples) for family in parse(metrics.exposition()[0].decode()))

    before = series()
    watch(metrics, tiny_checker, FrameSource(visits([20, 110, 50])))
    assert series() == before < 400


def test_every_name_keeps_to_prometheus_conventions(watched: Metrics) -> None:
    families = list(parse(watched.exposition()[0].decode()))
    assert len(families) > 10
    for family in families:
        assert family.name.startswith("rise_edge_")
        assert family.documentation or family.name.endswith("_created")
        if family.type == "counter":
            assert all(sample.name.endswith(("_total", "_created")) for sample in family.samples)
        if family.type == "histogram":
            assert family.name.endswith(("_seconds", "_ratio"))


def test_openmetrics_is_given_to_who_asks_for_it(watched: Metrics) -> None:
    text, content_type = watched.exposition("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text")
    names = {family.name for family in parse_openmetrics(text.decode())}
    assert {"rise_edge_sessions", "rise_edge_build", "rise_edge_frame_to_event_seconds"} <= names


def test_other_threads_may_read_while_the_loop_counts(
    metrics: Metrics, tiny_checker: Checker
) -> None:
    (step,) = steps_in(run(FrameSource([photograph_frame(1)]), tiny_checker))
    errors: list[BaseException] = []
    over = threading.Event()

    def scrape() -> None:
        try:
            while not over.is_set():
                list(parse(metrics.exposition()[0].decode()))
        except BaseException as error:
            errors.append(error)

    scrapers = [threading.Thread(target=scrape) for _ in range(2)]
    for scraper in scrapers:
        scraper.start()
    for _ in range(2000):
        metrics.step(step)
    over.set()
    for scraper in scrapers:
        scraper.join()
    assert errors == []
    assert value(metrics, "rise_edge_frames_total") == 2000


def test_two_loops_in_one_process_count_apart(tiny_checker: Checker) -> None:
    first, second = Metrics(tiny_checker), Metrics(tiny_checker)
    watch(first, tiny_checker, FrameSource([photograph_frame(1)]))
    assert value(first, "rise_edge_frames_total") == 1
    assert value(second, "rise_edge_frames_total") == 0
