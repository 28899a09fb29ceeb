"""The one int8 build of all tests: from a training run to a bundle, as its users call it.

A build takes most of a minute, nearly all of it in the exporters of torch and ExecuTorch. What they
were given and what they gave is kept, so that no other test exports the same network again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import onnx
import pytest
import torch
from torch import fx

from quantize.export.device_graph import fold_batch_norms
from quantize.int8.fine_tune import FineTuneConfig
from quantize.material import Material
from rise_edge import Bundle
from tests.support.tiny_bundle import write_tiny_bundle
from tests.train.debug_data import debug_config, debug_splits
from train.loop.checkpoint import open_run
from train.train import train_on

if TYPE_CHECKING:
    from executorch.exir import EdgeProgramManager

    from quantize.bundle.bundle_report import Report
    from quantize.bundle.int8_files import Int8Files
    from quantize.qat import QatConfig

SIZE = 32
_KEPT = ("fine_tuned", "post_training", "onnx_bytes", "lower_to_xnnpack")


@dataclass
class Watched:
    """A function, and all that it returned."""

    function: Callable[..., Any]
    returned: list[Any] = field(default_factory=list)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.returned.append(self.function(*arguments, **options))
        return self.returned[-1]


@dataclass(eq=False)
class Int8Build:
    """A bundle, and what came by on the way to it.

    Attributes:
        material: the training run, and its data.
        config: of the build.
        made: the model files that went into the bundle.
        bundle: that was built.
        before: files of the bundle that was in its place.
        at_the_last_step: those files as they were when the new bundle was written.
        core: the fine-tuned network, converted.
        post_training: the converted network that it was compared with.
        signed: its ONNX file before maps became unsigned.
        lowered: the same graph on XNNPACK.
    """

    material: Material
    config: QatConfig
    made: Int8Files
    bundle: Bundle
    before: dict[str, bytes]
    at_the_last_step: dict[str, bytes]
    core: fx.GraphModule
    post_training: fx.GraphModule
    signed: bytes
    lowered: EdgeProgramManager

    @property
    def network(self) -> torch.nn.Module:
        """What was quantised, in full precision."""
        return fold_batch_norms(self.material.run.algorithm.network)

    @cached_property
    def unsigned(self) -> bytes:
        """The ONNX file whose maps are uint8, with the float head."""
        from quantize.export.unsigned import unsigned_activations

        return unsigned_activations(onnx.load_model_from_string(self.signed)).SerializeToString()


def trained_material(folder: Path) -> Material:
    """A small network that was trained, and its data."""
    config, splits = debug_config(folder / "run", epochs=3), debug_splits()
    train_on(config, splits)
    return Material(open_run(config.out), splits, {"elsewhere": splits.test})


def int8_build(material: Material) -> Int8Build:
    """Build a bundle where another one stands."""
    from quantize import qat
    from quantize.int8 import int8_model

    run = material.run.folder
    tuning = FineTuneConfig(epochs=2, batch_size=32, learning_rate=1e-4)
    config = qat.QatConfig(run, run.parent / "bundle", "debug", fine_tuning=tuning, threads=1)
    write_tiny_bundle(config.bundle)
    before, seen, made = contents(config.bundle), [], []
    write = qat.write

    def watched_write(folder: Path, files: Int8Files, report: Report | None) -> Bundle:
        seen.append(contents(config.bundle))
        made.append(files)
        return write(folder, files, report)

    with pytest.MonkeyPatch.context() as patch:
        kept = {name: Watched(getattr(int8_model, name)) for name in _KEPT}
        for name, watched in kept.items():
            patch.setattr(int8_model, name, watched)
        patch.setattr(qat, "write", watched_write)
        patch.setattr(qat, "LARGE_COUNT", 96)
        bundle = qat.build(material, config, 0.0)
    (core, _), post_training, signed, lowered = (kept[name].returned[0] for name in _KEPT)
    return Int8Build(
        material, config, *made, bundle, before, *seen, core, post_training, signed, lowered
    )


def contents(folder: Path) -> dict[str, bytes]:
    """Name -> bytes of every file of a folder."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}
