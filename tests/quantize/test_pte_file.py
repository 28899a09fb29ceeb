"""Lowering to ExecuTorch, as a user sees it in a terminal."""

import warnings

import pytest

pytest.importorskip("executorch", reason="needs the quantize extra")

from quantize.graph import DeviceGraph, fold_batch_norms
from quantize.pte_file import lower_to_xnnpack, pte_bytes
from train.networks import NetworkConfig, build_network


def test_lowering_warns_of_nothing():
    network = fold_batch_norms(build_network(NetworkConfig(width=4, directions=2)))
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        lowered = lower_to_xnnpack(DeviceGraph(network), 32, "about this file")
    assert b"XnnpackBackend" in pte_bytes(lowered)
