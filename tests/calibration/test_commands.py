"""Every command of calibration ends on Ctrl-C with one line, and refuses bad input at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.choose_radius import RadiusConfig
from calibration.collect_sessions import CollectConfig
from calibration.collect_sessions import main as collect
from calibration.measure_scatter import CalibrateConfig
from calibration.output_file import expect_writable
from calibration.register_sensors import RegisterConfig, SimulateConfig, register
from calibration.validation.drift_detection import DriftProofConfig
from calibration.validation.radius_coverage import CoverageConfig
from calibration.validation.radius_coverage import main as cover
from calibration.validation.sensor_accuracy import BarsConfig
from rise_edge.command_line.run_command import STOPPED
from rise_edge.errors import CameraError, OutputError
from tests.cameras.realsense.software_device import PLUGGED
from tests.support.scripts import commands_of, interrupt

NONE = (Path("none.jsonl"),)


@pytest.mark.parametrize("script", commands_of("calibration"))
def test_ctrl_c_ends_a_command_with_one_line(
    script: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert interrupt(script, monkeypatch) == STOPPED
    said = capsys.readouterr().err
    assert said.startswith("stopped")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("config", "fields", "named"),
    [
        (CollectConfig, {"file": Path("x"), "sessions": 0}, "sessions"),
        (CollectConfig, {"file": Path("x"), "modalities": ()}, "modalities"),
        (RadiusConfig, {"sessions": NONE, "bpcer": 5.0}, "bpcer"),
        (RadiusConfig, {"sessions": NONE, "apcer_limit": -0.1}, "apcer_limit"),
        (RadiusConfig, {"sessions": NONE, "reference": 0}, "reference"),
        (CoverageConfig, {"sessions": NONE, "confidence": 1.0}, "confidence"),
        (CoverageConfig, {"sessions": NONE, "draws": 0}, "draws"),
        (CalibrateConfig, {"bundle": Path("x"), "presentations": 9}, "presentations"),
        (CalibrateConfig, {"bundle": Path("x"), "domain": "moon"}, "moon"),
        (CalibrateConfig, {"bundle": Path("x"), "check": ("night", "moon")}, "moon"),
        (BarsConfig, {"seeds": 0}, "seeds"),
        (BarsConfig, {"views": 3}, "views"),
        (SimulateConfig, {"folder": Path("x"), "views": 0}, "views"),
        (
            DriftProofConfig,
            {
                "usual": NONE,
                "lamp_failure": NONE,
                "lens_smear": NONE,
                "sensor_swap": NONE,
                "runs": 0,
            },
            "runs",
        ),
    ],
)
def test_numbers_and_names_that_cannot_be_meant_are_refused_with_the_command_line(
    config: type, fields: dict[str, object], named: str
) -> None:
    with pytest.raises(ValueError, match=named):
        config(**fields)


def test_a_file_that_could_not_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "there.png").write_bytes(b"")
    expect_writable(None, tmp_path / "new.png", tmp_path / "there.png")
    for wrong in (tmp_path, tmp_path / "none" / "x.png", tmp_path / "there.png" / "x.png"):
        with pytest.raises(OutputError, match="cannot write"):
            expect_writable(wrong)


def test_a_picture_that_could_not_be_written_is_refused_before_anything_is_read(
    tmp_path: Path,
) -> None:
    with pytest.raises(OutputError):
        cover(CoverageConfig(NONE, picture=tmp_path / "none" / "x.png"))


def test_a_calibration_that_could_not_be_written_is_refused_before_a_camera_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PLUGGED, lambda context: pytest.fail("a camera was looked for"))
    with pytest.raises(OutputError):
        register(RegisterConfig("realsense", "board", tmp_path / "none" / "calibration.json"))


def test_a_camera_that_does_not_open_leaves_no_file_of_sessions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PLUGGED, lambda context: [])
    with pytest.raises(CameraError, match="found none"):
        collect(CollectConfig(tmp_path / "x.jsonl", camera="realsense"))
    assert list(tmp_path.iterdir()) == []
