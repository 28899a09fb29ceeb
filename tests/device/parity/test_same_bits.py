"""The command, on this machine and on imitated ones where they are at hand."""

from __future__ import annotations

import io
import os
import platform
import shutil
from pathlib import Path

import numpy as np
import pytest

from device.parity.arm64_root import is_ready
from device.parity.machines import MACHINES
from device.parity.same_bits import main
from rise_edge.bundle import default_bundle_path
from tests.tiny_bundle import SIZE, golden_vectors, write_tiny_bundle

ROOT = Path(os.environ.get("RISE_EDGE_ARM64_ROOT", Path(__file__).parents[3] / "runs" / "arm64"))
X86 = "SandyBridge"

needs_x86_qemu = pytest.mark.skipif(
    not shutil.which("qemu-x86_64-static") or platform.machine() != "x86_64",
    reason="needs qemu-user-static on x86-64",
)


def golden_file(path: Path, **more: np.ndarray) -> Path:
    with np.load(io.BytesIO(golden_vectors())) as arrays:
        kept = {name: arrays[name] for name in ("colour", "depth_mm", "infrared", "present")}
    np.savez(path, **kept, **more)
    return path


@needs_x86_qemu
def test_a_machine_that_gives_the_same_bits_passes(tmp_path, capsys) -> None:
    bundle = write_tiny_bundle(tmp_path / "tiny")
    golden = golden_file(tmp_path / "golden.npz")
    assert main([str(bundle.path), "--golden", str(golden), "--machines", X86]) == 0
    told = capsys.readouterr().out
    assert "x86-64 SandyBridge (AVX, no AVX2), 1 at a time: 3 of 3 embeddings and 3 norms" in told
    assert told.endswith("every bit is the same\n")


@needs_x86_qemu
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


def test_a_golden_file_without_crops_is_one_clear_error(tmp_path, capsys) -> None:
    golden = tmp_path / "golden.npz"
    np.savez(golden, colour=np.zeros((1, SIZE, SIZE, 3), np.uint8))
    assert main(["--golden", str(golden), "--machines", X86]) != 0
    assert "not usable" in capsys.readouterr().out


@pytest.mark.timeout(900)
@pytest.mark.skipif(not is_ready(ROOT), reason=f"there is no arm64 root in {ROOT}")
@pytest.mark.skipif(not shutil.which("qemu-aarch64-static"), reason="needs qemu-user-static")
def test_the_shipped_model_gives_the_same_bits_on_every_machine(capsys) -> None:
    names = [machine.name for machine in MACHINES]
    code = main([str(default_bundle_path()), "--root", str(ROOT), "--machines", *names])
    assert code == 0, capsys.readouterr().out
