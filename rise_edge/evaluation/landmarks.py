"""Landmarks: where eyes, nose and mouth are, for pictures that come with marks of their own.

A text file has a line for each frame: a name, then numbers, all separated by spaces. `set.json`
says which of them mark what:

```json
{"file": "labels.txt", "first_number": 4,
 "right_eye": [0, 1, 2, 3], "left_eye": [4, 5, 6, 7], "nose": [8], "mouth": [11, 12, 13, 14],
 "lips": [12, 14]}
```

From number `first_number` on, counted from 0, the numbers are points, x and y in pixels of the
frame. Each feature is the mean of the points that it lists. Right and left are the person's own.
`lips` are two points, one of each lip, that part as the mouth opens; none where there are no such.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.face.face import LEFT_EYE, NOSE, RIGHT_EYE
from rise_edge.files.plain_file import read_plain_file
from rise_edge.files.strict_json import take, take_fields

FRONTAL_NOSE = 0.12
FRONTAL_LIPS = 0.4

_FEATURES = ("right_eye", "left_eye", "nose", "mouth")
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Of one face.

    Attributes:
        points: f32 (4, 2), x and y of the right eye, left eye, nose tip and mouth, in pixels.
        lips_apart: distance of the two lips' points in pixels; None where it is not marked.
    """

    points: NDArray[np.float32]
    lips_apart: float | None = None

    @property
    def frontal(self) -> bool:
        """Whether the face looks into the camera with its mouth at rest.

        That is: along the line through both eyes, the nose tip lies within `FRONTAL_NOSE` eye
        distances of their middle, and the lips, where they are marked, are less than
        `FRONTAL_LIPS` eye distances apart.
        """
        across = self.points[LEFT_EYE] - self.points[RIGHT_EYE]
        eyes = (self.points[LEFT_EYE] + self.points[RIGHT_EYE]) / 2
        distance = float(np.hypot(*across))
        if distance == 0:
            return False
        aside = abs(float((self.points[NOSE] - eyes) @ across)) / distance**2
        return aside < FRONTAL_NOSE and (self.lips_apart or 0.0) / distance < FRONTAL_LIPS


def read_landmarks(value: Any, pictures: Path) -> Mapping[str, Landmarks]:
    """The landmarks of each frame, by its name in the file.

    Args:
        value: value of `landmarks` in `set.json`.
        pictures: folder in which the file's path begins.

    Raises:
        OSError: the file cannot be read.
        ValueError: the value or the file is not of the documented form.
    """
    kinds = {"file": str, "first_number": int, **dict.fromkeys((*_FEATURES, "lips"), list)}
    fields = take_fields(value, "landmarks", kinds)
    chosen = {name: [take(i, name, int) for i in fields[name]] for name in (*_FEATURES, "lips")}
    negative = any(i < 0 for points in chosen.values() for i in points)
    if negative or not all(chosen[name] for name in _FEATURES) or len(chosen["lips"]) not in (0, 2):
        raise ValueError(
            f"expected points for each of {', '.join(_FEATURES)}, and two lips or none"
        )
    path = pictures / fields["file"]
    lines = read_plain_file(path, _MAX_BYTES).decode("utf-8-sig").splitlines()
    found = {}
    for number, line in enumerate(lines, start=1):
        name, *words = line.split() or [""]
        if not name:
            continue
        try:
            points = _points(words[fields["first_number"] :])
            found[name] = _landmarks(points, chosen)
        except (ValueError, IndexError) as error:
            raise ValueError(f"{path}:{number}: {error}") from None
    return found


def _points(words: list[str]) -> NDArray[np.float32]:
    numbers = np.array([float(word) for word in words], np.float32)
    if numbers.size % 2 or not np.isfinite(numbers).all():
        raise ValueError(f"expected x and y of each point, got {numbers.size} numbers")
    return numbers.reshape(-1, 2)


def _landmarks(points: NDArray[np.float32], chosen: Mapping[str, list[int]]) -> Landmarks:
    marks = np.stack([points[chosen[name]].mean(axis=0) for name in _FEATURES])
    lips = points[chosen["lips"]]
    apart = float(np.hypot(*(lips[1] - lips[0]))) if len(lips) else None
    return Landmarks(marks.astype(np.float32), apart)
