"""Evidence from the loop to the disk, and what happens where the disk does not take it."""

from __future__ import annotations

import json
import logging
import threading
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import cv2
import numpy as np
import pytest

from rise_edge import Checker, Frame
from rise_edge.cameras import open_camera
from rise_edge.capture.events import Event
from rise_edge.capture.loop import SessionEnded, Step, run
from rise_edge.kiosk.snapshots import KEEP, EvidenceFolder, Kept, KeptEvidence
from rise_edge.kiosk.snapshots.folder import MARKER
from tests.cameras.random_frames import assert_same
from tests.support.frame_source import VISIT, FrameSource, visits
from tests.support.happenings import events_in
from tests.support.small_disk import run_on_small_disk

pytestmark = pytest.mark.slow


def watch(keeper: KeptEvidence, checker: Checker, frames: Iterator[Frame]) -> list[Event]:
    """Run the loop with a keeper, as the command does."""
    seen = []
    with keeper:
        for happened in run(FrameSource(frames), checker):
            keeper.hear(happened)
            seen.append(happened)
    return events_in(seen)


def files(folder: EvidenceFolder) -> list[Path]:
    return sorted(path for path in folder.path.iterdir() if path.name != MARKER)


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path / "evidence")


@pytest.mark.parametrize(
    ("keep", "verdicts"),
    [
        ("spoof", ["SPOOF"]),
        ("denied", ["SPOOF", "UNDECIDED"]),
        ("all", ["LIVE", "SPOOF", "UNDECIDED"]),
    ],
)
def test_the_asked_sessions_are_kept_and_no_others(
    folder: EvidenceFolder, tiny_checker: Checker, keep: str, verdicts: list[str]
) -> None:
    frames = [*visits([40, 90, 30])][: 2 * VISIT + 3]
    kept: list[Kept] = []
    keeper = KeptEvidence(folder, outcomes=KEEP[keep], on_kept=kept.append)
    watch(keeper, tiny_checker, iter(frames))
    names = [path.name for path in files(folder)]
    assert [name.removesuffix(".zip").split("-")[-1] for name in names] == verdicts
    assert [(one.file, one.error) for one in kept] == [(name, None) for name in names]


def test_by_default_only_attacks_are_kept(folder: EvidenceFolder, tiny_checker: Checker) -> None:
    watch(KeptEvidence(folder), tiny_checker, iter([*visits([40, 90, 30])][: 2 * VISIT + 3]))
    (path,) = files(folder)
    assert path.name.endswith("-000002-SPOOF.zip")


def test_a_file_holds_the_deciding_frame_its_crop_and_the_event(
    folder: EvidenceFolder, tiny_checker: Checker, tmp_path: Path
) -> None:
    run_id = str(uuid.uuid4())
    frames = [*visits([90])]
    (event,) = watch(KeptEvidence(folder, run=run_id), tiny_checker, iter(frames))
    (path,) = files(folder)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "unpacked")
        said = json.loads(archive.read("event.json"))
        pictures = {
            name: cv2.imdecode(np.frombuffer(archive.read(f"crop/{name}.png"), np.uint8), -1)
            for name in ("colour", "depth", "infrared")
        }
    assert path.name.split("-SPOOF")[0].endswith(f"{run_id}-000001")
    assert said["schema"] == "rise_edge.evidence/2"
    assert said["run"] == run_id
    assert event.fields().items() <= said.items()
    assert said["picture"]["deciding"] is True
    assert said["picture"]["norm"] == said["norm"]
    with open_camera(str(tmp_path / "unpacked")) as camera:
        frame = camera.read()
        assert camera.read() is None
    assert frame is not None
    assert frame.colour is not None
    assert_same(frame, frames[frame.colour.frame_number - 1])
    observation = tiny_checker.observe(frame)
    assert observation.verdict.reading is not None
    assert round(observation.verdict.reading.norm, 6) == said["norm"]
    assert observation.crop is not None
    np.testing.assert_array_equal(pictures["colour"][..., ::-1], observation.crop.colour)
    np.testing.assert_array_equal(pictures["depth"], observation.crop.depth_mm)
    np.testing.assert_array_equal(pictures["infrared"], observation.crop.infrared)
    assert pictures["depth"].dtype == np.uint16


def test_it_says_at_the_start_that_pictures_of_people_are_kept(
    folder: EvidenceFolder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), KeptEvidence(folder):
        pass
    assert caplog.messages == [
        f"pictures of people's faces are kept in {folder.path}: personal data"
    ]


