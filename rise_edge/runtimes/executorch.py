"""The bundle's ExecuTorch model on one of the two packages that run it.

`executorch-numpy-runtime` needs no torch, and Python >= 3.12; it is taken where it is installed.
Otherwise the `executorch` wheel is, which needs torch and takes seconds to import. Neither is
imported before a model is opened.
"""

from __future__ import annotations

import importlib.util
import logging
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.bundle.bundle import MODEL_PTE, Bundle
from rise_edge.decision.embedding import Embedding
from rise_edge.errors import BundleError, MissingExtraError
from rise_edge.face import Crop
from rise_edge.frame import Modality
from rise_edge.runtimes.inputs import tensors
from rise_edge.runtimes.native_log import without_lines

_INPUTS = ("colour", "depth_mm", "infrared", "present")
_NOISE = re.compile(
    rb"(\[|I [\d:.]+ executorch:)(cpuinfo_utils|threadpool)\.cpp:\d+\] "
    rb"(Reading file|Failed to open midr file|CPU info and manual query|Resetting threadpool)"
)
"""What ExecuTorch says as it makes its pool of threads. Files that only ARM processors have are
looked for on every Linux; without them it takes the number of all cores."""
_Arrays = list[NDArray[np.generic]]
_Method = Callable[[_Arrays], _Arrays]


class ExecutorchRuntime:
    """Runs `model.pte`, one crop at a time. One instance belongs to one thread.

    Args:
        bundle: an opened bundle.
        threads: threads of the whole process: ExecuTorch's models share one pool of them, so that
            none may run while one with another number is opened. The package without torch takes
            its own number instead.

    Raises:
        MissingExtraError: neither package is installed.
        BundleError: the model cannot be loaded or run, or breaks the contract of
            `rise_edge.bundle.bundle.Manifest`.
    """

    name = "executorch"

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        content = bundle.read(MODEL_PTE)
        load = _loader(threads)
        self._size = bundle.manifest.crop_size
        self._width = bundle.manifest.embedding_size
        try:
            self._run = load(content)
            with without_lines(_NOISE):
                self._embed_one(_nothing(self._size))
        except BundleError:
            raise
        except Exception as error:  # the two packages' errors share no nearer base
            why = (str(error).splitlines() or [type(error).__name__])[0]
            raise BundleError(
                f"bundle {bundle.path}: ExecuTorch refuses its model: {why}"
            ) from None

    def embed(self, crops: Sequence[Crop]) -> list[Embedding]:
        """Embed crops of the bundle's size, one after another; see `Runtime.embed`."""
        whole = tensors(crops, self._size)
        found = []
        for row, crop in enumerate(crops):
            vector, norm = self._embed_one([whole[name][row : row + 1] for name in _INPUTS])
            found.append(Embedding(vector, norm, crop.present))
        return found

    def _embed_one(self, inputs: _Arrays) -> tuple[NDArray[np.float32], float]:
        outputs = self._run(inputs)
        shapes = [output.shape for output in outputs]
        if shapes != [(1, self._width), (1,)]:
            raise BundleError(
                f"expected the model to give an embedding (1, {self._width}) and a norm (1,), "
                f"got {shapes}; the bundle's manifest is wrong"
            )
        return outputs[0][0].astype(np.float32), float(outputs[1][0])


def _nothing(size: int) -> _Arrays:
    """A crop with nothing on it, to see whether a model runs."""
    everything = frozenset(Modality)
    square = (size, size)
    blank = Crop(
        np.zeros((*square, 3), np.uint8),
        np.zeros(square, np.uint16),
        np.zeros(square, np.uint8),
        everything,
    )
    made = tensors([blank], size)
    return [made[name] for name in _INPUTS]


def _loader(threads: int) -> Callable[[bytes], _Method]:
    """What makes a method of a model file, from the package that is installed."""
    if importlib.util.find_spec("executorch_numpy_runtime"):
        return _load_without_torch
    if importlib.util.find_spec("executorch") and importlib.util.find_spec("torch"):
        return lambda content: _load_with_torch(content, threads)
    raise MissingExtraError(
        "expected ExecuTorch to run model.pte, it is not installed; "
        "install it with `pip install 'rise-edge[executorch]'` or choose the runtime onnx"
    )


def _load_without_torch(content: bytes) -> _Method:
    runtime: Any = importlib.import_module("executorch_numpy_runtime")
    method = runtime.Runtime.get().load_program(content).load_method("forward")
    return lambda inputs: [np.asarray(output) for output in method(inputs)]


def _load_with_torch(content: bytes, threads: int) -> _Method:
    disabled = logging.root.manager.disable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that its Python interface is experimental
        logging.disable(logging.WARNING)  # that torchao lacks kernels for processors not in here
        try:
            runtime: Any = importlib.import_module("executorch.runtime")
            library: Any = importlib.import_module("executorch.extension.pybindings.portable_lib")
        finally:
            logging.disable(disabled)
    with without_lines(_NOISE):
        if library._threadpool_get_thread_count() != threads:
            library._unsafe_reset_threadpool(threads)
    return _TorchMethod(runtime.Runtime.get().load_program(content))


class _TorchMethod:
    """Gives numpy arrays to the `executorch` wheel, which wants tensors."""

    def __init__(self, program: Any) -> None:
        self._torch: Any = importlib.import_module("torch")
        self._program = program  # the method reads the program's memory
        self._method = program.load_method("forward")

    def __call__(self, inputs: _Arrays) -> _Arrays:
        given = [self._torch.from_numpy(np.ascontiguousarray(array)) for array in inputs]
        return [output.numpy().copy() for output in self._method.execute(given)]
