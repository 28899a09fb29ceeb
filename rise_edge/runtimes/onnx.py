"""The bundle's ONNX models on onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnxruntime as ort

from rise_edge.bundle.bundle import Bundle
from rise_edge.decision.embedding import Embedding
from rise_edge.errors import BundleError
from rise_edge.face import Crop
from rise_edge.runtimes.external_data import expect_whole
from rise_edge.runtimes.inputs import tensors
from rise_edge.runtimes.runtime import RUNTIMES
from rise_edge.runtimes.saturation import ask_for_exact_sums

_INPUTS = {
    "colour": "tensor(uint8)",
    "depth_mm": "tensor(int32)",
    "infrared": "tensor(uint8)",
    "present": "tensor(float)",
}
_OUTPUTS = ["embedding", "norm"]

Provider = tuple[str, Mapping[str, object]]
"""The name of an execution provider, and its options."""

PROCESSOR: Provider = ("CPUExecutionProvider", {})


class OnnxRuntime:
    """Runs one of a bundle's ONNX models. One instance belongs to one thread.

    Args:
        bundle: an opened bundle.
        name: name of the runtime, which says which model.
        threads: threads of the network.
        provider: what computes, with its options, as onnxruntime calls them. Another one than the
            processor has to take the whole graph.

    Raises:
        BundleError: the model cannot be loaded, takes data from other files, is not computed by
            that provider alone, or breaks the input contract of `rise_edge.bundle.bundle.Manifest`.
    """

    def __init__(
        self,
        bundle: Bundle,
        name: str = "onnx",
        *,
        threads: int = 1,
        provider: Provider = PROCESSOR,
    ) -> None:
        self.name = name
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        ask_for_exact_sums(options)
        if provider != PROCESSOR:
            options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
        # onnxruntime's own format could name files too, and nobody builds bundles in it.
        options.add_session_config_entry("session.load_model_format", "ONNX")
        content = bundle.read(RUNTIMES[name])
        try:
            expect_whole(content)
            self._session = ort.InferenceSession(
                content, options, providers=[provider], enable_fallback=False
            )
            self._session.disable_fallback()
        except Exception as error:  # onnxruntime's errors share no nearer base
            why = str(error).splitlines()[0]
            raise BundleError(
                f"bundle {bundle.path}: onnxruntime refuses its model: {why}"
            ) from None
        if self._session.get_providers()[0] != provider[0]:
            raise BundleError(
                f"expected {provider[0]} to run {RUNTIMES[name]} of bundle {bundle.path}, "
                f"onnxruntime took {', '.join(self._session.get_providers())}"
            )
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
