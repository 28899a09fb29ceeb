"""git leaves a bundle's bytes alone, however it is told to treat line endings."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import rise_edge
from rise_edge.bundle.bundle import default_bundle_path

ROOT = Path(__file__).parents[2]
PLAIN = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(*arguments: str, folder: Path) -> None:
    author = ("-c", "user.name=test", "-c", "user.email=test@localhost")
    subprocess.run(["git", *author, *arguments], cwd=folder, env=PLAIN, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """One that holds the shipped bundle and this project's .gitattributes."""
    path = tmp_path / "repository"
    shutil.copytree(default_bundle_path(), path / "rise_edge" / "models" / "demo")
    shutil.copy(ROOT / ".gitattributes", path)
    (path / "text.txt").write_bytes(b"one\ntwo\n")
    git("init", "--quiet", folder=path)
    git("add", ".", folder=path)
    git("commit", "--quiet", "--message", "all", folder=path)
    return path


@pytest.mark.parametrize("autocrlf", ["true", "input", "false"])
def test_the_shipped_bundle_opens_from_a_clone(
    repository: Path, tmp_path: Path, autocrlf: str
) -> None:
    flags = ("--quiet", "-c", f"core.autocrlf={autocrlf}")
    git("clone", *flags, str(repository), "clone", folder=tmp_path)
    bundle = rise_edge.open_bundle(tmp_path / "clone" / "rise_edge" / "models" / "demo")
    assert bundle.identity == rise_edge.open_bundle(default_bundle_path()).identity
    assert (tmp_path / "clone" / "text.txt").read_bytes() == b"one\ntwo\n"
