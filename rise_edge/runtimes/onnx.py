"""The bundle's ONNX model on onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from rise_edge.bundle import MODEL_ONNX, Bundle
from rise_edge.embedding import Embedding
from rise_edge.errors import BundleError
from rise_edge.face import Crop
from rise_edge.frame import Modality

_INPUTS = {
    "colour": "tensor(uint8)",
    "depth_mm": "tensor(int32)",
    "infrared": "tensor(uint8)",
    "present": "tensor(float)",
}
_OUTPUTS = ["embedding", "norm"]


class OnnxRuntime:
    """Runs `model.onnx`. One instance belongs to one thread.

    Raises:
        BundleError: the model cannot be loaded, or breaks the input contract of
            `rise_edge.bundle.Manifest`.
    """

    name = "onnx"

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(
                bundle.read(MODEL_ONNX), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no nearer base
            why = str(error).splitlines()[0]
            raise BundleError(
                f"bundle {bundle.path}: onnxruntime refuses its model: {why}"
            ) from None
        inputs = {i.name: i.type for i in self._session.get_inputs()}
        outputs = [o.name for o in self._session.get_outputs()]
        if inputs != _INPUTS or sorted(outputs) != sorted(_OUTPUTS):
            raise BundleError(
                f"bundle {bundle.path}: expected a model from {_INPUTS} to {_OUTPUTS}, "
                f"got {inputs} to {outputs}"
            )
        self._size = bundle.manifest.crop_size
        self._width = bundle.manifest.embedding_size

    def embed(self, crops: Sequence[Crop]) -> list[Embedding]:
        """Embed crops of the bundle's size, as one batch; see `Runtime.embed`."""
        vectors, norms = self._session.run(_OUTPUTS, tensors(crops, self._size))
        if vectors.shape != (len(crops), self._width) or norms.shape != (len(crops),):
            raise BundleError(
                f"expected the model to give embeddings ({len(crops)}, {self._width}), "
                f"got {vectors.shape} and norms {norms.shape}; the bundle's manifest is wrong"
            )
        return [
            Embedding(vector, float(norm), crop.present)
            for vector, norm, crop in zip(vectors, norms, crops, strict=True)
        ]


def tensors(crops: Sequence[Crop], size: int) -> dict[str, NDArray[np.generic]]:
    """Stack crops into the model's inputs.

    Raises:
        ValueError: there is no crop, or one has another size.
    """
    if not crops:
        raise ValueError("expected at least one crop, got none")
    wrong = next((crop.size for crop in crops if crop.size != size), None)
    if wrong is not None:
        raise ValueError(f"expected crops of {size} pixels, got one of {wrong}")
    present = [[modality in crop.present for modality in Modality] for crop in crops]
    return {
        "colour": np.stack([crop.colour for crop in crops]),
        "depth_mm": np.stack([crop.depth_mm for crop in crops]).astype(np.int32),
        "infrared": np.stack([crop.infrared for crop in crops]),
        "present": np.asarray(present, np.float32),
    }
