from pathlib import Path

import numpy as np
import pytest

from rise_edge import Bundle, BundleError
from rise_edge.selftest import main, prove
from tests.tiny_bundle import golden_vectors, tiny_model, write_tiny_bundle


def test_a_sound_bundle_proves_itself(
    tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tiny_bundle.path)]) == 0
    assert "onnx: 3 golden vectors" in capsys.readouterr().out
    assert prove(tiny_bundle, "onnx").flips == 0


def test_a_model_that_decides_otherwise_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = write_tiny_bundle(tmp_path / "b", model=tiny_model(scale=1.5))
    assert main([str(bundle.path)]) == 1
    assert "1 decisions differ" in capsys.readouterr().out


def test_a_model_of_nan_fails(tmp_path: Path) -> None:
    proof = prove(write_tiny_bundle(tmp_path / "b", model=tiny_model(float("nan"))), "onnx")
    assert not proof.holds
    assert np.isinf(proof.largest_difference)


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", golden_vectors()[:-200]],
    ids=["empty", "no zip", "cut"],
)
def test_unreadable_golden_vectors_are_one_clear_error(tmp_path: Path, content: bytes) -> None:
    bundle = write_tiny_bundle(tmp_path / "b", golden=content or b"\0")
    with pytest.raises(BundleError, match=r"golden\.npz is not usable"):
        prove(bundle, "onnx")


def test_a_missing_bundle_has_its_own_exit_code(tmp_path: Path) -> None:
    assert main([str(tmp_path / "nowhere")]) == BundleError.exit_code
