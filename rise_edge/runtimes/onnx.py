"""The bundle's ONNX models on onnxruntime."""

from __future__ import annotations

from collections.abc import Sequence

import onnxruntime as ort

from rise_edge.bundle import Bundle
from rise_edge.embedding import Embedding
from rise_edge.errors import BundleError
from rise_edge.face import Crop
from rise_edge.runtimes import RUNTIMES
from rise_edge.runtimes.external_data import expect_whole
from rise_edge.runtimes.inputs import tensors

_INPUTS = {
    "colour": "tensor(uint8)",
    "depth_mm": "tensor(int32)",
    "infrared": "tensor(uint8)",
    "present": "tensor(float)",
}
_OUTPUTS = ["embedding", "norm"]


class OnnxRuntime:
    """Runs `model.onnx` or `model_float.onnx`. One instance belongs to one thread.

    Args:
        bundle: an opened bundle.
        name: `onnx` or `onnx_float`.
        threads: of the network.

    Raises:
        BundleError: the model cannot be loaded, takes data from other files, or breaks the
            input contract of `rise_edge.bundle.Manifest`.
    """

    def __init__(self, bundle: Bundle, name: str = "onnx", *, threads: int = 1) -> None:
        self.name = name
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # onnxruntime's own format could name files too, and nobody builds bundles in it.
        options.add_session_config_entry("session.load_model_format", "ONNX")
        content = bundle.read(RUNTIMES[name])
        try:
            expect_whole(content)
            self._session = ort.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
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
