"""BlazeFace on onnxruntime: colour image in, faces out."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

import cv2
import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from rise_edge.face.face import Face

_MODELS = {128: "front_128.onnx", 256: "back_256.onnx"}
_GRIDS = ((16, 2), (8, 6))  # cells in a row, anchors a cell: Bazarevsky et al. 2019, section 3
_WINDOW = 2.5  # side of the window for the closer look, in widths of the face


class FaceDetector:
    """Finds faces. One instance belongs to one thread.

    Args:
        input_sizes: the networks to try, one after another until one finds a face. 128 finds
            faces from about a seventh of the image's longer side on; 256 finds half as large ones,
            in four times the time.
        min_score: detections below this confidence are dropped.
        max_overlap: detections that overlap more than this (intersection over union) are one face.
        threads: onnxruntime's threads.

    Raises:
        ValueError: an input size is neither 128 nor 256, or there is none.
    """

    def __init__(
        self,
        input_sizes: Sequence[int] = (128, 256),
        *,
        min_score: float = 0.6,
        max_overlap: float = 0.3,
        threads: int = 1,
    ) -> None:
        if not input_sizes or set(input_sizes) - _MODELS.keys():
            raise ValueError(f"expected input_sizes out of 128 and 256, got {tuple(input_sizes)}")
        self.min_score = min_score
        self.max_overlap = max_overlap
        self._networks = [_BlazeFace(size, threads) for size in input_sizes]

    def detect(self, colour: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Find the faces of a colour image, the largest first.

        Args:
            colour: u8 (H, W, 3) RGB.
        """
        for network in self._networks:
            faces = self._find(network, colour)
            if faces:
                return (self._look_closer(colour, faces[0]), *faces[1:])
        return ()

    def _find(self, network: _BlazeFace, colour: NDArray[np.uint8]) -> list[Face]:
        points, scores = network.run(colour, self.min_score)
        faces = _merge(points, scores, self.max_overlap)
        return sorted(faces, key=lambda face: -face.width)

    def _look_closer(self, colour: NDArray[np.uint8], face: Face) -> Face:
        """Place a face's keypoints anew from a window around it, where its pixels are many.

        In a whole image one pixel of the network spans several of the image: too coarse for the
        crop, which hangs on eyes and mouth.
        """
        x0, y0, x1, y1 = face.box
        reach = _WINDOW * max(face.width, 1) / 2
        left, top = max(0, round((x0 + x1) / 2 - reach)), max(0, round((y0 + y1) / 2 - reach))
        right, bottom = round((x0 + x1) / 2 + reach), round((y0 + y1) / 2 + reach)
        window = colour[top : max(bottom, 0), left : max(right, 0)]
        if window.size == 0:
            return face
        found = self._find(self._networks[0], window)
        if not found:
            return face
        (a, b, c, d), shift = found[0].box, np.array([left, top], np.float32)
        box = (a + left, b + top, c + left, d + top)
        return Face(box, found[0].keypoints + shift, found[0].score)


class _BlazeFace:
    """One network: colour image in, detections in the image's pixels out."""

    def __init__(self, size: int, threads: int) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # the files hold unused initialisers: harmless warnings
        weights = resources.files("rise_edge.face") / "blazeface" / _MODELS[size]
        self._size = size
        self._session = ort.InferenceSession(
            weights.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name
        # Scores of both grids, then boxes of both grids.
        self._outputs = [output.name for output in self._session.get_outputs()]
        self._anchors = _anchors() * np.float32(size)

    def run(
        self, colour: NDArray[np.uint8], min_score: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Centre, extent and six keypoints f32 (n, 8, 2) in image pixels, and scores (n,)."""
        tensor, scale, left, top = _letterbox(colour, self._size)
        scores_16, scores_8, boxes_16, boxes_8 = self._session.run(
            self._outputs, {self._input: tensor}
        )
        logits = np.concatenate([scores_16[0, :, 0], scores_8[0, :, 0]])
        chosen = np.flatnonzero(logits > np.log(min_score / (1 - min_score)))
        points = np.concatenate([boxes_16[0], boxes_8[0]])[chosen].reshape(-1, 8, 2)
        places = [0, 2, 3, 4, 5, 6, 7]  # all but the extent are relative to the anchor
        points[:, places] += self._anchors[chosen][:, None] - (left, top)
        scores = 1 / (1 + np.exp(-logits[chosen]))
        return (points / np.float32(scale)).astype(np.float32), scores.astype(np.float32)


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
