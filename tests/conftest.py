from __future__ import annotations

from pathlib import Path

import pytest

import rise_edge
from tests.tiny_bundle import write_tiny_bundle


@pytest.fixture
def tiny_bundle(tmp_path: Path) -> rise_edge.Bundle:
    return write_tiny_bundle(tmp_path / "tiny")


@pytest.fixture
def tiny_checker(tiny_bundle: rise_edge.Bundle) -> rise_edge.Checker:
    return rise_edge.Checker(tiny_bundle)
