"""From a training run to an int8 bundle, with a small network: the command as its users call it."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
import tyro

from quantize import qat
from quantize.int8.work_folder import begin_work
from quantize.material import expect_quantisable
from quantize.measure.targets import decision_bars, time_bar
from quantize.qat import LARGE_GOLDEN, STATE, QatConfig, quantised
from rise_edge import BundleError, Checker, open_bundle
from rise_edge.bundle.report_warnings import report_warnings
from rise_edge.bundle.set_report import read_set_report
from rise_edge.errors import MissingExtraError
from rise_edge.frame import Modality
from rise_edge.selftest import prove
from train.loop.checkpoint import RunError
from train.models.networks import NetworkConfig

WHOLE = "colour+depth+infrared"


@pytest.fixture(scope="module")
def built(int8):
    return int8.bundle


@pytest.fixture(scope="module")
def config(int8):
    return int8.config


@pytest.fixture(scope="module")
def report(built):
    return json.loads(built.read("report.json"))


def test_the_bundle_proves_itself_on_all_three_runtimes(built):
    for runtime in ("onnx", "executorch", "onnx_float"):
        proof = prove(built, runtime)
        assert proof.holds, proof
        assert proof.count == 48


def test_the_large_golden_set_proves_it_too_and_is_not_in_the_bundle(built, config):
    proof = prove(built, "onnx", config.work_folder / LARGE_GOLDEN)
    assert proof.holds
    assert LARGE_GOLDEN not in built.manifest.files


def test_int8_is_not_full_precision_but_near_it(built):
    with np.load(built.path / "golden.npz") as golden:
        difference = np.abs(golden["norm_onnx"] - golden["norm_onnx_float"])
        assert 1e-5 < difference.mean() < 0.05 * golden["norm_onnx_float"].mean()
        assert np.abs(golden["embedding_onnx"] - golden["embedding_executorch"]).max() < 1e-5


def test_every_runtime_has_a_radius_for_every_set_and_its_largest_error(built):
    manifest = built.manifest
    assert {len(radii) for radii in manifest.radii.values()} == {7}
    errors = manifest.largest_radial_error
    assert errors["onnx_float"] < 1e-4 < errors["onnx"]
    assert errors["onnx"] == pytest.approx(errors["executorch"], abs=1e-5)
    assert manifest.provenance["precision"] == "int8, qat"


def test_each_model_file_says_itself_that_it_learned_from_simulated_data(built):
    from executorch.runtime import Runtime

    for name in ("model.onnx", "model_float.onnx"):
        model = onnx.load_model_from_string(built.read(name))
        told = {entry.key: entry.value for entry in model.metadata_props}
        assert "demonstration" in json.loads(told["rise_edge"])["notice"]
    program = Runtime.get().load_program(built.read("model.pte"))
    (text,) = program.load_method("about").execute([])
    assert "demonstration" in json.loads(bytes(text.numpy()))["notice"]
    assert program.load_method("crop_size").execute([]) == [32]


def test_the_report_holds_int8_against_full_precision_and_against_post_training(report):
    quantisation = report["quantisation"]
    margins = quantisation["margins"]
    assert list(margins) == ["qat", "ptq"]
    assert list(margins["qat"]) == ["onnx", "executorch"]
    assert list(margins["qat"]["onnx"]) == ["validation", "test", "elsewhere"]
    found = margins["qat"]["onnx"]["test"]
    assert set(found["species"]) == {"bona_fide", "print", "mask"}
    assert found["all"]["flips"] == found["sets"][WHOLE]["flips"]
    assert sum(part["flips"] for part in found["domain"].values()) == found["all"]["flips"]
    assert len(quantisation["history"]) == 2


def test_kernels_and_parity_are_measured_and_met(report):
    verdicts = {bar["what"]: bar["met"] for bar in report["quantisation"]["bars"]}
    kernels = [met for what, met in verdicts.items() if "integer kernels" in what]
    assert kernels == [True, True]
    assert any(".pte" in what and met for what, met in verdicts.items())


def test_the_text_shows_bars_margins_and_pictures_that_are_there(built):
    text = built.read("report.md").decode()
    assert "| what | bar | measured | |" in text
    assert "With all modalities on each runtime" in text
    for picture in ("margin.png", "margin_elsewhere.png"):
        assert f"]({picture})" in text
        assert built.read(picture).startswith(b"\x89PNG")


def test_a_second_run_goes_on_from_the_state_and_gives_the_same_model(material, config, int8):
    from quantize.int8.int8_model import fine_tuned

    radii = dict(int8.bundle.manifest.radii["onnx_float"])
    core, history = fine_tuned(material, radii, config.fine_tuning, config.work_folder / STATE)
    assert len(history) == config.fine_tuning.epochs
    assert core.code == int8.core.code
    before, after = int8.core.state_dict(), core.state_dict()
    assert list(before) == list(after)
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_a_build_that_went_on_from_a_state_claims_no_time():
    assert time_bar(None).met is None


def test_the_work_of_other_settings_is_not_gone_on_from(material, config, built):
    other = dataclasses.replace(config.fine_tuning, learning_rate=1e-3)
    with pytest.raises(RunError, match=r"learning_rate was 0\.0001, is now 0\.001"):
        begin_work(config.work_folder, material.run, other)


def test_post_training_quantisation_trains_nothing(material, config, int8, monkeypatch):
    made = int8.post_training
    monkeypatch.setattr("quantize.int8.int8_model.post_training", lambda *_: made)
    monkeypatch.setattr("quantize.int8.int8_model.export", lambda core, size, words: core)
    before = material.run.algorithm.network.state_dict()
    core, history = quantised(material, {}, dataclasses.replace(config, ptq=True), "")
    assert history == []
    weight = before["head.fused.length.weight"]
    assert any(torch.equal(value, weight) for value in core.state_dict().values())


def test_a_build_from_post_training_quantisation_is_compared_with_nothing(report):
    margins = report["quantisation"]["margins"]["ptq"]["onnx"]
    bars = decision_bars(margins, report["runtimes"], None)
    assert not any("post-training" in bar.what for bar in bars)


@pytest.fixture
def unmeasured(int8, tmp_path, monkeypatch):
    """The same model files, of which nothing was measured."""
    monkeypatch.setattr(qat, "make", lambda *_: int8.made)
    monkeypatch.setattr(qat, "measure", lambda *_: pytest.fail("it was measured"))
    config = dataclasses.replace(
        int8.config, bundle=tmp_path / "b", work=tmp_path / "w", report=False
    )
    return qat.build(int8.material, config, 0.0)


def test_a_bundle_without_a_report_holds_the_same_model(built, unmeasured):
    for name in ("model.onnx", "model.pte", "model_float.onnx", "golden.npz"):
        assert unmeasured.read(name) == built.read(name)
    for field in ("radii", "largest_radial_error", "provenance"):
        assert getattr(unmeasured.manifest, field) == getattr(built.manifest, field)
    assert prove(unmeasured, "executorch").holds


def test_a_bundle_without_a_report_warns_that_nothing_is_known_of_it(unmeasured):
    assert set(unmeasured.manifest.files) == {
        "model.onnx",
        "model.pte",
        "model_float.onnx",
        "golden.npz",
        "report.md",
    }
    (warning,) = report_warnings(read_set_report(unmeasured, "onnx", WHOLE))
    assert warning in unmeasured.manifest.notice
    assert any(warning in said for said in Checker(unmeasured).warnings)
    text = unmeasured.read("report.md").decode()
    assert "--no-report" in text
    assert warning in text


def test_no_report_is_asked_for_by_its_flag():
    typed = tyro.cli(QatConfig, args=["run", "bundle", "--no-report"])
    assert not typed.report


def test_an_altered_model_is_refused(built, tmp_path):
    for name in ("model.onnx", "model.pte", "model_float.onnx"):
        copy = tmp_path / name
        copy.mkdir()
        for file in built.path.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        content = bytearray((copy / name).read_bytes())
        content[len(content) // 2] ^= 1
        (copy / name).write_bytes(content)
        with pytest.raises(BundleError, match=f"{name} was altered"):
            open_bundle(copy)


def test_the_bundle_that_was_there_stays_until_the_new_one_is_whole(int8):
    assert int8.at_the_last_step == int8.before
    assert int8.bundle.read("model.onnx") != int8.before["model.onnx"]


def test_another_architecture_is_refused_before_anything_is_done(material, config, monkeypatch):
    large = dataclasses.replace(
        material.run,
        config=dataclasses.replace(material.run.config, network=NetworkConfig(name="vit_b16")),
    )
    monkeypatch.setattr(qat, "open_run", lambda _: large)
    monkeypatch.setattr(qat, "load_material", lambda _: pytest.fail("the data was loaded"))
    with pytest.raises(RunError, match=r"edge network.*vit_b16.*--teacher"):
        qat.main(config)


def test_a_missing_extra_is_named(material, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"torchao.*\[quantize\]"):
        expect_quantisable(material.run)


def test_a_folder_that_is_no_run_is_one_clear_line(tmp_path):
    script = Path(qat.__file__)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(tmp_path / "bundle")],
        capture_output=True,
        text=True,
        cwd=script.parents[1],
    )
    assert done.returncode == 1
    assert "expected a training run" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_set_of_modalities_is_judged_in_int8_as_in_full_precision(built):
    with np.load(built.path / "golden.npz") as golden:
        shown = golden["present"].astype(bool)
        radii = built.manifest.radii
        names = [
            "+".join(m.value for m, s in zip(Modality, row, strict=True) if s) for row in shown
        ]
        inside = [
            golden[f"norm_{runtime}"] <= np.array([radii[runtime][name] for name in names])
            for runtime in ("onnx", "onnx_float")
        ]
    assert np.mean(inside[0] == inside[1]) > 0.9