def test_a_failure_is_told_and_logged_and_changes_no_verdict(
    folder: EvidenceFolder, tiny_checker: Checker, caplog: pytest.LogCaptureFixture
) -> None:
    (folder.path / MARKER).unlink()
    folder.path.rmdir()
    kept: list[Kept] = []
    keeper = KeptEvidence(folder, outcomes=KEEP["all"], on_kept=kept.append)
    events = watch(keeper, tiny_checker, visits([40, 90]))
    assert [event.verdict for event in events] == ["LIVE", "SPOOF"]
    assert [(one.session, one.file) for one in kept] == [(1, None), (2, None)]
    assert all("its marker" in str(one.error) for one in kept)
    assert sum("was not kept" in message for message in caplog.messages) == 2


def test_a_failure_to_remove_old_files_is_told_without_a_session(
    folder: EvidenceFolder, tiny_checker: Checker
) -> None:
    (folder.path / MARKER).unlink()
    kept: list[Kept] = []
    watch(KeptEvidence(folder, on_kept=kept.append), tiny_checker, visits([40]))
    (one,) = kept
    assert one.session is None
    assert str(one).startswith("old evidence was not removed: cannot keep evidence in")


@pytest.fixture
def spoofs(tiny_checker: Checker) -> list[Step | SessionEnded]:
    return list(run(FrameSource(visits([90] * 6, frames_each=9)), tiny_checker))


@pytest.fixture
def stuck_disk(folder: EvidenceFolder) -> Iterator[tuple[EvidenceFolder, threading.Event]]:
    """A folder that answers the writing thread only when it is let go on."""
    go_on = threading.Event()

    class SlowFolder(EvidenceFolder):
        def prune(self, now, room=0):  # type: ignore[no-untyped-def]
            if threading.current_thread() is not threading.main_thread():
                go_on.wait(30)  # as a network share or a dying card does
            super().prune(now, room)

    yield SlowFolder(folder.path), go_on
    go_on.set()


def test_a_slow_disk_stalls_nothing_and_what_is_dropped_is_told(
    stuck_disk: tuple[EvidenceFolder, threading.Event], spoofs: list[Step | SessionEnded]
) -> None:
    slow, go_on = stuck_disk
    kept: list[Kept] = []
    with KeptEvidence(slow, on_kept=kept.append, waiting=2) as keeper:
        start = monotonic()
        for happened in spoofs:
            keeper.hear(happened)
        assert monotonic() - start < 1
        # One is being written, two wait, three are too many.
        late = [one for one in kept if one.error]
        assert len(late) in (3, 4)
        assert all(
            one.error == "the disk is too slow: 2 sessions wait to be written" for one in late
        )
        go_on.set()
    assert len(kept) == 6
    assert len(files(slow)) == 6 - len(late)


def test_a_disk_that_hangs_does_not_keep_the_program_from_ending(
    stuck_disk: tuple[EvidenceFolder, threading.Event], spoofs: list[Step | SessionEnded]
) -> None:
    slow, _ = stuck_disk
    kept: list[Kept] = []
    start = monotonic()
    with KeptEvidence(slow, on_kept=kept.append, waiting=1, stop_s=0.3) as keeper:
        for happened in spoofs:
            keeper.hear(happened)
    assert monotonic() - start < 2
    assert {one.session for one in kept} == {1, 2, 3, 4, 5, 6}
    assert all(one.error for one in kept)


_IN_A_SMALL_DISK = """
import sys
from pathlib import Path
from time import sleep
from rise_edge import Checker
from rise_edge.kiosk.snapshots import EvidenceFolder, KeptEvidence
from rise_edge.capture.loop import SessionEnded, run
from tests.support.frame_source import FrameSource, visits
from tests.support.tiny_bundle import write_tiny_bundle
disk, bundle = Path(sys.argv[1]), Path(sys.argv[2])
def fill(path):
    try:
        with path.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
    except OSError:
        pass

folder = EvidenceFolder(disk / "evidence")
filler = disk / "filler"
fill(filler)
kept = []
checker = Checker(write_tiny_bundle(bundle))
verdicts = []
with KeptEvidence(folder, on_kept=kept.append) as keeper:
    for happened in run(FrameSource(visits([90] * 4, frames_each=9)), checker):
        keeper.hear(happened)
        if isinstance(happened, SessionEnded):
            verdicts.append(happened.event.verdict)
            while len(kept) < len(verdicts):
                sleep(0.01)
                keeper.step(step)
            if len(verdicts) == 2:
                filler.unlink()
        else:
            step = happened
assert verdicts == ["SPOOF"] * 4, verdicts
errors = [one.error for one in kept]
assert all("No space left on device; look for a full disk" in e for e in errors[:2]), errors
assert errors[2:] == [None, None], errors
left = sorted(p.name for p in folder.path.iterdir())
assert left == [".rise_edge_evidence", kept[2].file, kept[3].file], left
print("done")
"""


def test_a_full_disk_is_told_leaves_no_half_file_and_is_tried_again(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    done = run_on_small_disk(disk, "3m", _IN_A_SMALL_DISK, str(tmp_path / "tiny"))
    assert done.stdout == "done\n", done.stderr
