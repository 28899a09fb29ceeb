"""A crop in C++ beside the same crop in Python: `python device/cpp/speed.py BUILD [BUNDLE]`.

BUILD is the folder in which `device/cpp` was built. Both run one thread, in turns, so
that a busy machine slows both; what is told is the ratio of the medians.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from rise_edge.bundle import default_bundle_path, open_bundle
from rise_edge.frame import ALL_MODALITIES
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import read_golden

_ROUNDS, _RUNS = 60, 25


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("build", type=Path)
    parser.add_argument("bundle", type=Path, nargs="?", default=default_bundle_path())
    parser.add_argument("--runtime", default="executorch", choices=("executorch", "onnx"))
    options = parser.parse_args()
    here, there = measure(options.build, options.bundle, options.runtime)
    print(
        f"{options.runtime}, one crop, median of {_ROUNDS} rounds in turns: "
        f"Python {here:.3f} ms, C++ {there:.3f} ms, ratio {there / here:.3f}"
    )


def measure(build: Path, folder: Path, runtime: str) -> tuple[float, float]:
    """Median milliseconds of one crop in Python and in C++."""
    bundle = open_bundle(folder)
    crops = read_golden(bundle, runtime).crops
    crop = next(one for one in crops if one.present == ALL_MODALITIES)
    opened = open_runtime(bundle, runtime)
    here, there = [], []
    with tempfile.NamedTemporaryFile() as file:
        file.write(crop.colour.tobytes() + crop.depth_mm.tobytes() + crop.infrared.tobytes())
        file.flush()
        command = [str(build / "speed"), str(folder), runtime, file.name]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            for _ in range(_ROUNDS):
                program.stdin.write(f"{_RUNS}\n")
                program.stdin.flush()
                there.append(float(program.stdout.readline()))
                here.append(_median_ms(lambda: opened.embed([crop])))
            program.stdin.close()
    return float(np.median(here)), float(np.median(there))


def _median_ms(run: Callable[[], object]) -> float:
    laps = []
    for _ in range(_RUNS):
        start = perf_counter()
        run()
        laps.append((perf_counter() - start) * 1000)
    return float(np.median(laps))


if __name__ == "__main__":
    main()
