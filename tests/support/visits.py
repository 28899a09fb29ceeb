from __future__ import annotations

from pathlib import Path

import pytest

from rise_edge.cameras import write_folder
from tests.support.frame_source import visits
from tests.support.once import once


@pytest.fixture(scope="session")
def two_visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of images, to be read: one person, then one attack."""
    return (
        once(
            tmp_path_factory,
            "two visits",
            lambda path: write_folder(visits([40, 90]), path / "images"),
        )
        / "images"
    )


@pytest.fixture(scope="session")
def eight_visits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of images, to be read: eight people, each for as long as a check takes."""
    people = visits([40] * 8, frames_each=9)
    return (
        once(tmp_path_factory, "eight visits", lambda path: write_folder(people, path / "images"))
        / "images"
    )
