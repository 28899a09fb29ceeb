"""A bundle that TensorRT can run too, and its check, on the processor."""

from __future__ import annotations

import onnxruntime as ort
import pytest

from device.jetson import check
from device.jetson.bundle import main, with_tensorrt
from rise_edge import BundleError
from rise_edge.bundle.bundle import write_bundle
from tests.device.jetson.tensorrt_targets import of_the_run, quantised_model, write_targets
from tests.support.tiny_bundle import write_tiny_bundle


@pytest.fixture
def bundle(tmp_path):
    return write_tiny_bundle(tmp_path / "tiny", **of_the_run())


@pytest.fixture
def made(bundle, tmp_path):
    return with_tensorrt(bundle, write_targets(tmp_path / "targets"), tmp_path / "out")


def test_it_keeps_what_the_bundle_was_and_adds_radii_of_its_own(bundle, made) -> None:
    assert made.manifest.radii == {
        **bundle.manifest.radii,
        "tensorrt": {"colour+depth+infrared": 0.5},
    }
    assert made.manifest.largest_radial_error["tensorrt"] == 0.01
    assert made.manifest.notice == bundle.manifest.notice
    assert made.manifest.margin_scatter == bundle.manifest.margin_scatter
    assert made.read("model.onnx") == bundle.read("model.onnx")


def test_the_check_on_the_processor_says_what_it_is_and_how_it_did(made, capsys) -> None:
    assert check.main([str(made.path), "--provider", "cpu"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "on the processor, as asked for: this proves nothing of TensorRT"
    assert told[1] == ("tensorrt: 3 golden vectors, largest norm difference 0, 0 decisions differ")
    assert told[2].startswith("one crop: ")


def test_without_tensorrt_the_check_is_an_error_and_computes_nothing(made, capsys) -> None:
    if "TensorrtExecutionProvider" in ort.get_available_providers():
        pytest.skip("this onnxruntime has TensorRT")
    assert check.main([str(made.path)]) == 5
    told = capsys.readouterr()
    assert told.out == ""
    assert "expected an onnxruntime with TensorRT, this one has" in told.err


@pytest.mark.parametrize("golden", ["missing.npz", None], ids=["no file", "no radii"])
def test_bad_input_is_told_before_a_missing_tensorrt(bundle, made, capsys, golden) -> None:
    words = [str(made.path), "--golden", golden] if golden else [str(bundle.path)]
    assert check.main(words) == BundleError.exit_code
    assert "expected an onnxruntime with TensorRT" not in capsys.readouterr().err


def test_targets_of_another_run_are_refused(bundle, tmp_path) -> None:
    targets = write_targets(tmp_path / "targets", epoch=2)
    with pytest.raises(BundleError, match="they differ in epoch"):
        with_tensorrt(bundle, targets, tmp_path / "out")


def test_a_file_that_tensorrt_would_refuse_makes_no_bundle(bundle, tmp_path) -> None:
    targets = write_targets(tmp_path / "targets", model=quantised_model(zero_point=-128))
    with pytest.raises(BundleError, match="expected a zero point of 0"):
        with_tensorrt(bundle, targets, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_without_targets_is_one_clear_error(bundle, tmp_path, capsys) -> None:
    (tmp_path / "empty").mkdir()
    assert main([str(bundle.path), str(tmp_path / "empty"), str(tmp_path / "out")]) == 4
    assert "build them with `python quantize/export_targets.py" in capsys.readouterr().err


def test_an_altered_model_decides_otherwise_and_fails_the_check(made, bundle, tmp_path) -> None:
    louder = bundle.read("model.onnx").replace(b"\x00\x00\x00\x3c", b"\x00\x00\x80\x3c")
    assert louder != bundle.read("model.onnx"), "1/128 must have been in there"
    manifest = made.manifest
    files = {name: made.read(name) for name in manifest.files} | {"model_tensorrt.onnx": louder}
    fields = {**of_the_run(), "radii": manifest.radii}
    altered = write_bundle(tmp_path / "altered", files, **fields)
    assert check.main([str(altered.path), "--provider", "cpu"]) == 1
