"""Sets of labelled pictures for tests: a drawn head in depth and infrared, its features marked."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT, WIDTH = 120, 110
FACE_MM = 900
MARKS = "42 50 68 50 55 65 55 76"  # right eye, left eye, nose, mouth
LANDMARKS = {
    "file": "marks.txt",
    "first_number": 0,
    "right_eye": [0],
    "left_eye": [1],
    "nose": [2],
    "mouth": [3],
    "lips": [],
}
COLUMNS = ("colour", "depth", "infrared", "label", "species", "subject", "recording", "landmarks")


def head_mm() -> NDArray[np.uint16]:
    """A round head with a nose before a wall, in millimetres."""
    v, u = np.mgrid[:HEIGHT, :WIDTH].astype(np.float64)
    x, y = (u - 55) / 45, (v - 63) / 55
    r2 = x**2 + y**2
    nose = 25 * np.exp(-((x / 0.12) ** 2 + (y / 0.2) ** 2))
    face = FACE_MM + 70 * r2 - nose
    return np.where(r2 < 1, face, 1600).astype(np.uint16)


def infrared(level: int, dtype: type = np.uint8) -> NDArray[Any]:
    """An even picture."""
    return np.full((HEIGHT, WIDTH), level, dtype)


def row(name: str, **fields: str) -> dict[str, str]:
    """A living person's line, whose pictures are NAME_depth.png and NAME_infrared.png."""
    base = {
        "colour": "",
        "depth": f"{name}_depth.png",
        "infrared": f"{name}_infrared.png",
        "label": "bona_fide",
        "species": "",
        "subject": name,
        "recording": name,
        "landmarks": name,
    }
    return {**base, **fields}


def write_set(
    folder: Path,
    rows: Sequence[Mapping[str, str]],
    levels: Mapping[str, int] | None = None,
    **fields: Any,
) -> Path:
    """A set of drawn heads.

    Args:
        folder: to make.
        rows: lines of the list.
        levels: the infrared's grey by the name of its frame; 64 where it is not named.
        fields: of `set.json` that differ.
    """
    folder.mkdir(parents=True)
    base = {
        "format": 1,
        "name": folder.name,
        "source": "drawn by a test",
        "sensor": "none",
        "licence": "Apache-2.0",
        "licence_file": "LICENSE",
        "landmarks": LANDMARKS,
        "camera": None,
    }
    (folder / "set.json").write_text(json.dumps({**base, **fields}))
    (folder / "LICENSE").write_text("Apache License\n")
    names = sorted({r["infrared"].removesuffix("_infrared.png") for r in rows if r["infrared"]})
    (folder / "marks.txt").write_text("".join(f"{name} {MARKS}\n" for name in names))
    for name in names:
        cv2.imwrite(str(folder / f"{name}_depth.png"), head_mm())
        grey = infrared((levels or {}).get(name, 64))
        cv2.imwrite(str(folder / f"{name}_infrared.png"), grey)
    write_list(folder, rows)
    return folder


def write_list(
    folder: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS
) -> None:
    with (folder / "presentations.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
