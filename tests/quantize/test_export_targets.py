"""Files for accelerators, from a small run, and what is said of them."""

import dataclasses
import gc
import json
import warnings

import pytest

pytest.importorskip("torchao", reason="needs the quantize extra")
pytest.importorskip("executorch", reason="needs the quantize extra")

from quantize import export_targets
from quantize.export_targets import TargetsConfig, build, main
from quantize.fine_tune import FineTuneConfig
from quantize.material import Material, expect_quantisable
from tests.train.debug_data import debug_config, debug_splits
from train.checkpoint import RunError, open_run
from train.networks import NetworkConfig
from train.train import train_on


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("targets")
    config, splits = debug_config(folder / "run", epochs=1), debug_splits()
    train_on(config, splits)
    material = Material(open_run(config.out), splits, {})
    tuning = FineTuneConfig(epochs=1, batch_size=32)
    out = folder / "out"
    targets = TargetsConfig(config.out, out, fine_tuning=tuning, threads=1)
    with warnings.catch_warnings():
        # coremltools leaves a temporary folder to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        build(material, targets)
        gc.collect()
    return out, json.loads((out / "targets.json").read_text()), material, targets


def test_what_was_not_run_is_said_not_to_have_been(built):
    said = built[1]
    assert said["model_coreml.pte"]["run"] == "built, not run"
    assert said["model_vulkan.pte"]["run"] == "built, not run"
    assert "TensorRT, which was not run" in said["model_tensorrt.onnx"]["run"]
    assert "demonstration" in said["notice"]


def test_the_files_are_of_their_kind(built):
    out = built[0]
    assert (out / "model_coreml.pte").read_bytes()[4:8] == b"ET12"
    assert b"CoreMLBackend" in (out / "model_coreml.pte").read_bytes()
    assert b"VulkanBackend" in (out / "model_vulkan.pte").read_bytes()


def test_the_int8_file_has_radii_and_its_margins(built):
    about = built[1]["model_tensorrt.onnx"]
    assert len(about["radii"]) == 7
    assert about["margins"]["test"]["all"]["crops"] > 0


def test_the_state_of_another_fine_tuning_is_not_gone_on_from(built):
    _, _, material, targets = built
    other = dataclasses.replace(targets.fine_tuning, learning_rate=1e-3)
    with pytest.raises(RunError, match="learning_rate was"):
        build(material, dataclasses.replace(targets, targets=("tensorrt",), fine_tuning=other))


def test_an_occupied_folder_is_refused_before_the_data_is_loaded(built, monkeypatch):
    _, _, _, targets = built
    monkeypatch.setattr(export_targets, "load_material", lambda _: pytest.fail("it was loaded"))
    other = dataclasses.replace(targets.fine_tuning, learning_rate=1e-3)
    with pytest.raises(RunError, match="learning_rate was"):
        main(dataclasses.replace(targets, fine_tuning=other))


def test_a_network_that_cannot_be_quantised_is_told_before_a_missing_extra(built, monkeypatch):
    _, _, material, _ = built
    config = dataclasses.replace(material.run.config, network=NetworkConfig(name="vit_b16"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RunError, match="vit_b16"):
        expect_quantisable(dataclasses.replace(material.run, config=config))
