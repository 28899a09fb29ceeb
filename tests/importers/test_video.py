"""A clip becomes colour pictures as they are seen, at the clip's own times."""

from __future__ import annotations

import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from rise_edge import CameraError
from rise_edge.frame import Modality
from rise_edge.importers.recording import ImportedImage
from rise_edge.importers.video import open_video

WIDTH, HEIGHT = 64, 48


def write_clip(path: Path, *, fps: float = 25, count: int = 5, turned: bool = False) -> Path:
    """Red in the upper left corner; `turned`: to be shown a quarter turn clockwise."""
    clip = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), fps, (WIDTH, HEIGHT))
    for index in range(count):
        pixels = np.full((HEIGHT, WIDTH, 3), 20 + 20 * (index % 10), np.uint8)
        pixels[: HEIGHT // 2, : WIDTH // 2] = (0, 0, 255)
        clip.write(pixels)
    clip.release()
    if turned:
        _turn(path)
    return path


def _turn(path: Path) -> None:
    """Put a quarter turn into the matrix of the track header (ISO/IEC 14496-12, 8.3.2)."""
    content = bytearray(path.read_bytes())
    matrix = content.index(b"tkhd") + 44
    turn = (0, 1 << 16, 0, -(1 << 16), 0, 0, HEIGHT << 16, 0, 1 << 30)
    content[matrix : matrix + 36] = struct.pack(">9i", *turn)
    path.write_bytes(content)


def images(path: Path) -> list[ImportedImage]:
    return list(open_video(path).images())


def is_red(pixel: np.ndarray) -> bool:
    return bool(pixel[0] > 180 and pixel[1:].max() < 80)


def test_every_picture_comes_in_rgb_at_its_time(tmp_path: Path) -> None:
    got = images(write_clip(tmp_path / "a.mp4"))
    assert [image.number for image in got] == [1, 2, 3, 4, 5]
    assert [image.timestamp_ms for image in got] == pytest.approx([0, 40, 80, 120, 160])
    assert all(is_red(image.pixels[5, 5]) for image in got)


def test_an_upright_phone_video_is_turned_and_that_is_said(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", turned=True)
    first = images(path)[0].pixels
    assert first.shape == (WIDTH, HEIGHT, 3)
    assert is_red(first[5, -5])
    assert not is_red(first[5, 5])
    assert "90 degrees" in open_video(path).notes[0]


def test_the_rate_and_the_number_of_pictures_are_the_clips(tmp_path: Path) -> None:
    recording = open_video(write_clip(tmp_path / "a.mp4", fps=12.5, count=3))
    assert recording.fps == pytest.approx(12.5)
    assert recording.count == 3
    assert recording.modalities == {Modality.COLOUR}


def test_a_clip_has_no_depth(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no depth"):
        open_video(write_clip(tmp_path / "a.mp4"), frozenset({Modality.DEPTH}))


@pytest.mark.parametrize("content", [b"", b"not a video", None])
def test_a_damaged_clip_is_refused_without_a_word_of_ffmpeg(
    content: bytes | None, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = write_clip(tmp_path / "a.mp4")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if content is None else content)
    with pytest.raises(CameraError, match="FFmpeg"):
        open_video(path)
    assert capfd.readouterr().err == ""
