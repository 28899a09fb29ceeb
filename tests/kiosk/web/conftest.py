from __future__ import annotations

from collections.abc import Iterator

import pytest

from rise_edge import Checker
from tests.kiosk.web.watching import Scenes, ServedView
from tests.support.tiny_bundle import write_tiny_bundle


@pytest.fixture(scope="session")
def web_checker(tmp_path_factory: pytest.TempPathFactory) -> Checker:
    return Checker(write_tiny_bundle(tmp_path_factory.mktemp("web") / "tiny"))


@pytest.fixture(scope="session")
def scenes(web_checker: Checker) -> Scenes:
    return Scenes.of(web_checker)


@pytest.fixture
def view(web_checker: Checker) -> Iterator[ServedView]:
    """Served on a free port of the loopback address."""
    with ServedView(web_checker) as served:
        yield served
