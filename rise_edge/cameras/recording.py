"""RecordingCamera: a RealSense recording (.db3), played frame by frame."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from rise_edge.cameras.camera import Camera, name_of
from rise_edge.cameras.file_kind import HEADER_BYTES, kind_and_remedy
from rise_edge.cameras.realsense.pipeline import (
    RealSensePipeline,
    offered_profiles,
    require_streams,
)
from rise_edge.cameras.realsense.sdk import load_sdk, new_context, sdk_errors
from rise_edge.errors import CameraError
from rise_edge.frame import ALL_MODALITIES, Frame, Modality

_POLL_MS = 20
_SQLITE = b"SQLite format 3\0"


class RecordingCamera(Camera):
    """A `.db3` recording, played through the pipeline that reads a live RealSense.

    It plays as fast as its reader reads, and loses nothing. Opening it again after `close` starts
    at the first frame. A file that is cut short is refused. Inside, it carries no checksums: damage
    there can show as wrong pixels, missing frames or an early end.

    Args:
        path: the recording.
        modalities: what must be in it; the rest is not read.
    """

    live = False

    def __init__(
        self, path: Path | str, *, modalities: frozenset[Modality] = ALL_MODALITIES
    ) -> None:
        self.path = Path(path)
        self.name = name_of(self.path)
        self.modalities = modalities
        self._pipeline: RealSensePipeline | None = None
        self._playback: Any = None
        self._resuming = threading.Thread()

    def open(self) -> None:
        """Start to play. Opening an open recording is harmless.

        Raises:
            CameraError: the file is missing, cut short, of an unknown format, or lacks a modality.
            MissingExtraError: pyrealsense2 is not installed.
        """
        if self._pipeline is not None:
            return
        _check_file(self.path)
        rs = load_sdk()
        subject = f"recording {self.path}"
        with sdk_errors(subject):
            context = new_context()
            playback = context.load_device(str(self.path)).as_playback()
            playback.set_real_time(False)
            # Started at full speed, the player runs ahead of the pipeline: first frames get lost.
            playback.pause()
            if playback.supports(rs.camera_info.serial_number):
                self.serial = playback.get_info(rs.camera_info.serial_number)
            offered = offered_profiles(playback)
        require_streams(offered, self.modalities, subject)
        profiles = {m: offered[m][0] for m in self.modalities}
        self._pipeline = RealSensePipeline(context, playback, profiles, subject)
        self._playback = playback
        # The player waits up to 10 s in `resume` for a frame to be taken: read meanwhile.
        self._resuming = threading.Thread(target=playback.resume, daemon=True)
        self._resuming.start()

    def read(self, timeout_ms: int = 1000) -> Frame | None:
        """The next frame, None at the end of the recording.

        Raises:
            CameraError: the recording is not open, or gave nothing within `timeout_ms`.
        """
        if self._pipeline is None:
            raise CameraError(f"recording {self.path}: expected an open recording; call open()")
        deadline = time.monotonic() + timeout_ms / 1000
        stopped = False
        while True:
            if (frame := self._pipeline.read(_POLL_MS)) is not None:
                return frame
            if stopped:
                return None
            # The player stops when it has sent the last frame, which may still be on its way.
            stopped = self._stopped()
            if not stopped and time.monotonic() > deadline:
                raise CameraError(f"recording {self.path}: no frame came within {timeout_ms} ms")

    def close(self) -> None:
        """Stop playing. Closing twice is harmless."""
        if self._pipeline is None:
            return
        pipeline, self._pipeline = self._pipeline, None
        try:
            pipeline.stop()
        finally:
            self._resuming.join()
            with sdk_errors(f"recording {self.path}"):
                # Waits for the player's thread, which otherwise now and then outlives its player
                # and ends the process ("pure virtual method called").
                self._playback.pause()
            self._playback = None

    def _stopped(self) -> bool:
        with sdk_errors(f"recording {self.path}"):
            return bool(self._playback.current_status() == load_sdk().playback_status.stopped)


def _check_file(path: Path) -> None:
    """Look at the file before the SDK does, whose words for a bad one are SQLite's.

    Raises:
        CameraError: it is missing, of another kind, or shorter than its own header says.
    """
    expected = f"recording {path}: expected a RealSense recording (.db3)"
    try:
        with path.open("rb") as file:
            header = file.read(HEADER_BYTES)
        size = path.stat().st_size
    except OSError as error:
        raise CameraError(f"{expected}, got {error.strerror}") from error
    if not header:
        raise CameraError(f"{expected}, got an empty file")
    if not header.startswith(_SQLITE):
        raise CameraError(
            f"{path}: expected a RealSense recording (.db3) or a folder of images, got "
            f"{kind_and_remedy(path, header)}"
        )
    # SQLite's file format, section 1.3: page size at 16 (1 stands for 65536), pages at 28.
    page = int.from_bytes(header[16:18], "big")
    whole = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    if len(header) < HEADER_BYTES or size < whole:
        raise CameraError(
            f"{expected} of {whole} bytes, got {size}: it is cut short; copy or record it again"
        )
