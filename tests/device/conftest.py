from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from tests.device.cpp.building import build_library
from tests.device.cpp.interface import declare
from tests.once import once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the one build of the library, its examples and its unit tests."""
    # Sources together: half the compiler's time. The build with sanitizers compiles each alone.
    return once(tmp_path_factory, "cpp", lambda at: build_library(at, "-DCMAKE_UNITY_BUILD=ON"))


@pytest.fixture(scope="session")
def library(built: Path) -> ctypes.CDLL:
    # Python may load the very same libexecutorch.so: its symbols stay apart.
    return declare(ctypes.CDLL(str(built / "librise_edge.so"), mode=os.RTLD_LOCAL))
