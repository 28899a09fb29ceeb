"""BlazeFace on onnxruntime: colour image in, faces out."""

from __future__ import annotations

from importlib import resources

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from rise_edge.face.face import Face

_MODELS = {128: "front_128.onnx", 256: "back_256.onnx"}
_GRIDS = ((16, 2), (8, 6))  # cells in a row, anchors a cell: Bazarevsky et al. 2019, section 3


class FaceDetector:
    """Finds faces. One instance belongs to one thread.

    Args:
        input_size: 128 finds faces down to about a tenth of the image's longer side, in a quarter
            of the time of 256, which finds smaller ones too.
        min_score: detections below this confidence are dropped.
        max_overlap: detections that overlap more than this (intersection over union) are one face.
        threads: onnxruntime's threads.

    Raises:
        ValueError: `input_size` is neither 128 nor 256.
    """

    def __init__(
        self,
        input_size: int = 128,
        *,
        min_score: float = 0.6,
        max_overlap: float = 0.3,
        threads: int = 1,
    ) -> None:
        if input_size not in _MODELS:
            raise ValueError(f"expected input_size 128 or 256, got {input_size}")
        self.input_size = input_size
        self.min_score = min_score
        self.max_overlap = max_overlap
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # the files hold unused initialisers: harmless warnings
        weights = resources.files("rise_edge.face") / "blazeface" / _MODELS[input_size]
        self._session = ort.InferenceSession(
            weights.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        # The files hold one output of scores and one of boxes for each grid, scores first.
        self._outputs = [o.name for o in self._session.get_outputs()]
        self._anchors = _anchors()

    def detect(self, colour: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Find the faces of a colour image, the largest first.

        Args:
            colour: u8 (H, W, 3) RGB.
        """
        tensor, scale, left, top = _letterbox(colour, self.input_size)
        scores_16, scores_8, boxes_16, boxes_8 = self._session.run(
            self._outputs, {self._input: tensor}
        )
        logits = np.concatenate([scores_16[0, :, 0], scores_8[0, :, 0]])
        chosen = np.flatnonzero(logits > np.log(self.min_score / (1 - self.min_score)))
        if chosen.size == 0:
            return ()
        raw = np.concatenate([boxes_16[0], boxes_8[0]])[chosen]
        scores = 1 / (1 + np.exp(-logits[chosen]))
        points = raw.reshape(-1, 8, 2)  # centre, extent, then six keypoints
        anchors = self._anchors[chosen] * self.input_size
        points[:, [0, 2, 3, 4, 5, 6, 7]] += anchors[:, None]
        points[:, [0, 2, 3, 4, 5, 6, 7]] -= (left, top)
        points /= scale
        faces = _merge(points, scores, self.max_overlap)
        return tuple(sorted(faces, key=lambda face: -face.width))


def _anchors() -> NDArray[np.float32]:
    """Centres of the 896 anchors, f32 (896, 2), as fractions of the input's side."""
    rows = []
    for cells, repeats in _GRIDS:
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(centres, centres, indexing="ij")
        rows.append(np.repeat(np.stack([x, y], -1).reshape(-1, 2), repeats, axis=0))
    return np.concatenate(rows)


def _letterbox(colour: NDArray[np.uint8], size: int) -> tuple[NDArray[np.float32], float, int, int]:
    """Fit an image into a black square: f32 (1, size, size, 3) in [-1, 1], scale, left, top."""
    height, width = colour.shape[:2]
    scale = size / max(height, width)
    inner = (max(1, round(width * scale)), max(1, round(height * scale)))
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    canvas = np.full((1, size, size, 3), -1, np.float32)
    resized = cv2.resize(colour, inner, interpolation=cv2.INTER_AREA)
    canvas[0, top : top + inner[1], left : left + inner[0]] = resized / np.float32(127.5) - 1
    return canvas, scale, left, top


def _merge(
    points: NDArray[np.float32], scores: NDArray[np.float32], max_overlap: float
) -> list[Face]:
    """Blend overlapping detections, weighted by their scores (the paper's section 3.3).

    Args:
        points: (n, 8, 2) centre, extent, six keypoints, in image pixels.
        scores: (n,).
        max_overlap: intersection over union above which two detections are one face.
    """
    low, high = points[:, 0] - points[:, 1] / 2, points[:, 0] + points[:, 1] / 2
    areas = np.prod(np.maximum(high - low, 0), axis=1)
    left = list(np.argsort(-scores))
    faces = []
    while left:
        best = left[0]
        inner = np.minimum(high[best], high[left]) - np.maximum(low[best], low[left])
        shared = np.prod(np.maximum(inner, 0), axis=1)
        overlap = shared / np.maximum(areas[best] + areas[left] - shared, 1e-9)
        group = [i for i, o in zip(left, overlap, strict=True) if o > max_overlap or i == best]
        weights = scores[group] / scores[group].sum()
        centre, extent, *keypoints = np.tensordot(weights, points[group], axes=1)
        (x0, y0), (x1, y1) = centre - extent / 2, centre + extent / 2
        box = (float(x0), float(y0), float(x1), float(y1))
        faces.append(Face(box, np.stack(keypoints).astype(np.float32), float(scores[best])))
        left = [i for i in left if i not in group]
    return faces
