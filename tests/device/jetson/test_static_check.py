"""The static check as a command: what TensorRT would refuse is an exit code."""

from __future__ import annotations

import pytest

from device.jetson.static_check import main
from tests.device.jetson.tensorrt_targets import quantised_model


@pytest.mark.parametrize(
    ("zero_point", "code", "words"),
    [
        (0, 0, "no broken rules; TensorRT was not run"),
        (-128, 1, "quantise: expected a zero point of 0 in int8"),
    ],
    ids=["symmetric", "asymmetric"],
)
def test_a_file_is_taken_or_refused(tmp_path, capsys, zero_point, code, words) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(quantised_model(zero_point))
    assert main([str(file)]) == code
    assert words in capsys.readouterr().out


def test_what_is_no_onnx_file_is_one_clear_error(tmp_path, capsys) -> None:
    file = tmp_path / "model.onnx"
    file.write_bytes(b"not a model")
    assert main([str(file)]) == 2
    assert "expected an ONNX file" in capsys.readouterr().err
