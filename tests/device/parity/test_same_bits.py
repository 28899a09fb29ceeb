"""The command, on this machine and on imitated ones where they are at hand."""

from __future__ import annotations

import io
import os
import platform
from pathlib import Path

import numpy as np
import pytest

from device.parity.arm64_root import FOLDER, is_ready
from device.parity.same_bits import main
from rise_edge.bundle.bundle import GOLDEN, default_bundle_path
from rise_edge.errors import BundleError
from tests.support.needs import missing
from tests.support.tiny_bundle import SIZE, golden_vectors, write_tiny_bundle

PROJECT = Path(__file__).parents[3]
ROOT = Path(os.environ.get("RISE_EDGE_ARM64_ROOT", PROJECT / FOLDER))
X86 = "SandyBridge"
_ARRAYS = ("colour", "depth_mm", "infrared", "present")

_on_x86 = pytest.mark.skipif(platform.machine() != "x86_64", reason="runs this Python itself")


def runs_on_another_x86(test):
    return pytest.mark.needs("qemu")(_on_x86(test))


def golden_file(path: Path, **more: np.ndarray) -> Path:
    with np.load(io.BytesIO(golden_vectors())) as arrays:
        kept = {name: arrays[name] for name in _ARRAYS}
    np.savez(path, **kept, **more)
    return path


@runs_on_another_x86
def test_a_machine_that_gives_the_same_bits_passes(tmp_path, capsys) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny")
    golden = golden_file(tmp_path / "golden.npz")
    assert main([str(bundle.path), "--golden", str(golden), "--machines", X86]) == 0
    told = capsys.readouterr().out
    assert "x86-64 SandyBridge (AVX, no AVX2), 1 at a time: 3 of 3 embeddings and 3 norms" in told
    assert told.endswith("every bit is the same\n")


@runs_on_another_x86
def test_one_bit_beside_what_the_build_wrote_is_an_exit_code(tmp_path, capsys) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny")
    norm = np.array([0.25, 0.5, np.nextafter(np.float32(0.75), np.float32(1))], np.float32)
    vectors = norm[:, None] * np.array([0.6, 0.8], np.float32)
    golden = golden_file(tmp_path / "golden.npz", norm_onnx=norm, embedding_onnx=vectors)
    assert main([str(bundle.path), "--golden", str(golden), "--machines", X86]) == 1
    told = capsys.readouterr().out
    assert "what the build wrote: " in told
    assert "2 norms have the same bits" in told


def test_a_missing_qemu_is_named_with_its_package(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["--machines", "cortex-a76", "--root", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "expected qemu-aarch64-static, found none; apt-get install qemu-user-static" in told


@pytest.mark.parametrize(
    ("arrays", "why"),
    [
        ({"colour": np.zeros((1, SIZE, SIZE, 3), np.uint8)}, "not usable"),
        (
            dict.fromkeys(("colour", "depth_mm", "infrared", "present"), np.zeros(0)),
            "of 112 pixels",
        ),
    ],
    ids=["no depth", "no crops"],
)
def test_bad_golden_vectors_are_told_before_a_missing_qemu(
    tmp_path, capsys, monkeypatch, arrays, why
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    golden = tmp_path / "golden.npz"
    np.savez(golden, **arrays)
    assert main(["--golden", str(golden), "--root", str(tmp_path)]) == BundleError.exit_code
    assert why in capsys.readouterr().out


def test_a_bundle_without_the_int8_onnx_model_is_refused(tmp_path, capsys) -> None:
    radii = {"executorch": {"colour+depth+infrared": 0.5}}
    bundle = write_tiny_bundle(tmp_path / "tiny", pte=b"not looked at", radii=radii)
    assert main([str(bundle.path), "--root", str(tmp_path)]) == BundleError.exit_code
    assert "expected radii for onnx" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.needs("qemu")
def test_the_shipped_model_gives_the_same_bits_on_arm64(tmp_path, capsys) -> None:
    if not is_ready(ROOT):
        missing("arm64 root", f"python device/parity/arm64_root.py {FOLDER}")
    golden = tmp_path / "golden.npz"
    with np.load(default_bundle_path() / GOLDEN) as arrays:
        np.savez(golden, **{name: rows[::4] for name, rows in arrays.items()})
    words = ["--golden", str(golden), "--root", str(ROOT), "--machines", "cortex-a76"]
    assert main(words) == 0, capsys.readouterr().out
