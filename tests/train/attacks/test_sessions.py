"""A surface in front of a camera: where it is added, and what a bundle makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

from rise_edge import Checker
from rise_edge.face import FaceDetector, Square, crop_face
from tests.support.pictures import photograph_frame
from tests.support.tiny_bundle import write_tiny_bundle
from train.attacks.sessions import Showing, count_live, face_squares, shaped

SIDE = 40


def step_surface() -> np.ndarray:
    """Nearer by 20 mm on the left, farther by 30 mm on the right."""
    return np.repeat(np.float32([[-20, 30]]), [56, 56], axis=1).repeat(112, axis=0)


def test_a_surface_is_added_over_the_square_alone():
    frame = photograph_frame()
    after = shaped(frame, Square(100.0, 200.0, SIDE), step_surface())
    assert frame.depth is not None
    assert after.depth is not None
    added = after.depth.pixels.astype(int) - frame.depth.pixels
    assert (added[180:220, 80:99] == -20).all()
    assert (added[180:220, 101:120] == 30).all()
    added[180:220, 80:120] = 0
    assert not added.any()
    assert after.colour is frame.colour


def test_what_has_no_reading_gets_none():
    frame = photograph_frame()
    assert frame.depth is not None
    frame.depth.pixels[190:200, 90:100] = 0
    frame.depth.pixels[200:205, 90:100] = 65535
    after = shaped(frame, Square(100.0, 200.0, SIDE), step_surface())
    assert after.depth is not None
    assert (after.depth.pixels[190:200, 90:100] == 0).all()
    assert (after.depth.pixels[200:205, 90:100] == 65535).all()


@pytest.mark.parametrize("middle", [(0.0, 0.0), (511.0, 300.0), (-300.0, 50.0)])
def test_a_square_that_leaves_the_picture_is_cut(middle):
    after = shaped(photograph_frame(), Square(*middle, SIDE), step_surface())
    assert after.depth is not None
    assert after.depth.pixels.shape == (512, 512)


def test_the_surface_lies_over_the_square_that_is_cropped():
    frame, empty = photograph_frame(), photograph_frame()
    assert frame.colour is not None
    assert empty.colour is not None
    empty.colour.pixels[:] = 90
    detector = FaceDetector()
    square, nothing = face_squares([frame, empty], detector)
    assert square is not None
    assert nothing is None
    face = detector.detect(frame.colour.pixels)[0]
    after = crop_face(shaped(frame, square, step_surface()), face)
    added = after.depth_mm.astype(int) - crop_face(frame, face).depth_mm
    assert (added[10:-10, 10:50] == -20).all()
    assert (added[10:-10, -50:-10] == 30).all()


@dataclass
class Visit:
    """A presentation of the photograph, with infrared in which the tiny model sees life or not."""

    level: int
    setting: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(species=SimpleNamespace(name="flat_print"))
    )

    def frames(self):
        for number in range(1, 20):
            yield photograph_frame(number, infrared_level=self.level)


def test_live_presentations_are_counted_for_each_surface(tmp_path):
    checker = Checker(write_tiny_bundle(tmp_path / "tiny"))
    showing = SimpleNamespace(presentations=lambda: [Visit(40), Visit(100)])
    flat = [np.zeros((112, 112), np.float32)] * 2
    live = count_live(checker, showing, {"unchanged": flat, "same": flat})
    assert {kind: (found.count, found.total) for kind, found in live.items()} == {
        "unchanged": (1, 2),
        "same": (1, 2),
    }


def test_everybody_is_shown_once():
    showing = Showing(("flat_print", "replay_lcd"), ("office", "lobby"), 2, 620_000, 0)
    shown = [
        (one.setting.species.name, one.setting.domain.name, one.setting.subject)
        for one in showing.presentations()
    ]
    assert [s[:2] for s in shown] == [
        ("flat_print", "office"),
        ("flat_print", "lobby"),
        ("replay_lcd", "office"),
        ("replay_lcd", "lobby"),
    ]
    assert len({s[2] for s in shown}) == 4
