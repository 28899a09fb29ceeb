from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from quantize.int8.fine_tune import FineTuneConfig
from quantize.material import Material
from tests.quantize.builds import Int8Build, int8_build, trained_material
from tests.quantize.small_network import expect_quantize_extra

TARGETS_TUNING = FineTuneConfig(epochs=1, batch_size=32)


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


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """A small network that was trained, and its data; to be read."""
    return trained_material(tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def int8(material: Material) -> Int8Build:
    """The one int8 build, to be read: it takes half a minute."""
    expect_quantize_extra()
    return int8_build(material)


@pytest.fixture(scope="session")
def targets(int8: Int8Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one build for accelerators, of the same run, whose full-precision file it takes over."""
    from quantize import export_targets

    folder, run = tmp_path_factory.mktemp("targets") / "out", int8.material.run
    config = export_targets.TargetsConfig(run.folder, folder, fine_tuning=TARGETS_TUNING, threads=1)
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        # coremltools leaves a temporary folder to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        full = int8.bundle.read("model_float.onnx")
        patch.setattr(export_targets, "float_model", lambda *_: full)
        export_targets.build(int8.material, config)
        gc.collect()
    return folder
