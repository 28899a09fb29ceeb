"""Whether fast int8 kernels saturate is measured, and then exact ones are asked for."""

import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from rise_edge.runtimes import saturation

CODE = f"import runpy; print(runpy.run_path({saturation.__file__!r})['saturates']())"
"""The module by itself: an imitated processor takes seconds to import the package."""


def product_model() -> onnx.ModelProto:
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["maps", "weights"], ["sum"])],
        "saturation",
        [value("maps", TensorProto.UINT8, [1, 4])],
        [value("sum", TensorProto.INT32, [1, 1])],
        [onnx.numpy_helper.from_array(np.full((4, 1), 127, np.int8), "weights")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=7)


def test_the_file_is_one_product_and_nothing_else() -> None:
    stored = Path(saturation.__file__).with_name("saturation.onnx").read_bytes()
    made = product_model()
    made.producer_name = ""
    assert onnx.load_model_from_string(stored) == made


@pytest.mark.needs("qemu")
@pytest.mark.skipif(platform.machine() != "x86_64", reason="runs this Python itself")
@pytest.mark.parametrize(("processor", "expected"), [("Haswell", "True"), ("SandyBridge", "False")])
def test_avx2_without_vnni_saturates(processor: str, expected: str) -> None:
    words = ["qemu-x86_64-static", "-cpu", processor, sys.executable, "-c", CODE]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == expected, done.stderr


@pytest.mark.parametrize("needed", [True, False])
def test_exact_kernels_are_asked_for_where_they_are_needed_only(monkeypatch, needed: bool) -> None:
    monkeypatch.setattr(saturation, "saturates", lambda: needed)
    options = ort.SessionOptions()
    saturation.ask_for_exact_sums(options)
    if needed:
        assert options.get_session_config_entry("session.x64quantprecision") == "1"
    else:
        with pytest.raises(RuntimeError):
            options.get_session_config_entry("session.x64quantprecision")
