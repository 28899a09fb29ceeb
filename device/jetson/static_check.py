"""`python device/jetson/static_check.py FILE`: would TensorRT take a quantised ONNX file?

Checked without TensorRT, against its documented rules; see `quantize.export.tensorrt`. Ends with 1
if not.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":  # a script's folder comes first on the path
    sys.path[0] = str(Path(__file__).resolve().parents[2])

import argparse
from collections.abc import Sequence

import onnx
from google.protobuf.message import DecodeError

from quantize.export.tensorrt import tensorrt_problems


def main(arguments: Sequence[str] | None = None) -> int:
    """Print each broken rule; 0 if there is none."""
    parser = argparse.ArgumentParser(
        prog="python device/jetson/static_check.py",
        description="Would TensorRT take this quantised ONNX file?",
    )
    parser.add_argument("file", type=Path)
    file = parser.parse_args(arguments).file
    try:
        model = onnx.load(file)
    except (OSError, DecodeError) as error:
        print(f"error: expected an ONNX file at {file}: {error}", file=sys.stderr)
        return 2
    problems = tensorrt_problems(model)
    for problem in problems:
        print(problem)
    print(f"{file.name}: {len(problems) or 'no'} broken rules; TensorRT was not run")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
