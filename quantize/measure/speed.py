"""Speed: models on one thread of onnxruntime, one beside the other.

A machine's pace changes from minute to minute; ratios of times that were taken in turn do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

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


def _session(model: bytes) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
