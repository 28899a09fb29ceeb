"""`python device/jetson/check.py BUNDLE`: does TensorRT decide here as the bundle was built to?

Runs the golden vectors through TensorRT, and times one crop. Where TensorRT is missing or does not
take the whole graph, that is an error; `--provider cpu` runs the same file on the processor.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import argparse
from collections.abc import Sequence
from time import perf_counter

import numpy as np

from rise_edge import Bundle, open_bundle
from rise_edge.errors import RiseEdgeError
from rise_edge.runtimes import Runtime, open_runtime
from rise_edge.runtimes.onnx import OnnxRuntime
from rise_edge.selftest import prove_on, read_golden

_RUNS = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove and time; 0 if it decides as built, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python device/jetson/check.py",
        description="Does TensorRT decide here as the bundle was built to?",
    )
    parser.add_argument("bundle", type=Path, help="folder that device/jetson/bundle.py wrote")
    parser.add_argument(
        "--provider",
        choices=("tensorrt", "cpu"),
        default="tensorrt",
        help="what is to compute (default: tensorrt)",
    )
    parser.add_argument(
        "--golden", type=Path, metavar="FILE", help="other golden vectors than the bundle's own"
    )
    options = parser.parse_args(arguments)
    try:
        bundle = open_bundle(options.bundle)
        read_golden(bundle, "tensorrt", options.golden)  # told before a missing TensorRT
        started = perf_counter()
        if options.provider == "tensorrt":
            runtime: Runtime = open_runtime(bundle, "tensorrt")
            print(f"TensorRT took the whole graph, in {perf_counter() - started:.1f} s")
        else:
            runtime = OnnxRuntime(bundle, "tensorrt")
            print("on the processor, as asked for: this proves nothing of TensorRT")
        proof = prove_on(runtime, bundle, options.golden)
        print(proof)
        print(f"one crop: {median_ms(runtime, bundle):.2f} ms, median of {_RUNS}")
    except RiseEdgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    return 0 if proof.holds else 1


def median_ms(runtime: Runtime, bundle: Bundle) -> float:
    """Milliseconds from one crop to its norm."""
    crop = read_golden(bundle, runtime.name).crops[0]
    times = []
    for _ in range(_RUNS):
        started = perf_counter()
        runtime.embed([crop])
        times.append(perf_counter() - started)
    return float(np.median(times)) * 1000


if __name__ == "__main__":
    sys.exit(main())
