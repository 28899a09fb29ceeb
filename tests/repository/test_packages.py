"""What is built for installing holds the library, all of it, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

import rise_edge

ROOT = Path(__file__).parents[2]
NAME = f"rise_edge-{rise_edge.__version__}"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked source distribution of this checkout."""
    folder = tmp_path_factory.mktemp("source")
    build(ROOT, "sdist", folder)
    with tarfile.open(folder / f"{NAME}.tar.gz") as archive:
        # Debian 12's Python 3.11.2 has no filters yet; a newer one warns without.
        checked = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, **checked)
    return folder / NAME


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the source distribution builds."""
    folder = tmp_path_factory.mktemp("wheel")
    build(source, "wheel", folder)
    return folder / f"{NAME}-py3-none-any.whl"


def build(folder: Path, target: str, out: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", out]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def tracked(*folders: str) -> set[str]:
    """What a commit of everything would hold: files that git tracks, or would not ignore."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others"]
    command += ["--exclude-standard", *folders]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.splitlines() if (ROOT / name).is_file()}


def test_the_wheel_holds_every_file_of_the_library_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == tracked("rise_edge")


@pytest.mark.parametrize(
    "name",
    [
        "rise_edge/py.typed",
        "rise_edge/models/demo/manifest.json",
        "rise_edge/models/demo/model.onnx",
        "rise_edge/models/demo/golden.npz",
        "rise_edge/face/blazeface/front_128.onnx",
        "rise_edge/guidance/de.json",
        "rise_edge/kiosk/web/pages/person.html",
        f"{NAME}.dist-info/licenses/LICENSE",
        f"{NAME}.dist-info/licenses/rise_edge/face/blazeface/LICENSE",
    ],
)
def test_the_wheel_holds_what_is_not_code(wheel: Path, name: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert name in archive.namelist()


def test_the_source_distribution_holds_the_library_and_its_papers_alone(source: Path) -> None:
    names = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    papers = {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", ".gitignore", "PKG-INFO"}
    assert names == tracked("rise_edge") | papers


def test_the_wheel_installs_and_proves_its_model(wheel: Path, tmp_path: Path) -> None:
    place = tmp_path / "venv"
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python]
    install = ["install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run([*pip, *install], check=True, capture_output=True)
    packages = next((place / "lib").glob("python*/site-packages"))
    # What it depends on is not installed a second time. This file's .pth files are not read there,
    # so that an editable rise_edge is not found.
    (packages / "installed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    environ = {name: text for name, text in os.environ.items() if name != "PYTHONPATH"}
    command = [place / "bin" / "rise-edge", "selftest", "--runtime", "onnx"]
    ran = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    where = [python, "-c", "import rise_edge; print(rise_edge.__file__)"]
    found = subprocess.run(where, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert Path(found.stdout.strip()).is_relative_to(packages)
