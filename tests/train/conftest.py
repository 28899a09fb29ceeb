from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_thread():
    """The networks of the tests are too small to share out."""
    torch.set_num_threads(1)
