"""The faults of streams again, through librealsense's own recorder, player and syncer."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from rise_edge import Bundle, CameraError, Checker, Frame, Modality
from rise_edge.cameras import RecordingCamera
from rise_edge.capture.__main__ import main
from rise_edge.capture.listener import Listeners
from rise_edge.capture.loop import run
from rise_edge.frame import Truth
from rise_edge.soak.faults import Fault, FaultKind
from rise_edge.soak.faulty_camera import FaultyCamera, FaultyTruth
from rise_edge.soak.oracle import Oracle
from tests.cameras.realsense.software_device import record
from tests.kiosk.survival import (
    FEW,
    NEED,
    Told,
    person,
    standing,
    watch,
)
from tests.support.frame_source import FrameSource
from tests.support.happenings import events_in

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("modality", list(Modality), ids=str)
@pytest.mark.parametrize(
    "kind", [FaultKind.STALL, FaultKind.FREEZE, FaultKind.BLACK, FaultKind.LAG], ids=str
)
def test_a_recording_of_a_stream_at_fault_is_not_live(
    kind: FaultKind, modality: Modality, tiny_checker: Checker, tmp_path: Path
) -> None:
    fault = Fault(kind, start_frame=FEW, frames=3 * NEED, modality=modality)
    given = FaultyCamera(FrameSource(standing(4 * NEED)), [fault])
    with given:
        frames = list(iter(given.read, None))
    path = tmp_path / "fault.db3"
    record(frames, path)
    healthy = {frame.colour.frame_number: frame for frame in standing(4 * NEED)}
    told = Told(oracle=Oracle(NEED, lambda frame: truth_by_pixels(frame, healthy)))
    listeners = Listeners(told.oracle)
    with RecordingCamera(path) as camera:
        seen = list(run(camera, tiny_checker))
    for happened in seen:
        listeners.hear(happened)
    events = events_in(seen)
    assert events
    assert "LIVE" not in {event.verdict for event in events}
    assert not told.oracle.read_in_spite


def truth_by_pixels(frame: Frame, healthy: dict[int, Frame]) -> Truth:
    """Told by what was in front of the camera: recordings carry no truth."""
    numbers = {frame.image(m).frame_number for m in frame.present}
    true = healthy[max(numbers)]
    same = all(np.array_equal(frame.image(m).pixels, true.image(m).pixels) for m in frame.present)
    faults = () if same else (FaultKind.STALL,)
    return FaultyTruth(**vars(person()), faults=faults)


def test_a_recording_that_ends_mid_session_ends_undecided(
    tiny_checker: Checker, tmp_path: Path
) -> None:
    path = tmp_path / "short.db3"
    record(standing(FEW, truth=False), path)
    told = watch(RecordingCamera(path), tiny_checker, tmp_path)
    assert told.verdicts == ["UNDECIDED(ended)"]
    assert told.error is None


def test_a_recording_whose_file_is_cut_short_is_refused(
    tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.db3"
    record(standing(NEED, truth=False), path)
    os.truncate(path, path.stat().st_size // 2)
    code = main(["--camera", str(path), "--bundle", str(tiny_bundle.path), "--view", "none"])
    assert code == CameraError.exit_code
    assert "cut short" in capsys.readouterr().err
