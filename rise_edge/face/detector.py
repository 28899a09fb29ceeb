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
_CLOSER_SCORE = 0.6  # of the detections that place the keypoints in the closer look
_CANDIDATE_SCORE = 0.5  # of what may be a face upside down: it is looked at both ways up
_RIVAL_SCORE = 0.6  # of what may be a second face, which can only deny
_UPRIGHT_SCORE = 0.9  # that hardly any face reaches upside down: such a face is upright
_BOTH_WAYS = (4.0, 2.0)  # sides of the windows that are looked at both ways up, in widths
_SURE = 1.0  # difference of the log odds both ways up that needs no second window


class FaceDetector:
    """Finds faces. One instance belongs to one thread.

    Args:
        input_sizes: the networks to try, one after another until one finds a face. 128 finds
            faces from about a seventh of the image's longer side on; 256 finds half as large ones,
            in four times the time.
        min_score: confidence that a face must reach, the way up that it has, in one of the looks.
        max_overlap: detections that overlap more than this (intersection over union) are one face.
        threads: onnxruntime's threads.

    Raises:
        ValueError: an input size is neither 128 nor 256, or there is none.

    Example:
        >>> import numpy as np
        >>> FaceDetector().detect(np.zeros((480, 640, 3), np.uint8))
        ()
    """

    def __init__(
        self,
        input_sizes: Sequence[int] = (128, 256),
        *,
        min_score: float = 0.7,
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

        Only the first must reach `min_score`: what may be another face counts from 60%.

        The keypoints of the first are placed by a closer look. If it is upside down they are too:
        its right eye lies to the image's right, and its roll is about 180 degrees.

        Args:
            colour: u8 (H, W, 3) RGB.
        """
        for network in self._networks:
            faces = self._find(network, colour, min(_CANDIDATE_SCORE, self.min_score))
            certain = [face for face in faces if face.score >= self.min_score]
            if not faces:
                continue
            likeliest = certain[0] if certain else max(faces, key=lambda face: face.score)
            face = self._settle(colour, likeliest)
            if face.score >= self.min_score:
                doubt = min(_RIVAL_SCORE, self.min_score)
                rivals = (f for f in faces if f is not likeliest and f.score >= doubt)
                return (face, *rivals)
        return ()

    def _find(self, network: _BlazeFace, colour: NDArray[np.uint8], min_score: float) -> list[Face]:
        points, scores = network.run(colour, min_score)
        faces = _merge(points, scores, self.max_overlap)
        return sorted(faces, key=lambda face: -face.width)

    def _settle(self, colour: NDArray[np.uint8], found: Face) -> Face:
        """The face with the best score of all looks, and the keypoints of the way up that it has.

        The networks know upright faces, and give one that is upside down the keypoints of an
        upright one and a lower score. Turned by 180 degrees it scores higher.
        """
        face = self._look_closer(colour, found)
        score = max(found.score, face.score)
        if found.score < _UPRIGHT_SCORE:
            evidence, upright, turned = self._both_ways(colour, face)
            if evidence < 0:
                face, score = self._look_closer_turned(colour, face), turned
            else:
                score = max(score, upright)
        return Face(face.box, face.keypoints, score)

    def _look_closer(self, colour: NDArray[np.uint8], face: Face) -> Face:
        """Place a face's keypoints again from a window around it, where its pixels are many.

        In a whole image one pixel of the network spans several of the image: too coarse for the
        crop, which hangs on eyes and mouth.
        """
        window, corner = _window(colour, face, _WINDOW)
        found = self._find(self._networks[0], window, _CLOSER_SCORE) if window.size else []
        return _moved(found[0], corner) if found else face

    def _look_closer_turned(self, colour: NDArray[np.uint8], face: Face) -> Face:
        """The same for a face that is upside down."""
        window, corner = _window(colour, face, _WINDOW)
        turned = np.ascontiguousarray(window[::-1, ::-1])
        found = self._find(self._networks[0], turned, _CLOSER_SCORE)
        if not found:
            x0, y0, x1, y1 = face.box
            return _turned(face, x0 + x1, y0 + y1)
        return _moved(_turned(found[0], window.shape[1], window.shape[0]), corner)

    def _both_ways(self, colour: NDArray[np.uint8], face: Face) -> tuple[float, float, float]:
        """How much rather a face is upright than upside down, and its best score either way.

        The first is a difference of log odds, summed over the windows.
        """
        evidence, upright, turned = 0.0, -np.inf, -np.inf
        for widths in _BOTH_WAYS:
            window, _ = _window(colour, face, widths)
            if window.size == 0:
                break
            as_it_is, other_way = self._networks[0].best_logits(window)
            evidence += as_it_is - other_way
            upright, turned = max(upright, as_it_is), max(turned, other_way)
            if abs(evidence) >= _SURE:
                break
        return evidence, _probability(upright), _probability(turned)


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

    def best_logits(self, colour: NDArray[np.uint8]) -> tuple[float, float]:
        """The highest log odds of a face in a picture, and in the picture turned by 180 degrees."""
        tensor, *_ = _letterbox(colour, self._size)
        return self._best_logit(tensor), self._best_logit(tensor[:, ::-1, ::-1])

    def _best_logit(self, tensor: NDArray[np.float32]) -> float:
        scores = self._session.run(self._outputs[:2], {self._input: np.ascontiguousarray(tensor)})
        return float(max(score.max() for score in scores))


def _probability(logit: float) -> float:
    return float(1 / (1 + np.exp(-logit)))


def _window(
    colour: NDArray[np.uint8], face: Face, widths: float
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """The part of an image around a face, a square before the borders cut it, and its corner.

    Args:
        colour: u8 (H, W, 3) RGB.
        face: in the middle of it.
        widths: the square's side, in widths of the face.
    """
    x0, y0, x1, y1 = face.box
    reach = widths * max(face.width, 1) / 2
    left, top = max(0, round((x0 + x1) / 2 - reach)), max(0, round((y0 + y1) / 2 - reach))
    right, bottom = round((x0 + x1) / 2 + reach), round((y0 + y1) / 2 + reach)
    return colour[top : max(bottom, 0), left : max(right, 0)], (left, top)


def _moved(face: Face, by: tuple[int, int]) -> Face:
    (x0, y0, x1, y1), (dx, dy) = face.box, by
    box = (x0 + dx, y0 + dy, x1 + dx, y1 + dy)
    return Face(box, face.keypoints + np.array(by, np.float32), face.score)


def _turned(face: Face, width: float, height: float) -> Face:
    """A face of a picture of this size, in the picture turned by 180 degrees."""
    x0, y0, x1, y1 = face.box
    box = (width - x1, height - y1, width - x0, height - y0)
    return Face(box, np.array([width, height], np.float32) - face.keypoints, face.score)


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
    left = list(np.argsort(-scores, kind="stable"))
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
