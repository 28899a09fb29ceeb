"""The proof of the drift watch: silent on an unchanged site, quick after each fault."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.site.site_session import (
    SessionsFileError,
    SiteSession,
    Source,
    session_line,
    source_line,
)
from calibration.validation.drift_detection import DriftProofConfig, main
from rise_edge.site.session_signals import SessionSignals

pytestmark = pytest.mark.slow

ALL = "colour+depth+infrared"


def write(path: Path, count: int, seed: int, **changes: float) -> Path:
    """Bona fide sessions of one site; `changes` are factors on their signals."""
    rng = np.random.default_rng(seed)
    lines = [source_line(Source(1, "0" * 64, "onnx", "test", False, True))]
    for _ in range(count):
        norm = float(0.3 * math.exp(0.2 * rng.standard_normal()))
        direction = (1.0, *(0.1 * rng.standard_normal(3)).tolist())
        length = math.hypot(*direction)
        signals = SessionSignals(
            norm=norm,
            direction=tuple(value / length for value in direction),
            depth_coverage=float(rng.uniform(0.9, 0.99)),
            depth_noise_mm=float(rng.uniform(0.5, 0.7)),
            infrared_level=float(rng.uniform(70, 90)),
            sharpness=float(rng.uniform(0.5, 0.7)),
        )
        changed = {name: getattr(signals, name) * factor for name, factor in changes.items()}
        session = SiteSession(1.2 * norm, 30, replace(signals, **changed), "bona_fide")
        lines.append(session_line(ALL, session))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def config(tmp_path: Path) -> DriftProofConfig:
    return DriftProofConfig(
        usual=(write(tmp_path / "usual.jsonl", 300, 0),),
        lamp_failure=(write(tmp_path / "lamp.jsonl", 30, 1, infrared_level=0.2),),
        lens_smear=(write(tmp_path / "lens.jsonl", 30, 2, sharpness=0.3),),
        sensor_swap=(write(tmp_path / "sensor.jsonl", 30, 3, depth_noise_mm=3.0),),
        runs=2,
        sessions=400,
        before=50,
        picture=tmp_path / "drift.png",
    )


def rows(text: str) -> dict[str, str]:
    cells = [[cell.strip() for cell in line.split("│")] for line in text.splitlines()]
    return {row[1]: row[3] for row in cells if len(row) == 5}


def test_an_unchanged_site_is_silent_and_each_fault_is_told_by_its_own_signal(
    config: DriftProofConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    main(config)
    found = rows(capsys.readouterr().out)
    assert found["unchanged"] == "0 in 2 runs, most in one: 0"
    for fault, signal in (
        ("lamp_failure", "infrared_level"),
        ("lens_smear", "sharpness"),
        ("sensor_swap", "depth_noise"),
    ):
        assert found[fault].startswith("2 of 2 (0 before it)")
        assert signal in found[fault]
    assert cv2.imread(str(config.picture)) is not None


def test_a_site_that_changes_nothing_is_not_said_to_be_noticed(
    config: DriftProofConfig, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    main(replace(config, lens_smear=config.usual, runs=1, sessions=50, picture=None))
    assert rows(capsys.readouterr().out)["lens_smear"].startswith("0 of 1")


@pytest.mark.parametrize(("name", "least"), [("usual", 200), ("lens_smear", 20)])
def test_too_few_sessions_are_refused(
    name: str, least: int, config: DriftProofConfig, tmp_path: Path
) -> None:
    few = write(tmp_path / "few.jsonl", least - 1, 5)
    with pytest.raises(SessionsFileError, match=f"expected {least} sessions .* got {least - 1}"):
        main(replace(config, **{name: (few,)}))


def test_a_calibration_of_too_few_is_refused_in_words(config: DriftProofConfig) -> None:
    with pytest.raises(SessionsFileError, match="--calibration: expected 59"):
        main(replace(config, calibration=58))
