"""Noise fields: the same on every processor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

DIGEST = """
import hashlib
from rise_edge.simulator.sensors.noise_bank import CHANCE
print(hashlib.sha256(CHANCE.field.tobytes()).hexdigest())
"""
SIMD = "X86_V3 X86_V4 AVX2 FMA3 AVX512F AVX512CD AVX512_SKX AVX512_ICL AVX512_SPR"
"""What NumPy's sort of float32 uses where it is there. With it, the order of equal numbers is
another one, unless the sort is stable."""


def digest(**environment: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
        text=True,
    ).stdout


@pytest.mark.slow
def test_a_processor_without_wide_vectors_draws_the_same_field() -> None:
    assert digest(NPY_DISABLE_CPU_FEATURES=SIMD) == digest()
