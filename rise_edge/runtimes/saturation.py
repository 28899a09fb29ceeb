"""Saturation: whether this processor's fast int8 kernels cut sums off.

On x86-64 with AVX2 or AVX-512 but without VNNI, onnxruntime multiplies uint8 maps with int8 weights
by an instruction that adds products in pairs and cuts off what does not fit into 16 bits. With the
demonstration model norms were wrong by more than a radius. Exact kernels are there, for a session
that asks for them (`session.x64quantprecision`,
https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html); they take nearly
twice as long, so they are asked for only where a sum of a few products shows the need.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime as ort

_PRODUCT = Path(__file__).with_name("saturation.onnx")
"""`sum` i32 (1, 1) of `maps` u8 (1, 4) times weights of 127 in int8: one MatMulInteger."""
_LARGEST_MAP, _LARGEST_WEIGHT, _COUNT = 255, 127, 4


def ask_for_exact_sums(options: ort.SessionOptions) -> None:
    """Let a session compute exactly, on a processor whose fast kernels do not."""
    if saturates():
        options.add_session_config_entry("session.x64quantprecision", "1")


@cache
def saturates() -> bool:
    """Whether a sum of four large products comes out too small here."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = ort.InferenceSession(
        _PRODUCT.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
    maps = np.full((1, _COUNT), _LARGEST_MAP, np.uint8)
    (total,) = session.run(["sum"], {"maps": maps})
    return int(total.item()) != _COUNT * _LARGEST_MAP * _LARGEST_WEIGHT
