"""The installed library serves another project, which finds it with CMake."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

import rise_edge
from rise_edge.bundle.bundle import default_bundle_path
from tests.device.cpp.building import SOURCE, build, configuring, install
from tests.device.cpp.onnxruntime_sdk import expect_headers

pytestmark = [pytest.mark.native, pytest.mark.needs("c++")]

EXAMPLE = SOURCE / "examples" / "installed"


@pytest.fixture(scope="module")
def prefix(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where it is installed; moved since, as packages are."""
    folder = tmp_path_factory.mktemp("install")
    install(built, folder / "first")
    return (folder / "first").rename(folder / "moved")


@pytest.fixture(scope="module")
def door(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example program, which is a project of its own."""
    folder = tmp_path_factory.mktemp("consumer")
    build(EXAMPLE, folder, f"-DCMAKE_PREFIX_PATH={prefix}")
    return folder / "door"


@pytest.mark.parametrize("runtime", ["executorch", "onnx", "onnx_float"])
def test_a_program_on_it_proves_the_shipped_bundle(door: Path, runtime: str) -> None:
    if runtime != "executorch":
        expect_headers()
    command = [door, default_bundle_path(), runtime]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    version, proof = done.stdout.splitlines()
    assert version == f"rise_edge {rise_edge.__version__}"
    assert proof.startswith(f"{runtime}: ")
    assert proof.endswith(" 0 decisions differ")


def test_the_guide_shows_the_examples_project() -> None:
    shown = (SOURCE / "README.md").read_text().split("```cmake\n")[1].split("```")[0]
    assert shown in (EXAMPLE / "CMakeLists.txt").read_text()


def test_it_does_not_need_the_folder_in_which_it_was_built(built: Path, prefix: Path) -> None:
    (library,) = prefix.glob("lib*/librise_edge.so")
    assert str(built).encode() not in library.read_bytes()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("0.1 REQUIRED", True),
        ("0.1 REQUIRED COMPONENTS executorch", True),
        ("9.0 REQUIRED", False),
        ("0.1 REQUIRED COMPONENTS tensorrt", False),
    ],
)
def test_a_project_gets_the_version_and_the_runtimes_that_it_asks_for(
    prefix: Path, tmp_path: Path, asked: str, found: bool
) -> None:
    text = "cmake_minimum_required(VERSION 3.22)\nproject(consumer LANGUAGES C)\n"
    (tmp_path / "CMakeLists.txt").write_text(f"{text}find_package(rise_edge {asked})\n")
    done = configuring(tmp_path, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={prefix}")
    assert (done.returncode == 0) == found, done.stderr
