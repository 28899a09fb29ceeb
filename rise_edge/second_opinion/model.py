"""Model: one ONNX file that was trained on real data, asked as its description says."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from rise_edge.errors import OpinionError
from rise_edge.files.plain_file import read_plain_file
from rise_edge.runtimes.external_data import expect_whole
from rise_edge.second_opinion.description import OpinionDescription
from rise_edge.second_opinion.patch import Box, cut_patch

_MAX_BYTES = 256 * 1024 * 1024
_ALREADY = 1e-4  # how near 1 the sum of probabilities comes in f32; logits hardly ever do


class OpinionModel:
    """Scores faces with one model. One instance belongs to one thread.

    Args:
        path: path of the `.onnx` file.
        description: how it is asked.
        threads: threads of the network.

    Attributes:
        path, description: what was given.
        sha256: SHA-256 of the file, in hexadecimal.

    Raises:
        OpinionError: the file is missing, takes data from other files, or is no model from one
            picture of the described size to the described answer.
    """

    def __init__(self, path: Path, description: OpinionDescription, *, threads: int = 1) -> None:
        self.path = path
        self.description = description
        content = _read(path)
        self.sha256 = hashlib.sha256(content).hexdigest()
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        options.add_session_config_entry("session.load_model_format", "ONNX")
        try:
            expect_whole(content)
            self._session = ort.InferenceSession(
                content, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime's errors share no nearer base
            raise self._refused(error) from None
        self._input, self._channels_first = self._find_input()
        self._prove()

    def score(self, colour: NDArray[np.uint8], box: Box) -> float:
        """How much a face looks like an attack, from 0 to 1.

        Args:
            colour: u8 (H, W, 3) RGB, the whole picture: the model needs what is around the face.
            box: box of the face in it: x0, y0, x1, y1.

        Raises:
            OpinionError: the model fails, or its answer is no probability.
        """
        try:
            answer = self._run(cut_patch(colour, box, self.description))
            probability = self._probability(answer)
        except Exception as error:  # onnxruntime's errors share no nearer base
            raise self._refused(error) from None
        return probability if self.description.output_means == "attack" else 1 - probability

    def _find_input(self) -> tuple[str, bool]:
        inputs = self._session.get_inputs()
        wanted = self.description
        if len(inputs) == 1 and inputs[0].type == "tensor(float)" and len(inputs[0].shape) == 4:
            one = inputs[0]
            for channels_first, sides in ((True, one.shape[2:]), (False, one.shape[1:3])):
                channels = one.shape[1 if channels_first else 3]
                fits = all(
                    not isinstance(there, int) or there == side
                    for there, side in zip(sides, (wanted.height, wanted.width), strict=True)
                )
                if channels == 3 and fits:
                    return one.name, channels_first
        found = ", ".join(f"{each.type} {each.shape}" for each in inputs)
        raise OpinionError(
            f"second opinion {self.path}: expected one input of float pictures "
            f"{wanted.height}x{wanted.width} with 3 channels, got {found}"
        )

    def _prove(self) -> None:
        """Run the model once, so that one that cannot answer is refused at the start."""
        wanted = self.description
        grey = np.full((wanted.height, wanted.width, 3), 128, np.uint8)
        self.score(grey, (0.0, 0.0, float(wanted.width), float(wanted.height)))
        answer = self._run(cut_patch(grey, (0, 0, wanted.width, wanted.height), wanted))
        probabilities = bool((answer >= 0).all() and abs(float(answer.sum()) - 1) <= _ALREADY)
        if wanted.activation == "softmax" and probabilities:
            raise OpinionError(
                f"second opinion {self.path}: expected an answer before its softmax, got "
                'probabilities; write "activation": "none" in its description'
            )

    def _run(self, patch: NDArray[np.float32]) -> NDArray[np.float64]:
        tensor = patch.transpose(2, 0, 1) if self._channels_first else patch
        answers: list[Any] = self._session.run(
            None, {self._input: np.ascontiguousarray(tensor[np.newaxis])}
        )
        answer = np.asarray(answers[0], np.float64)
        wanted = self.description.output
        if answer.ndim != 2 or answer.shape[0] != 1 or answer.shape[1] <= wanted:
            raise ValueError(f"expected an answer (1, > {wanted}), got {answer.shape}")
        return np.asarray(answer[0])

    def _probability(self, answer: NDArray[np.float64]) -> float:
        kind, output = self.description.activation, self.description.output
        if not np.isfinite(answer).all():
            raise ValueError(f"expected numbers, got {answer.tolist()}")
        if kind == "softmax":
            powers = np.exp(answer - answer.max())
            return float(powers[output] / powers.sum())
        value = float(answer[output])
        if kind == "sigmoid":
            return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
        if not 0 <= value <= 1:
            raise ValueError(f"expected a probability, got {value}")
        return value

    def _refused(self, error: Exception) -> OpinionError:
        why = str(error).splitlines()[0] if str(error) else repr(error)
        return OpinionError(f"second opinion {self.path.name}: {why}")


def _read(path: Path) -> bytes:
    try:
        return read_plain_file(path, _MAX_BYTES)
    except OSError as error:
        raise OpinionError(f"cannot read second opinion {path}: {error.strerror}") from None
    except ValueError as error:
        raise OpinionError(f"second opinion {path}: {error}") from None
