"""Landmarks: from numbers in a text file to eyes, nose and mouth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rise_edge.evaluation.landmarks import FRONTAL_LIPS, FRONTAL_NOSE, Landmarks, read_landmarks
from tests.evaluation.drawn_sets import LANDMARKS

EYES = [[40, 50], [80, 50]]


def face(nose_x: float, lips_apart: float | None = None) -> Landmarks:
    return Landmarks(np.array([*EYES, [nose_x, 70], [60, 90]], np.float32), lips_apart)


def read(tmp_path: Path, text: str, **fields: Any) -> dict[str, Landmarks]:
    (tmp_path / "marks.txt").write_text(text)
    return dict(read_landmarks({**LANDMARKS, **fields}, tmp_path))


def test_a_feature_is_the_mean_of_its_points(tmp_path: Path) -> None:
    text = "one/1 9 9 40 48 40 52 80 50 60 70 60 88 60 94\n"
    found = read(
        tmp_path,
        text,
        first_number=2,
        right_eye=[0, 1],
        left_eye=[2],
        nose=[3],
        mouth=[4, 5],
        lips=[4, 5],
    )
    assert found["one/1"].points.tolist() == [[40, 50], [80, 50], [60, 70], [60, 91]]
    assert found["one/1"].lips_apart == 6


@pytest.mark.parametrize(
    ("nose_aside", "lips_apart", "frontal"),
    [
        (0.9 * FRONTAL_NOSE, None, True),
        (1.1 * FRONTAL_NOSE, None, False),
        (-1.1 * FRONTAL_NOSE, None, False),
        (0.0, 0.9 * FRONTAL_LIPS, True),
        (0.0, 1.1 * FRONTAL_LIPS, False),
    ],
)
def test_frontal_is_told_by_nose_and_lips(
    nose_aside: float, lips_apart: float | None, frontal: bool
) -> None:
    apart = None if lips_apart is None else 40 * lips_apart
    assert face(60 + 40 * nose_aside, apart).frontal is frontal


def test_a_rolled_head_is_frontal_all_the_same() -> None:
    points = face(60).points - 60
    turned = points @ np.array([[0.0, 1.0], [-1.0, 0.0]], np.float32)
    assert Landmarks(turned).frontal


@pytest.mark.parametrize(
    "text", ["one 1 2 3\n", "one 1 2 3 4 5 6\n", "one 1 2 3 4 5 6 7 nan\n", "one 1 2 x 4 5 6 7 8\n"]
)
def test_a_line_without_its_points_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"marks\.txt:2"):
        read(tmp_path, "zero 1 2 3 4 5 6 7 8\n" + text)


@pytest.mark.parametrize("fields", [{"nose": []}, {"nose": [-1]}, {"lips": [1]}, {"nose": [0.5]}])
def test_a_description_of_other_points_is_refused(tmp_path: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected"):
        read(tmp_path, "one 1 2 3 4 5 6 7 8\n", **fields)
