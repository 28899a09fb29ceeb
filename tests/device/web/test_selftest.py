"""The browser's self-test says what Python's says."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rise_edge
from rise_edge import Bundle, open_bundle
from rise_edge.bundle.bundle import GOLDEN, MODEL_ONNX, default_bundle_path
from rise_edge.frame import modality_set
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import prove, read_golden
from tests.device.web.conftest import Ask
from tests.support.tiny_bundle import golden_vectors, tiny_model, write_tiny_bundle

PROVE = """async runtime => {
    const {openBundle} = await import('./liveness/bundle/bundle.js');
    const {openModel} = await import('./liveness/model/model.js');
    const {prove} = await import('./liveness/selftest.js');
    const bundle = await openBundle('bundle');
    const proof = await prove(bundle, await openModel(bundle, runtime));
    return {line: String(proof), holds: proof.holds, difference: proof.largestDifference};
}"""
NORMS = """async runtime => {
    const {openBundle} = await import('./liveness/bundle/bundle.js');
    const {openModel} = await import('./liveness/model/model.js');
    const {readNpz} = await import('./liveness/bundle/npz.js');
    const bundle = await openBundle('bundle');
    const model = await openModel(bundle, runtime);
    const names = ['colour', 'depth_mm', 'infrared', 'present'];
    const arrays = await readNpz(await bundle.read('golden.npz'), names);
    const count = arrays.present.shape[0];
    const part = (name, i) => {
        const {data} = arrays[name], length = data.length / count;
        return data.subarray(i * length, (i + 1) * length);
    };
    const crops = Array.from({length: count}, (_, i) =>
        Object.fromEntries(names.map(name => [name, part(name, i)])));
    return (await model.embed(crops)).map(({norm}) => norm);
}"""


def golden_with(bundle: Bundle, change: Callable[[dict[str, np.ndarray]], None]) -> bytes:
    """A bundle's golden vectors, changed."""
    with np.load(io.BytesIO(bundle.read(GOLDEN))) as stored:
        arrays = dict(stored)
    change(arrays)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def rewritten(path: Path, source: Bundle, **replaced: bytes) -> Bundle:
    """A sound bundle with some other files in it."""
    manifest = source.manifest
    files = {name: source.read(name) for name in manifest.files if name.endswith((".onnx", ".npz"))}
    files |= {name.replace("__", "."): content for name, content in replaced.items()}
    fields = {k: v for k, v in vars(manifest).items() if k not in ("format", "files")}
    return rise_edge.bundle.bundle.write_bundle(path, files, **fields)


@pytest.mark.parametrize("runtime", ["onnx_float", "onnx"])
def test_the_shipped_bundle_decides_in_the_browser_as_it_was_built_to(
    ask: Ask, runtime: str
) -> None:
    proof, wanted = ask(PROVE, runtime), prove(open_bundle(default_bundle_path()), runtime)
    assert proof["holds"]
    assert proof["difference"] <= 1e-4, "measured: 7.2e-07 in full precision, 1.4e-06 in int8"
    number = re.compile(r"(?<=difference )\S+(?=,)")
    assert number.sub("", proof["line"]) == number.sub("", str(wanted))
    assert float(number.search(proof["line"])[0]) == pytest.approx(proof["difference"], rel=5e-3)


@pytest.mark.parametrize("runtime", ["onnx_float", "onnx"])
def test_every_norm_and_every_decision_is_python_s(ask: Ask, runtime: str) -> None:
    bundle = open_bundle(default_bundle_path())
    crops = read_golden(bundle, runtime).crops
    wanted = [embedding.norm for embedding in open_runtime(bundle, runtime).embed(crops)]
    norms, radii = ask(NORMS, runtime), bundle.manifest.radii[runtime]
    assert norms == pytest.approx(wanted, abs=1e-4)
    radius = [radii[modality_set(crop.present)] for crop in crops]
    assert [n <= r for n, r in zip(norms, radius, strict=True)] == [
        n <= r for n, r in zip(wanted, radius, strict=True)
    ]
    assert len({modality_set(crop.present) for crop in crops}) == 7


def test_other_norms_are_told_with_the_very_same_line(ask: Ask, tmp_path: Path) -> None:
    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["norm_onnx_float"] = arrays["norm_onnx_float"][::-1] * np.float32(1.2345)

    source = open_bundle(default_bundle_path())
    bundle = rewritten(tmp_path / "b", source, golden__npz=golden_with(source, change))
    proof, wanted = ask(PROVE, "onnx_float", bundle.path), prove(bundle, "onnx_float")
    assert (proof["line"], proof["holds"]) == (str(wanted), False)
    assert wanted.flips > 0


def test_a_small_model_of_another_kind_proves_itself_as_well(ask: Ask, tiny_bundle: Bundle) -> None:
    proof = ask(PROVE, "onnx", tiny_bundle.path)
    assert (proof["line"], proof["holds"]) == (str(prove(tiny_bundle, "onnx")), True)


