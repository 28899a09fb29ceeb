"""Writes frames in the layout of the TUM RGB-D benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rise_edge.cameras.folder.image_file import encode_png
from rise_edge.frame import Frame, Modality

FIRST_S = 1305031102.175304


def write_tum(folder: Path, frames: Sequence[Frame], *, depth_later_s: float = 0.007) -> Path:
    """Colour and depth of frames, 30 a second; readings beyond 13 m become no reading."""
    for modality, name in ((Modality.COLOUR, "rgb"), (Modality.DEPTH, "depth")):
        (folder / name).mkdir(parents=True)
        lines = [f"# {modality} maps", "# timestamp filename"]
        for index, frame in enumerate(frames):
            image = frame.image(modality)
            assert image is not None
            pixels, later_s = image.pixels, 0.0
            if modality is Modality.DEPTH:
                pixels, later_s = np.where(pixels <= 13000, pixels * 5, 0), depth_later_s
            stamp = f"{FIRST_S + index / 30 + later_s:.6f}"
            file = f"{name}/{stamp}.png"
            (folder / file).write_bytes(encode_png(modality, pixels.astype(image.pixels.dtype)))
            lines.append(f"{stamp} {file}")
        (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")
    return folder
