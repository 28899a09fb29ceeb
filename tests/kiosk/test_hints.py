from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from rise_edge import Checker, Frame
from rise_edge.capture.hint import Hint
from rise_edge.capture.listener import Listener
from rise_edge.capture.loop import run
from rise_edge.kiosk.hints import FRAMES, FolderHints
from tests.support.frame_source import FrameSource
from tests.support.pictures import photograph, photograph_frame


class Heard(Listener):
    def __init__(self) -> None:
        self.hints: list[Hint] = []

    def hinted(self, hint: Hint) -> None:
        self.hints.append(hint)


def hints_of(frames: Iterable[Frame], checker: Checker) -> list[Hint]:
    heard = Heard()
    hints = FolderHints(heard)
    for happened in run(FrameSource(frames), checker):
        hints.hear(happened)
    return heard.hints


def in_units(depth_mm: int, count: int = FRAMES + 4) -> list[Frame]:
    """The photograph, whose face is 865 mm away by its size, at a depth."""
    return [photograph_frame(number, depth_mm=depth_mm) for number in range(1, count + 1)]


@pytest.mark.parametrize("depth_mm", [3000, 6000, 1])
def test_depth_in_another_unit_is_told_once(tiny_checker: Checker, depth_mm: int) -> None:
    (hint,) = hints_of(in_units(depth_mm), tiny_checker)
    assert hint.kind == "depth_scale"
    assert f"{depth_mm + 1} mm away" in hint.text  # the median of the noise is 1
    assert "\n" not in hint.text


def test_a_recording_of_a_few_frames_is_told_at_its_end(tiny_checker: Checker) -> None:
    assert [hint.kind for hint in hints_of(in_units(3000, 2), tiny_checker)] == ["depth_scale"]


@pytest.mark.parametrize("depth_mm", [450, 600, 900])
def test_depth_in_millimetres_is_no_hint(tiny_checker: Checker, depth_mm: int) -> None:
    assert hints_of(in_units(depth_mm), tiny_checker) == []


def test_faces_that_were_cut_out_are_told_once(tiny_checker: Checker) -> None:
    face = cv2.resize(photograph()[38:214, 136:312], (512, 512), interpolation=cv2.INTER_LINEAR)
    frames = [cut_out(frame, face) for frame in in_units(200)]
    assert [hint.kind for hint in hints_of(frames, tiny_checker)] == ["faces_cut_out"]


def test_one_whole_frame_among_them_is_enough_for_no_hint(tiny_checker: Checker) -> None:
    face = cv2.resize(photograph()[38:214, 136:312], (512, 512), interpolation=cv2.INTER_LINEAR)
    frames = [cut_out(frame, face) for frame in in_units(200)]
    frames[3] = in_units(600)[3]
    assert hints_of(frames, tiny_checker) == []


def cut_out(frame: Frame, face: np.ndarray) -> Frame:
    return replace(frame, colour=replace(frame.colour, pixels=face.copy()))