@pytest.mark.parametrize(
    "changes",
    [
        {"model": tiny_model(scale=1.5)},
        {"model": tiny_model(float("nan"))},
        {"model": tiny_model(norm_error=0.002)},
        {"golden": golden_vectors(norm_error=0.002)},
        {"golden": golden_vectors(norm_error=float("nan"))},
    ],
    ids=["other decisions", "NaN", "norms aside", "other norms", "norms of NaN"],
)
def test_a_model_that_does_otherwise_fails_as_in_python(
    ask: Ask, tmp_path: Path, changes: dict[str, Any]
) -> None:
    bundle = write_tiny_bundle(tmp_path / "b", **changes)
    proof, wanted = ask(PROVE, "onnx", bundle.path), prove(bundle, "onnx")
    assert (proof["line"], proof["holds"]) == (str(wanted), False)


def npz(**changed: Any) -> bytes:
    """The tiny bundle's golden vectors with some arrays changed; `...` leaves one out."""
    with np.load(io.BytesIO(golden_vectors())) as stored:
        arrays = {**stored, **changed}
    buffer = io.BytesIO()
    np.savez(buffer, **{k: v for k, v in arrays.items() if v is not ...})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("golden", "message"),
    [
        (npz(norm_onnx=...), "holds no norm_onnx"),
        (npz(norm_onnx=np.zeros(2, np.float32)), r"expected norm_onnx as <f4 \(3\)"),
        (npz(norm_onnx=np.zeros(3)), "expected norm_onnx as one of"),
        (npz(colour=np.zeros((3, 16, 16, 3), np.uint8)), r"expected colour as \|u1 \(3,32,32,3\)"),
        (npz(colour=np.zeros((3, 32, 32, 4), np.uint8)), "expected colour as"),
        (npz(infrared=np.zeros((2, 32, 32), np.uint8)), "expected infrared as"),
        (npz(depth_mm=np.zeros((3, 32, 32), np.uint8)), r"expected depth_mm as <u2"),
        (npz(depth_mm=np.zeros((3, 32, 32), ">u2")), "expected depth_mm as one of"),
        (npz(colour=np.zeros((3, 32, 32, 3), np.uint8, order="F")), "in the order of C"),
        (npz(present=np.zeros((3, 3), np.uint8)), "no radius for no modality"),
        (npz(present=np.array([[1, 1, 1]] * 2 + [[1, 0, 0]], np.uint8)), "no radius for colour"),
        (npz(present=np.zeros((0, 3), np.uint8)), "expected at least one crop"),
        (npz(present=np.ones((3, 2), np.uint8)), "expected present as"),
        (b"", "it is no zip file"),
        (b"PK", "it is no zip file"),
        (golden_vectors()[:-500], "it is no zip file"),
        (golden_vectors()[500:], ""),
        (golden_vectors()[:60] + bytes(40) + golden_vectors()[100:], ""),
    ],
)
def test_golden_vectors_of_another_form_are_an_error_and_no_proof(
    ask: Ask, tmp_path: Path, golden: bytes, message: str
) -> None:
    bundle = write_tiny_bundle(tmp_path / "b", golden=golden or b"\0")
    whole = rf"BundleError: golden vectors golden\.npz are not usable: .*{message}"
    with pytest.raises(Exception, match=whole):
        ask(PROVE, "onnx", bundle.path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"radii": {"executorch": {"colour": 1.0}}}, "expected radii for onnx"),
        ({"radii": {"onnx": {"colour": 1.0}}}, r"no radius for colour\+depth\+infrared"),
        ({"crop_size": 48}, "expected colour as"),
        ({"embedding_size": 3}, r"expected the model to give embeddings \(3, 3\)"),
        ({"model": b"no model"}, r"onnxruntime-web refuses model\.onnx"),
    ],
)
def test_a_bundle_that_contradicts_itself_is_an_error(
    ask: Ask, tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    bundle = write_tiny_bundle(tmp_path / "b", **changes)
    with pytest.raises(Exception, match=message):
        ask(PROVE, "onnx", bundle.path)


@pytest.mark.parametrize("name", [MODEL_ONNX, GOLDEN])
def test_an_altered_file_is_refused(ask: Ask, tiny_bundle: Bundle, name: str) -> None:
    path = tiny_bundle.path / name
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    escaped = name.replace(".", r"\.")
    with pytest.raises(Exception, match=rf"BundleError: {escaped} was altered: expected sha256"):
        ask(PROVE, "onnx", tiny_bundle.path)


@pytest.mark.parametrize("name", [MODEL_ONNX, GOLDEN, "manifest.json"])
def test_a_missing_file_is_refused(ask: Ask, tiny_bundle: Bundle, name: str) -> None:
    (tiny_bundle.path / name).unlink()
    with pytest.raises(Exception, match=f"cannot read {name} in /bundle/: the server answers 404"):
        ask(PROVE, "onnx", tiny_bundle.path)


def test_a_runtime_without_a_file_is_refused(ask: Ask, tiny_bundle: Bundle) -> None:
    with pytest.raises(Exception, match=r"does not; build one with `python quantize/qat\.py`"):
        ask(PROVE, "onnx_float", tiny_bundle.path)
    with pytest.raises(Exception, match="expected runtime to be one of onnx, onnx_float"):
        ask(PROVE, "constructor", tiny_bundle.path)
