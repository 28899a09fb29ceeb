"""Draw the frames of `examples/frames`: `python examples/make_frames.py`.

Ten frames of a living person, then ten of a flat print of another one, 100 ms apart. The simulator
draws them at 640x480; half of that keeps the folder small.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from rise_edge.cameras.folder.camera import sensors_of
from rise_edge.cameras.folder.description import FolderDescription
from rise_edge.cameras.folder.image_file import encode_png
from rise_edge.frame import Frame, Image, Modality, Viewpoint
from rise_edge.simulator import Presentation

HERE = Path(__file__).parent / "frames"
SEED, DOMAIN = 4001, "office"
SHOWN = (("bona_fide", 400_001, 0.0), ("flat_print", 400_002, 2000.0))
"""Species, number of the person and timestamp of the first frame of each."""
FRAMES, STEP_MS = 10, 100.0


def frames() -> Iterator[Frame]:
    """The frames, of half the size."""
    number = 0
    for species, subject, start_ms in SHOWN:
        one = Presentation(SEED, domain=DOMAIN, species=species, subject=subject, start_ms=start_ms)
        first_ms = math.ceil(one.presented_ms)
        for step in range(FRAMES):
            number += 1
            yield _halved(one.frame_at(first_ms + step * STEP_MS), number)


def _halved(frame: Frame, number: int) -> Frame:
    images = ((m, image) for m in Modality if (image := frame.image(m)) is not None)
    return replace(frame, **{m.value: _halved_image(m, image, number) for m, image in images})


def _halved_image(modality: Modality, image: Image, number: int) -> Image:
    height, width = image.pixels.shape[:2]
    k = image.viewpoint.intrinsics
    depth = modality is Modality.DEPTH  # of which the mean of two surfaces is no surface
    how = cv2.INTER_NEAREST_EXACT if depth else cv2.INTER_AREA
    pixels = np.asarray(cv2.resize(image.pixels, (width // 2, height // 2), interpolation=how))
    # The middle of a pixel is a whole number: that of two pixels lies between them.
    half = replace(
        k, fx=k.fx / 2, fy=k.fy / 2, cx=(k.cx + 0.5) / 2 - 0.5, cy=(k.cy + 0.5) / 2 - 0.5
    )
    return Image(pixels, Viewpoint(half), number, image.timestamp_ms)


def write(folder: Path) -> None:
    """Write the folder: colour and infrared as JPEG, depth as PNG, and camera.json."""
    instants, sensors = {}, {}
    for number, frame in enumerate(frames(), 1):
        stem, sensors = f"{number:02d}", sensors_of(frame)
        for modality in Modality:
            image = frame.image(modality)
            assert image is not None
            instants[stem, modality] = (image.frame_number, image.timestamp_ms)
            (folder / modality.value).mkdir(parents=True, exist_ok=True)
            kind = "png" if modality is Modality.DEPTH else "jpg"
            file = folder / modality.value / f"{stem}.{kind}"
            file.write_bytes(_encoded(modality, image))
    text = FolderDescription(1000 / STEP_MS, sensors, instants).to_json()
    (folder / "camera.json").write_text(text + "\n", encoding="utf-8")


def _encoded(modality: Modality, image: Image) -> bytes:
    if modality is Modality.DEPTH:
        return encode_png(modality, image.pixels)
    pixels = image.pixels[..., ::-1] if modality is Modality.COLOUR else image.pixels
    return cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw the frames into a folder; returns the exit code."""
    parser = argparse.ArgumentParser(description="Draw the frames of examples/frames.")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: frames)")
    write(parser.parse_args(arguments).out)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
