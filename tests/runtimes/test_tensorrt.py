"""TensorRT computes everything or nothing. No TensorRT is needed to see that it refuses."""

from __future__ import annotations

import onnxruntime as ort
import pytest

from rise_edge import BundleError
from rise_edge.bundle.bundle import GOLDEN, MODEL_TENSORRT, write_bundle
from rise_edge.errors import MissingExtraError
from rise_edge.runtimes import open_runtime
from rise_edge.runtimes.onnx import OnnxRuntime
from rise_edge.runtimes.tensorrt import PROVIDER, engine_folder, engine_options
from tests.support.tiny_bundle import golden_vectors, manifest_fields, tiny_model, write_tiny_bundle

DOCUMENTED = {
    "device_id",
    "trt_max_workspace_size",
    "trt_max_partition_iterations",
    "trt_min_subgraph_size",
    "trt_fp16_enable",
    "trt_int8_enable",
    "trt_int8_calibration_table_name",
    "trt_int8_use_native_calibration_table",
    "trt_dla_enable",
    "trt_dla_core",
    "trt_engine_cache_enable",
    "trt_engine_cache_path",
    "trt_engine_cache_prefix",
    "trt_dump_subgraphs",
    "trt_force_sequential_engine_build",
    "trt_context_memory_sharing_enable",
    "trt_layer_norm_fp32_fallback",
    "trt_timing_cache_enable",
    "trt_timing_cache_path",
    "trt_force_timing_cache",
    "trt_detailed_build_log",
    "trt_build_heuristics_enable",
    "trt_sparsity_enable",
    "trt_builder_optimization_level",
    "trt_auxiliary_streams",
    "trt_tactic_sources",
    "trt_extra_plugin_lib_paths",
    "trt_profile_min_shapes",
    "trt_profile_max_shapes",
    "trt_profile_opt_shapes",
    "trt_cuda_graph_enable",
}
"""https://onnxruntime.ai/docs/execution-providers/TensorRT-ExecutionProvider.html"""


@pytest.fixture
def bundle(tmp_path):
    fields = {**manifest_fields(), "radii": {"tensorrt": {"colour+depth+infrared": 0.5}}}
    files = {MODEL_TENSORRT: tiny_model(), GOLDEN: golden_vectors()}
    return write_bundle(tmp_path / "b", files, **fields)


@pytest.mark.skipif(PROVIDER in ort.get_available_providers(), reason="TensorRT is here")
def test_an_onnxruntime_without_tensorrt_is_refused(bundle) -> None:
    with pytest.raises(MissingExtraError, match="expected an onnxruntime with TensorRT"):
        open_runtime(bundle, "tensorrt")


@pytest.mark.parametrize("provider", [PROVIDER, "AzureExecutionProvider"])
@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_provider_that_does_not_take_the_graph_is_an_error(bundle, provider, capfd) -> None:
    if provider == PROVIDER and PROVIDER in ort.get_available_providers():
        pytest.skip("this onnxruntime has TensorRT")
    with pytest.raises(BundleError, match="fallback to CPU EP has been explicitly disabled"):
        OnnxRuntime(bundle, "tensorrt", provider=(provider, {}))


def test_the_options_are_documented_ones_and_keep_int8_and_the_engine(tmp_path) -> None:
    options = engine_options(tmp_path, 112)
    assert set(options) <= DOCUMENTED
    assert options["trt_int8_enable"] is True
    assert options["trt_fp16_enable"] is False
    assert options["trt_engine_cache_enable"] is True
    assert options["trt_engine_cache_path"] == str(tmp_path)


def test_the_shapes_name_every_input_and_reach_from_one_crop_to_a_whole_batch(tmp_path) -> None:
    options = engine_options(tmp_path, 112)
    assert options["trt_profile_min_shapes"] == (
        "colour:1x112x112x3,depth_mm:1x112x112,infrared:1x112x112,present:1x3"
    )
    largest = str(options["trt_profile_max_shapes"]).split(",")
    assert [shape.split(":")[1].split("x")[0] for shape in largest] == ["32"] * 4


def test_an_engine_belongs_to_one_model_and_one_onnxruntime(bundle, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    other = write_tiny_bundle(tmp_path / "other", pte=b"x")
    folder = engine_folder(bundle)
    assert folder.parent == tmp_path / "cache" / "rise_edge" / "tensorrt"
    assert folder.name.endswith(ort.__version__)
    with pytest.raises(BundleError, match="expected it to hold model_tensorrt"):
        engine_folder(other)
