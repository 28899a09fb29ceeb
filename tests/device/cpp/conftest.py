from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from tests.device.cpp.building import build
from tests.device.cpp.interface import declare


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("cpp"))


@pytest.fixture(scope="session")
def sanitised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("cpp-sanitised"), "-DRISE_SANITIZE=ON")


@pytest.fixture(scope="session")
def library(built: Path) -> ctypes.CDLL:
    # Python may load the very same libexecutorch.so: its symbols stay apart.
    return declare(ctypes.CDLL(str(built / "librise_edge.so"), mode=os.RTLD_LOCAL))
