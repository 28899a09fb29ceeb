"""Metrics: what the loop does, counted and timed for Prometheus.

`rise_edge_build_info` {version, bundle, bundle_identity, runtime, modalities, simulated}: what
judges; `simulated` is "yes" where the model learned from simulated people.

`rise_edge_sessions_total` {verdict, reason}, reason "" unless UNDECIDED;
`rise_edge_session_duration_seconds` {verdict}: first face to verdict, on the frames' clock;
`rise_edge_session_norm_ratio` {verdict}: norm / radius, of sessions with a reading. It is
1 - margin, and unlike the margin it is never negative, as histograms want it.
`rise_edge_second_opinion_score_ratio` {family, verdict}: how much a session's face looks like an
attack to others' models; `rise_edge_second_opinion_denials_total` {family}: what they made SPOOF.

`rise_edge_frames_total`; `rise_edge_frames_dropped_total`; `rise_edge_frame_faults_total` {reason};
`rise_edge_stage_duration_seconds` {stage}; `rise_edge_frame_to_event_seconds`;
`rise_edge_without_frame_seconds`: since the last frame, or since the start where none has come.

`rise_edge_recovery_attempts_total` {result}: reopened or failed; `rise_edge_audit_failures_total`;
`rise_edge_kept_evidence_total` {result}: kept or failed.

`rise_edge_drift_warning` {signal}: 1 where the site is no longer what it was calibrated as.

What is known of simulated or labelled people is in none of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from time import monotonic
from typing import Any

import rise_edge
from rise_edge.capture.events import Event
from rise_edge.capture.kept import Kept
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import Step
from rise_edge.capture.recovery import Attempt
from rise_edge.checker import Checker
from rise_edge.decision.verdict import Outcome, Reason
from rise_edge.frame import modality_set
from rise_edge.kiosk.web.server import load_web
from rise_edge.site.drift_detector import SIGNALS, Drift

_STAGES = ("detect", "crop", "quality", "embed", "second_opinion")
_STAGE_BUCKETS_S = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)
_SESSION_BUCKETS_S = (0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5)
_SCORE_BUCKETS = (0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1)
_NORM_BUCKETS = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10)


class Metrics(Listener):
    """Counts and times the loop, in a registry of its own; may be read in any thread.

    Args:
        checker: what judges.
        clock: seconds that never go back.

    Attributes:
        registry: the prometheus_client `CollectorRegistry`.

    Raises:
        MissingExtraError: prometheus_client is not installed.
    """

    def __init__(self, checker: Checker, clock: Callable[[], float] = monotonic) -> None:
        client = load_web("prometheus_client")
        self.registry = client.CollectorRegistry()
        self._clock = clock
        self._last_frame_s = clock()
        self._dropped_before = 0
        self._count_sessions(client)
        self._count_opinions(client, checker)
        self._count_frames(client)
        self._count_failures(client)
        client.Info("rise_edge_build", "What judges.", registry=self.registry).info(_build(checker))

    def _count_sessions(self, client: Any) -> None:
        verdict, registry = ["verdict"], self.registry
        self._sessions = client.Counter(
            "rise_edge_sessions", "Sessions that ended.", ["verdict", "reason"], registry=registry
        )
        self._durations = client.Histogram(
            "rise_edge_session_duration_seconds",
            "From the first face to the verdict, on the frames' clock.",
            verdict,
            registry=registry,
            buckets=_SESSION_BUCKETS_S,
        )
        self._norms = client.Histogram(
            "rise_edge_session_norm_ratio",
            "Norm / radius of a session's median reading: at most 1 inside the sphere.",
            verdict,
            registry=registry,
            buckets=_NORM_BUCKETS,
        )
        # What has not happened yet is 0, not absent: a rate needs the value before the first one.
        for outcome in Outcome:
            reasons = [r.value for r in Reason] if outcome is Outcome.UNDECIDED else [""]
            for reason in reasons:
                self._sessions.labels(outcome.value, reason)
            self._durations.labels(outcome.value)
            self._norms.labels(outcome.value)

    def _count_opinions(self, client: Any, checker: Checker) -> None:
        self._scores = client.Histogram(
            "rise_edge_second_opinion_score_ratio",
            "How much a session's face looks like an attack to others' models, median of frames.",
            ["family", "verdict"],
            registry=self.registry,
            buckets=_SCORE_BUCKETS,
        )
        self._denials = client.Counter(
            "rise_edge_second_opinion_denials",
            "Sessions that are SPOOF because of a second opinion, and would have been LIVE.",
            ["family"],
            registry=self.registry,
        )
        for family in checker.second_opinion.families if checker.second_opinion else ():
            self._denials.labels(family)
            for outcome in Outcome:
                self._scores.labels(family, outcome.value)

    def _count_frames(self, client: Any) -> None:
        registry = self.registry
        self._frames = client.Counter(
            "rise_edge_frames", "Frames that were judged.", registry=registry
        )
        self._dropped = client.Counter(
            "rise_edge_frames_dropped",
            "Frames that were dropped, because newer ones had come.",
            registry=registry,
        )
        self._faults = client.Counter(
            "rise_edge_frame_faults",
            "Frames that were not read, by what kept them from it.",
            ["reason"],
            registry=registry,
        )
        for reason in Reason:
            self._faults.labels(reason.value)
        self._stages = client.Histogram(
            "rise_edge_stage_duration_seconds",
            "Time that one stage took for one frame.",
            ["stage"],
            registry=registry,
            buckets=_STAGE_BUCKETS_S,
        )
        for stage in _STAGES:
            self._stages.labels(stage)
        self._frame_to_event = client.Histogram(
            "rise_edge_frame_to_event_seconds",
            "From taking a frame to its verdict, and to the event where it closed a session.",
            registry=registry,
            buckets=_STAGE_BUCKETS_S,
        )
        client.Gauge(
            "rise_edge_without_frame_seconds",
            "Since the last frame, or since the start where none has come.",
            registry=registry,
        ).set_function(lambda: self._clock() - self._last_frame_s)

    def _count_failures(self, client: Any) -> None:
        registry = self.registry
        self._attempts = client.Counter(
            "rise_edge_recovery_attempts",
            "Attempts to open a lost camera again.",
            ["result"],
            registry=registry,
        )
        self._audit_failures = client.Counter(
            "rise_edge_audit_failures", "Sessions without their record.", registry=registry
        )
        self._kept = client.Counter(
            "rise_edge_kept_evidence",
            "Sessions whose evidence was kept or could not be; old files that were not removed.",
            ["result"],
            registry=registry,
        )
        self._drifts = client.Gauge(
            "rise_edge_drift_warning",
            "1 where a signal is no longer what it was when the site was calibrated.",
            ["signal"],
            registry=registry,
        )
        for signal in SIGNALS:
            self._drifts.labels(signal)
        for counter, results in (
            (self._attempts, ("reopened", "failed")),
            (self._kept, ("kept", "failed")),
        ):
            for result in results:
                counter.labels(result)

    def step(self, step: Step) -> None:
        """Count and time one frame."""
        self._last_frame_s = self._clock()
        self._frames.inc()
        self._dropped.inc(step.dropped - self._dropped_before)
        self._dropped_before = step.dropped
        reason = step.observation.verdict.reason
        if reason is not None:
            self._faults.labels(reason.value).inc()
        for stage, ms in step.observation.stage_ms.items():
            self._stages.labels(stage).observe(ms / 1000)
        self._frame_to_event.observe(step.took_ms / 1000)

    def event(self, event: Event) -> None:
        """Count one session."""
        self._sessions.labels(event.verdict, event.reason or "").inc()
        self._durations.labels(event.verdict).observe(event.result.duration_ms / 1000)
        reading = event.result.verdict.reading
        # A broken model's NaN belongs in no bucket.
        if reading is not None and math.isfinite(reading.norm):
            self._norms.labels(event.verdict).observe(reading.norm / reading.radius)
        overruled = event.verdict == "SPOOF" and event.margin is not None and event.margin >= 0
        for opinion in event.result.opinions:
            self._scores.labels(opinion.family, event.verdict).observe(opinion.score)
            if overruled and opinion.denies:
                self._denials.labels(opinion.family).inc()
        if event.audit_error:
            self._audit_failures.inc()

    def attempt(self, attempt: Attempt) -> None:
        """Count one attempt at recovery."""
        self._attempts.labels("failed" if attempt.error else "reopened").inc()

    def kept(self, kept: Kept) -> None:
        """Count one session's evidence."""
        self._kept.labels("failed" if kept.error else "kept").inc()

    def drifted(self, drift: Drift) -> None:
        """Raise the warning of a signal."""
        self._drifts.labels(drift.signal).set(1)

    def exposition(self, accept: str = "") -> tuple[bytes, str]:
        """All metrics as text, and the content type of it.

        Args:
            accept: the scraper's `Accept` header: OpenMetrics where it asks for that.
        """
        encode, content_type = load_web("prometheus_client.exposition").choose_encoder(accept)
        return encode(self.registry), content_type


def _build(checker: Checker) -> dict[str, str]:
    manifest = checker.bundle.manifest
    return {
        "version": rise_edge.__version__,
        "bundle": manifest.name,
        "bundle_identity": checker.bundle.identity,
        "runtime": checker.runtime.name,
        "modalities": modality_set(checker.evidence.required),
        "simulated": "yes" if manifest.simulated else "no",
    }
