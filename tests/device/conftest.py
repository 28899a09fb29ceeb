from __future__ import annotations

import ctypes
import os
from pathlib import Path

import pytest

from tests.device.cpp.building import build_library
from tests.device.cpp.interface import declare
from tests.support.once import once


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the one build of the library, its examples and its unit tests."""
    # Sources together and little optimised: a third of the compiler's time. The build with
    # sanitizers compiles each alone.
    options = ("-DCMAKE_UNITY_BUILD=ON", "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG")
    return once(tmp_path_factory, "cpp", lambda at: build_library(at, *options))


@pytest.fixture(scope="session")
def library(built: Path) -> ctypes.CDLL:
    # Python may load the very same libexecutorch.so: its symbols stay apart.
    return declare(ctypes.CDLL(str(built / "librise_edge.so"), mode=os.RTLD_LOCAL))
