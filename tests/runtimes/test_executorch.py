import subprocess
import sys
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rise_edge import Bundle, BundleError, Checker, Crop, Modality
from rise_edge.errors import MissingExtraError
from rise_edge.runtimes import open_runtime
from rise_edge.selftest import prove
from tests.support.tiny_bundle import RADIUS, SIZE, write_tiny_bundle

pytestmark = pytest.mark.torch

SETS = {"colour+depth+infrared": RADIUS}


def grey_crop(level: int, size: int = SIZE) -> Crop:
    return Crop(
        np.zeros((size, size, 3), np.uint8),
        np.full((size, size), 40_000, np.uint16),
        np.full((size, size), level, np.uint8),
        frozenset(Modality),
    )


def with_pte(folder: Path, pte: bytes, **fields: Any) -> Bundle:
    return write_tiny_bundle(folder, pte=pte, radii={"onnx": SETS, "executorch": SETS}, **fields)


@pytest.fixture(scope="module")
def tiny_pte() -> bytes:
    """The tiny ONNX model's twin."""
    pytest.importorskip("executorch", reason="needs the executorch extra")
    import torch

    from quantize.export.pte_file import lower_to_xnnpack, pte_bytes

    class Tiny(torch.nn.Module):
        def forward(self, colour, depth_mm, infrared, present):  # type: ignore[no-untyped-def]
            norm = infrared.float().mean((1, 2)) / 128
            return norm[:, None] * torch.tensor([[0.6, 0.8]]), norm

    return pte_bytes(lower_to_xnnpack(Tiny(), SIZE))


def test_it_gives_what_onnxruntime_gives(tmp_path: Path, tiny_pte: bytes) -> None:
    bundle = with_pte(tmp_path / "b", tiny_pte)
    crops = [grey_crop(level) for level in (10, 64, 200)]
    ours, theirs = (open_runtime(bundle, name).embed(crops) for name in ("executorch", "onnx"))
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one.vector, other.vector, atol=1e-6)
        assert one.norm == pytest.approx(other.norm, abs=1e-6)
        assert one.present == other.present


@pytest.mark.slow
@pytest.mark.torch
def test_it_opens_the_shipped_bundle_without_a_word() -> None:
    pytest.importorskip("executorch", reason="needs the executorch extra")
    program = "import rise_edge; rise_edge.load(runtime='executorch'); print('opened')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "opened\n", done.stderr
    said = [line for line in done.stderr.splitlines() if not line.startswith("demo: demonstration")]
    assert said == []


def test_a_checker_decides_with_it_by_its_own_radius(tmp_path: Path, tiny_pte: bytes) -> None:
    radii = {"onnx": SETS, "executorch": {"colour+depth+infrared": 1.5}}
    bundle = write_tiny_bundle(tmp_path / "b", pte=tiny_pte, radii=radii)
    crop = grey_crop(128)
    assert Checker(bundle).read(crop).margin == pytest.approx(-1)
    assert Checker(bundle, runtime="executorch").read(crop).margin == pytest.approx(1 / 3)


def test_the_golden_vectors_prove_it(tmp_path: Path, tiny_pte: bytes) -> None:
    proof = prove(with_pte(tmp_path / "b", tiny_pte), "executorch")
    assert proof.holds
    assert proof.count == 3


def test_a_model_that_is_no_model_is_one_clear_error(tmp_path: Path) -> None:
    pytest.importorskip("executorch", reason="needs the executorch extra")
    bundle = with_pte(tmp_path / "b", b"not a model" * 100)
    with pytest.raises(BundleError, match="ExecuTorch refuses its model"):
        open_runtime(bundle, "executorch")


def test_an_embedding_of_another_length_than_the_manifests_is_refused(
    tmp_path: Path, tiny_pte: bytes
) -> None:
    bundle = with_pte(tmp_path / "b", tiny_pte, embedding_size=3)
    with pytest.raises(BundleError, match=r"expected the model to give an embedding \(1, 3\)"):
        open_runtime(bundle, "executorch")


def test_crops_of_another_size_are_refused(tmp_path: Path, tiny_pte: bytes) -> None:
    runtime = open_runtime(with_pte(tmp_path / "b", tiny_pte), "executorch")
    with pytest.raises(ValueError, match="expected crops of 32 pixels, got one of 48"):
        runtime.embed([grey_crop(1), grey_crop(1, size=48)])


def test_a_bundle_without_a_model_for_it_is_refused(tiny_bundle: Bundle) -> None:
    with pytest.raises(BundleError, match=r"expected it to hold model\.pte"):
        open_runtime(tiny_bundle, "executorch")


def test_without_its_package_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rise-edge\[executorch\]'"):
        open_runtime(with_pte(tmp_path / "b", b"x"), "executorch")


def test_the_package_without_torch_is_taken_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in with the calls of executorch-numpy-runtime 1.4.0, which needs Python 3.12."""

    def method(inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
        length = inputs[2].mean((1, 2), dtype=np.float32) / 128
        return [length[:, None] * np.array([[0.6, 0.8]], np.float32), length]

    program = types.SimpleNamespace(load_method=lambda name: method)
    runtime = types.SimpleNamespace(load_program=lambda content: program)
    module = types.ModuleType("executorch_numpy_runtime")
    module.Runtime = types.SimpleNamespace(get=lambda: runtime)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name == module.__name__ or None)
    found = open_runtime(with_pte(tmp_path / "b", b"x"), "executorch").embed([grey_crop(64)])
    assert found[0].norm == pytest.approx(0.5)


def test_naming_it_imports_no_torch() -> None:
    code = "import sys, rise_edge.runtimes.executorch; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
