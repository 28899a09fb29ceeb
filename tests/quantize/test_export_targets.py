"""Files for accelerators, from a small run, and what is said of them."""

import dataclasses
import json

import pytest

from quantize import export_targets
from quantize.export_targets import TargetsConfig, build, main
from quantize.material import expect_quantisable
from tests.quantize.conftest import TARGETS_TUNING
from train.loop.checkpoint import RunError
from train.models.networks import NetworkConfig

OTHER = dataclasses.replace(TARGETS_TUNING, learning_rate=1e-3)


@pytest.fixture(scope="module")
def said(targets):
    return json.loads((targets / "targets.json").read_text())


def test_what_was_not_run_is_said_not_to_have_been(said):
    assert said["model_coreml.pte"]["run"] == "built, not run"
    assert said["model_vulkan.pte"]["run"] == "built, not run"
    assert "TensorRT, which was not run" in said["model_tensorrt.onnx"]["run"]
    assert "demonstration" in said["notice"]


def test_the_files_are_of_their_kind(targets):
    assert (targets / "model_coreml.pte").read_bytes()[4:8] == b"ET12"
    assert b"CoreMLBackend" in (targets / "model_coreml.pte").read_bytes()
    assert b"VulkanBackend" in (targets / "model_vulkan.pte").read_bytes()


def test_the_int8_file_has_radii_and_its_margins(said):
    about = said["model_tensorrt.onnx"]
    assert len(about["radii"]) == 7
    assert about["margins"]["test"]["all"]["crops"] > 0


def test_the_state_of_another_fine_tuning_is_not_gone_on_from(targets, material):
    config = TargetsConfig(material.run.folder, targets, ("tensorrt",), fine_tuning=OTHER)
    with pytest.raises(RunError, match="learning_rate was"):
        build(material, config)


def test_an_occupied_folder_is_refused_before_the_data_is_loaded(targets, material, monkeypatch):
    monkeypatch.setattr(export_targets, "load_material", lambda _: pytest.fail("it was loaded"))
    with pytest.raises(RunError, match="learning_rate was"):
        main(TargetsConfig(material.run.folder, targets, fine_tuning=OTHER))


def test_a_network_that_cannot_be_quantised_is_told_before_a_missing_extra(material, monkeypatch):
    config = dataclasses.replace(material.run.config, network=NetworkConfig(name="vit_b16"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(RunError, match="vit_b16"):
        expect_quantisable(dataclasses.replace(material.run, config=config))
