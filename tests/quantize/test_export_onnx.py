"""From a training run to a bundle that proves itself on its runtime."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from quantize import export_onnx
from quantize.bundle.build import name_of
from quantize.bundle.provenance import NOTICE
from quantize.export.device_graph import fold_batch_norms
from quantize.export_onnx import build
from quantize.material import Material
from quantize.measure.runtime_scores import scorer_on
from rise_edge import BundleError, Checker, open_bundle
from rise_edge.bundle.report_warnings import report_warnings
from rise_edge.bundle.set_report import read_set_report
from rise_edge.frame import Modality
from rise_edge.pad_metrics import hter
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import prove
from train.algorithms import AlgorithmConfig
from train.evaluation.scoring import scores
from train.loop.checkpoint import RunError
from train.models.networks import NetworkConfig
from train.models.registry import build_network


@pytest.fixture(scope="module")
def built(material, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    return material.run, material.splits, build(material, folder / "mine")


def test_the_bundle_proves_itself_on_its_golden_vectors(built):
    proof = prove(open_bundle(built[2].path), "onnx")
    assert proof.holds
    assert proof.count == 48


def test_the_runtime_gives_torchs_norms_for_every_set_of_modalities(built):
    run, splits, bundle = built
    score = scorer_on(open_runtime(bundle))
    for shown in ({Modality.COLOUR}, {Modality.DEPTH, Modality.INFRARED}, set(Modality)):
        ours, theirs = score(splits.test, shown), scores(run.algorithm, splits.test, shown)
        assert np.abs(ours - theirs).max() < 1e-4


def test_the_manifest_says_where_it_comes_from_and_that_it_is_simulated(built):
    _, splits, bundle = built
    manifest = bundle.manifest
    assert manifest.simulated
    assert "demonstration" in manifest.notice
    assert len(manifest.radii["onnx"]) == 7
    assert manifest.largest_radial_error["onnx"] < 1e-4
    assert manifest.provenance["crops"]["train"] == len(splits.train)
    assert manifest.provenance["seed"] == 0
    assert manifest.provenance["code_version"].startswith("0.")


def test_a_bundle_has_its_folders_name_unless_another_is_given(built):
    assert built[2].manifest.name == "mine"
    assert b"# Report: mine" in built[2].read("report.md")
    assert name_of(Path("bundles/mine"), "door") == "door"


def test_the_notice_says_what_the_report_says_against_the_bundle(built):
    bundle = built[2]
    warnings = report_warnings(read_set_report(bundle, "onnx", "colour+depth+infrared"))
    assert any("few crops" in warning for warning in warnings)
    assert bundle.manifest.notice == "; ".join([NOTICE, *warnings])
    assert all(warning in bundle.read("report.md").decode() for warning in warnings)


def test_a_place_that_is_occupied_is_refused_before_data_is_loaded(built, tmp_path, monkeypatch):
    monkeypatch.setattr(export_onnx, "load_material", lambda _: pytest.fail("data was loaded"))
    (tmp_path / "file").write_text("")
    for place in (tmp_path, tmp_path / "file", tmp_path / "file" / "bundle"):
        with pytest.raises(BundleError, match="name another folder"):
            export_onnx.main(export_onnx.ExportConfig(built[0].folder, place))


def test_the_report_is_of_the_bundles_own_decisions_on_unseen_subjects(built):
    _, splits, bundle = built
    report = json.loads(bundle.read("report.json"))
    checker = Checker(bundle)
    found = scorer_on(checker.runtime)(splits.test, set(Modality))
    expected = hter(found, splits.test.bona_fide, checker.radii["colour+depth+infrared"])
    errors = report["runtimes"]["onnx"]["test"]["colour+depth+infrared"]
    assert errors["hter"]["rate"] == expected
    assert b"norms.png" in bundle.read("report.md")
    assert bundle.read("norms.png").startswith(b"\x89PNG")


def test_the_model_names_no_folder_takes_any_batch_and_adds_no_maps(built):
    model = onnx.load_model_from_string(built[2].read("model.onnx"))
    assert b".py" not in model.SerializeToString()
    assert {i.name: i.type.tensor_type.elem_type for i in model.graph.input} == {
        "colour": onnx.TensorProto.UINT8,
        "depth_mm": onnx.TensorProto.INT32,
        "infrared": onnx.TensorProto.UINT8,
        "present": onnx.TensorProto.FLOAT,
    }
    assert all(i.type.tensor_type.shape.dim[0].dim_param for i in model.graph.input)
    kinds = [node.op_type for node in model.graph.node]
    assert kinds.count("Conv") == 14
    assert "BatchNormalization" not in kinds


def test_the_same_network_gives_the_same_bytes(built, int8):
    files = built[2].read("model.onnx"), int8.bundle.read("model_float.onnx")
    models = [onnx.load_model_from_string(file) for file in files]
    for model in models:
        del model.metadata_props[:]  # the name of the bundle
    assert models[0].SerializeToString() == models[1].SerializeToString()


def test_a_model_without_a_sphere_around_bona_fide_is_refused(built):
    run, splits, _ = built
    network = build_network(NetworkConfig(width=4, head="linear"))
    linear = dataclasses.replace(
        run, algorithm=type(run.algorithm)(network, AlgorithmConfig(name="erm"), 2)
    )
    with pytest.raises(RunError, match=r"--network\.head polar"):
        Material(linear, splits, {})


@pytest.mark.parametrize(("live", "missing"), [(True, "attack"), (False, "bona fide")])
def test_a_part_of_one_class_is_refused(built, live, missing):
    run, splits, _ = built
    only = splits.validation.select(splits.validation.bona_fide == live)
    with pytest.raises(RunError, match=f"validation crops, {missing} presentations are missing"):
        Material(run, dataclasses.replace(splits, validation=only), {})


def test_the_shipped_size_of_the_edge_network_is_below_two_megabytes(built):
    run, _, bundle = built

    def weights(network):
        return 4 * sum(value.numel() for value in fold_batch_norms(network).parameters())

    nodes = len(bundle.read("model.onnx")) - weights(run.algorithm.network)
    assert 0 < nodes < 2e5
    assert weights(build_network(NetworkConfig())) + nodes < 2e6


def test_the_report_says_how_it_does_elsewhere_and_what_nobody_knows(built):
    bundle = built[2]
    numbers = json.loads((bundle.path / "report.json").read_text())
    # `elsewhere` is the test part here, so its errors at the same radius must be the same.
    errors = numbers["runtimes"]["onnx"]
    assert errors["unseen"]["elsewhere"] == errors["test"]["colour+depth+infrared"]
    text = (bundle.path / "report.md").read_text()
    assert "| elsewhere |" in text
    assert "no domain has more than\n1% of its bona fide presentations outside" in text
    assert "What this report does not know" in text
