"""Speed: models on one thread of onnxruntime, one beside the other.

A machine's pace changes from minute to minute; ratios of times that were taken in turn do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import numpy as np
import onnxruntime as ort
import torch
from numpy.typing import NDArray

from quantize.onnx_file import OPSET, quiet_export
from quantize.yardstick import SIZE, Yardstick

_WARM_UP, _ROUNDS, _RUNS = 20, 60, 5

Inputs = Mapping[str, NDArray[np.generic]]


def median_ms(models: Mapping[str, tuple[bytes, Inputs]]) -> dict[str, float]:
    """Median milliseconds a run of each model, taken in turn.

    Args:
        models: name -> ONNX file and what it reads.
    """
    sessions = {name: (_session(model), inputs) for name, (model, inputs) in models.items()}
    for session, inputs in sessions.values():
        for _ in range(_WARM_UP):
            session.run(None, inputs)
    laps: dict[str, list[float]] = {name: [] for name in sessions}
    for _ in range(_ROUNDS):
        for name, (session, inputs) in sessions.items():
            start = perf_counter()
            for _ in range(_RUNS):
                session.run(None, inputs)
            laps[name].append((perf_counter() - start) * 1000 / _RUNS)
    return {name: float(np.median(times)) for name, times in laps.items()}


def yardstick_model() -> tuple[bytes, Inputs]:
    """The yardstick as an ONNX file, and a picture for it to read."""
    torch.manual_seed(0)
    with quiet_export():
        program = torch.onnx.export(
            Yardstick().eval(), (torch.zeros(1, 3, SIZE, SIZE),), dynamo=True,
            opset_version=OPSET, input_names=["colour"], external_data=False, verbose=False,
        )  # fmt: skip
    assert program is not None
    picture = np.random.default_rng(0).random((1, 3, SIZE, SIZE), np.float32)
    return program.model_proto.SerializeToString(), {"colour": picture}


def _session(model: bytes) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
