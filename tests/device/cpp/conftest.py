from __future__ import annotations

from pathlib import Path

import pytest

from tests.device.cpp.building import build_library
from tests.support.once import once


@pytest.fixture(scope="session")
def sanitised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the unit tests under the address and undefined-behaviour sanitizers."""

    def build(folder: Path) -> None:
        build_library(folder, "-DRISE_SANITIZE=ON", target="unit_tests")

    return once(tmp_path_factory, "cpp-sanitised", build)
