"""Frames of simulated people and attacks, as `build/check` and `build/watch` read them.

python device/cpp/examples/frames.py one FOLDER
python device/cpp/examples/frames.py stream | build/watch rise_edge/models/demo
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

import rise_edge
from rise_edge.capture import open_camera
from rise_edge.frame import Frame, Modality

FILES = {
    Modality.COLOUR: "colour.rgb",
    Modality.DEPTH: "depth.u16",
    Modality.INFRARED: "infrared.u8",
}


def frames(seed: int) -> Iterator[tuple[Frame, NDArray[np.float64]]]:
    """Endless frames, each with right eye, left eye, mouth (3, 2); NaN unless it has one face."""
    detector = rise_edge.FaceDetector()
    with open_camera("simulated", seed=seed) as camera:
        while frame := camera.read():
            assert frame.colour is not None
            faces = detector.detect(frame.colour.pixels)
            one = len(faces) == 1
            yield (
                frame,
                np.float64(faces[0].keypoints[[0, 1, 3]]) if one else np.full((3, 2), np.nan),
            )


def write_one(frame: Frame, at: NDArray[np.float64], folder: Path) -> None:
    """Write one frame's raw pixels, and `face.txt`: x and y of both eyes and mouth."""
    folder.mkdir(parents=True, exist_ok=True)
    for modality, name in FILES.items():
        (folder / name).write_bytes(_pixels(frame, modality).tobytes())
    (folder / "face.txt").write_text(" ".join(f"{value:.2f}" for value in at.ravel()) + "\n")


def write_stream(count: int, seed: int, out: BinaryIO) -> None:
    """Write frames one after another, each with its time and its face before its pixels."""
    for frame, at in islice(frames(seed), count):
        assert frame.colour is not None
        out.write(np.array([frame.colour.timestamp_ms, *at.ravel()], np.float64).tobytes())
        for modality in Modality:
            out.write(_pixels(frame, modality).tobytes())
    out.flush()


def _pixels(frame: Frame, modality: Modality) -> NDArray[Any]:
    image = frame.image(modality)
    assert image is not None
    return image.pixels


def _living(seed: int) -> tuple[Frame, NDArray[np.float64]]:
    """The first frame that Python finds LIVE by itself."""
    checker = rise_edge.load()
    return next(
        (frame, at)
        for frame, at in frames(seed)
        if checker.check(frame).outcome is rise_edge.Outcome.LIVE
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(description="Simulated frames for the C++ examples.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="one | stream")
    one = commands.add_parser("one", help="one frame as files, for build/check")
    one.add_argument("folder", type=Path)
    stream = commands.add_parser("stream", help="frames to standard output, for build/watch")
    stream.add_argument("--frames", type=int, default=400, help="how many (default: 400)")
    one.add_argument("--seed", type=int, default=2, help="of the person (default: 2)")
    stream.add_argument("--seed", type=int, default=1, help="of the people (default: 1)")
    options = parser.parse_args(arguments)
    if options.command == "one":
        write_one(*_living(options.seed), options.folder)
        return 0
    if sys.stdout.isatty():
        parser.error(
            "expected a program to read the frames, got a terminal: stream | build/watch BUNDLE"
        )
    try:
        write_stream(options.frames, options.seed, sys.stdout.buffer)
    except BrokenPipeError:  # the reader has ended: its own error says why
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
