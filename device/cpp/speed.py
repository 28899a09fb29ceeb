"""A crop in C++ beside the same crop in Python: `python device/cpp/speed.py BUILD [BUNDLE]`.

BUILD is the folder in which `device/cpp` was built. Both run one thread, in turns, so
that a busy machine slows both; what is told is the ratio of the medians.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from rise_edge.bundle.bundle import default_bundle_path, open_bundle
from rise_edge.errors import RiseEdgeError
from rise_edge.frame import ALL_MODALITIES
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import read_golden

_ROUNDS, _RUNS = 60, 25


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python device/cpp/speed.py", description="A crop in C++ beside the same in Python."
    )
    parser.add_argument("build", type=Path, help="folder in which device/cpp was built")
    parser.add_argument(
        "bundle",
        type=Path,
        nargs="?",
        default=default_bundle_path(),
        help="folder of a bundle (default: the demonstration bundle)",
    )
    parser.add_argument("--runtime", default="executorch", choices=("executorch", "onnx"))
    options = parser.parse_args(arguments)
    try:
        here, there = measure(options.build, options.bundle, options.runtime)
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(
        f"{options.runtime}, one crop, median of {_ROUNDS} rounds in turns: "
        f"Python {here:.3f} ms, C++ {there:.3f} ms, ratio {there / here:.3f}"
    )
    return 0


def measure(build: Path, folder: Path, runtime: str) -> tuple[float, float]:
    """Median milliseconds of one crop in Python and in C++.

    Raises:
        BundleError: the bundle cannot be used.
        RiseEdgeError: `build` holds no program, or it ended with an error.
    """
    bundle = open_bundle(folder)
    crops = read_golden(bundle, runtime).crops
    crop = next(one for one in crops if one.present == ALL_MODALITIES)
    program = build / "speed"
    if not program.is_file():
        raise RiseEdgeError(
            f"expected a build of device/cpp in {build}, found no {program}; "
            "device/cpp/README.md says how to build it"
        )
    opened = open_runtime(bundle, runtime)
    here, there = [], []
    with tempfile.NamedTemporaryFile() as file:
        file.write(crop.colour.tobytes() + crop.depth_mm.tobytes() + crop.infrared.tobytes())
        file.flush()
        command = [str(program), str(folder), runtime, file.name]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as started:
            assert started.stdin is not None
            assert started.stdout is not None
            for _ in range(_ROUNDS):
                started.stdin.write(f"{_RUNS}\n")
                started.stdin.flush()
                answer = started.stdout.readline()
                if not answer or float(answer) < 0:
                    raise RiseEdgeError(f"`{' '.join(command[:3])}` failed at its work")
                there.append(float(answer))
                here.append(_median_ms(lambda: opened.embed([crop])))
            started.stdin.close()
    return float(np.median(here)), float(np.median(there))


def _median_ms(run: Callable[[], object]) -> float:
    laps = []
    for _ in range(_RUNS):
        start = perf_counter()
        run()
        laps.append((perf_counter() - start) * 1000)
    return float(np.median(laps))


if __name__ == "__main__":
    sys.exit(main())
