"""Real recordings beside the checkout: test data only, never part of the repository.

They lie in `../shared/real`, or where `$RISE_EDGE_REAL` says. A test that needs them is skipped, by
name, where they are absent.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.needs import by_hand

REAL = Path(os.environ.get("RISE_EDGE_REAL") or Path(__file__).parents[3] / "shared" / "real")

needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason=f"by hand, real recordings in {REAL}: set RISE_EDGE_REAL"
)


def real(*parts: str) -> Path:
    """A file or folder of the real recordings; the running test is skipped where it is absent."""
    path = REAL.joinpath(*parts)
    if not path.exists():
        by_hand(f"real recordings in {path}", "set RISE_EDGE_REAL to their folder")
    return path
