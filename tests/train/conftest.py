from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """The networks of the tests are too small to share out."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def one_thread_again() -> Iterator[None]:
    """A command that a test calls sets the number that it was given, for all tests after it."""
    yield
    torch.set_num_threads(1)


@pytest.fixture(autouse=True, scope="session")
def every_warning():
    """Torch gives some of its warnings once a process: another test would fail in each order."""
    torch.set_warn_always(True)
