import io
from pathlib import Path

import numpy as np
import pytest

from rise_edge import Bundle, BundleError
from rise_edge.errors import MissingExtraError
from rise_edge.selftest import main, prove
from tests.support.tiny_bundle import RADIUS, golden_vectors, tiny_model, write_tiny_bundle


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
    with pytest.raises(BundleError, match=r"golden\.npz are not usable"):
        prove(bundle, "onnx")


def _file(path: Path, **changes: np.ndarray) -> Path:
    """The tiny bundle's golden vectors with some arrays changed."""
    with np.load(io.BytesIO(golden_vectors())) as arrays:
        np.savez(path, **{**arrays, **changes})
    return path


def test_another_file_of_golden_vectors_is_proved_in_place_of_the_bundles_own(
    tiny_bundle: Bundle, tmp_path: Path
) -> None:
    other = _file(tmp_path / "other.npz", norm_onnx=np.full(3, RADIUS + 1, np.float32))
    assert prove(tiny_bundle, "onnx", other).flips > 0
    assert prove(tiny_bundle, "onnx", _file(tmp_path / "same.npz")).holds


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"present": np.eye(3, dtype=np.uint8)}, "no radius for colour"),
        ({"norm_onnx": np.ones(2, np.float32)}, "norms of shape"),
        (
            {
                "colour": np.zeros((3, 16, 16, 3), np.uint8),
                "depth_mm": np.zeros((3, 16, 16), np.uint16),
                "infrared": np.zeros((3, 16, 16), np.uint8),
            },
            "expected crops of 32 pixels, got 16",
        ),
    ],
)
def test_golden_vectors_of_another_bundle_are_one_clear_error(
    tiny_bundle: Bundle, tmp_path: Path, changes: dict[str, np.ndarray], message: str
) -> None:
    with pytest.raises(BundleError, match=message):
        prove(tiny_bundle, "onnx", _file(tmp_path / "other.npz", **changes))


def test_a_golden_file_that_is_not_there_is_one_clear_error(
    tiny_bundle: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.npz")
    assert main([str(tiny_bundle.path), "--golden", missing]) == BundleError.exit_code
    assert "none.npz are not usable" in capsys.readouterr().err


def test_a_missing_bundle_has_its_own_exit_code(tmp_path: Path) -> None:
    assert main([str(tmp_path / "nowhere")]) == BundleError.exit_code


def test_a_runtime_that_is_not_installed_is_named_and_the_others_are_proved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    bundle = _with_radii_for_both(tmp_path / "b")
    assert main([str(bundle.path)]) == 0
    shown = capsys.readouterr()
    assert "onnx: 3 golden vectors" in shown.out
    assert "executorch: not proved" in shown.err


def test_a_runtime_that_was_asked_for_and_is_not_installed_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    bundle = _with_radii_for_both(tmp_path / "b")
    assert main([str(bundle.path), "--runtime", "executorch"]) == MissingExtraError.exit_code


def test_a_golden_file_that_is_not_usable_is_told_before_a_missing_runtime(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    bundle = _with_radii_for_both(tmp_path / "b")
    words = [str(bundle.path), "--runtime", "executorch", "--golden", str(tmp_path / "none.npz")]
    assert main(words) == BundleError.exit_code


def test_a_runtime_that_the_bundle_was_not_built_for_is_an_error(
    tiny_bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tiny_bundle.path), "--runtime", "executorch"]) == BundleError.exit_code
    assert "it has some for onnx" in capsys.readouterr().err


def _with_radii_for_both(folder: Path) -> Bundle:
    radii = {"colour+depth+infrared": RADIUS}
    return write_tiny_bundle(
        folder, pte=b"not looked at", radii={"onnx": radii, "executorch": radii}
    )
