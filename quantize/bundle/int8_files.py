"""Int8Files: the model files of an int8 build, and how they were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from quantize.bundle.model_files import ModelFiles
from quantize.export.kernels import Convolutions
from quantize.int8.fine_tune import FineTuneConfig
from quantize.measure.calibrated import Calibrated


@dataclass(frozen=True, eq=False)
class Int8Files(ModelFiles):
    """Files of an int8 model, with the full-precision one beside it as `onnx_float`.

    Attributes:
        method: `qat` or `ptq`.
        fine_tuning: settings with which the model was quantised.
        history: losses of each epoch, none without fine-tuning.
        continued: whether fine-tuning went on from a stored state.
        kernels: runtime -> how it computes the int8 model's convolutions.
    """

    method: str
    fine_tuning: FineTuneConfig
    history: list[dict[str, float]]
    continued: bool
    kernels: Mapping[str, Convolutions]

    @property
    def full_precision(self) -> Calibrated:
        """The model that was quantised."""
        return self.models["onnx_float"]

    @property
    def int8(self) -> dict[str, Calibrated]:
        """Runtime -> the int8 model on it."""
        return {name: model for name, model in self.models.items() if name != "onnx_float"}
