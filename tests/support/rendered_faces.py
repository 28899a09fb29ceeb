"""Rendered bona fide views, and what can be done to them: each distortion has a strength."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from rise_edge import Crop, Face, FaceDetector, Frame, Image, Modality, Viewpoint, crop_face
from rise_edge.checks.quality import Quality, measure_quality
from rise_edge.face import face_square
from rise_edge.face.face import NOSE
from rise_edge.simulator import Presentation

Distortion = Callable[[Frame, float], Frame]


@lru_cache
def rendered(domain: str, number: int, later_ms: float = 0.0) -> Frame:
    """A person whom no training has seen, standing in front of the camera, 640x480."""
    one = Presentation(4000 + number, domain=domain, species="bona_fide", subject=400_000 + number)
    return one.frame_at(one.presented_ms + later_ms)


@lru_cache
def detector() -> FaceDetector:
    return FaceDetector()


def faces_of(frame: Frame) -> tuple[Face, ...]:
    assert frame.colour is not None
    return detector().detect(frame.colour.pixels)


def view_of(frame: Frame) -> tuple[tuple[Face, ...], Crop | None]:
    faces = faces_of(frame)
    return faces, crop_face(frame, faces[0]) if faces else None


def quality_of(frame: Frame) -> Quality:
    return measure_quality(frame, *view_of(frame))


def altered(frame: Frame, **pixels: np.ndarray) -> Frame:
    """The frame with the pixels of some modalities replaced."""
    images = {name: replace(getattr(frame, name), pixels=new) for name, new in pixels.items()}
    return replace(frame, **images)


def pixels_of(frame: Frame) -> dict[str, np.ndarray]:
    return {m.value: image.pixels for m in Modality if (image := frame.image(m)) is not None}


def _scaled(pixels: np.ndarray, factor: float) -> np.ndarray:
    highest = np.iinfo(pixels.dtype).max
    return np.clip(pixels * float(factor), 0, highest).astype(pixels.dtype)


def blurred(frame: Frame, mm: float) -> Frame:
    """Colour blurred with a standard deviation of so many millimetres on the face."""
    px = mm / 210 * face_square(faces_of(frame)[0].keypoints).side
    return altered(frame, colour=cv2.GaussianBlur(frame.colour.pixels, (0, 0), px))


def exposed(frame: Frame, grey: float) -> Frame:
    """Colour exposed so that the face has a mean grey, before what exceeds 255 is cut off."""
    measures = quality_of(frame).measures
    assert measures is not None
    return altered(frame, colour=_scaled(frame.colour.pixels, grey / measures.brightness))


def infrared_lit(frame: Frame, factor: float) -> Frame:
    """Infrared brighter by a factor."""
    return altered(frame, infrared=_scaled(frame.infrared.pixels, factor))


def depth_scaled(frame: Frame, factor: float) -> Frame:
    """Everything at another distance, in depth alone."""
    return altered(frame, depth=_scaled(frame.depth.pixels, factor))


def depth_holed(frame: Frame, share: float) -> Frame:
    """A share of the depth readings lost."""
    lost = np.random.default_rng(1).random(frame.depth.pixels.shape) < share
    return altered(frame, depth=np.where(lost, 0, frame.depth.pixels).astype(np.uint16))


def shifted(frame: Frame, share: float) -> Frame:
    """Everything moved aside by a share of the width, away from the middle."""
    width = frame.colour.pixels.shape[1]
    face = face_square(faces_of(frame)[0].keypoints)
    step = share * width if face.cx >= width / 2 else -share * width
    return _warped(frame, np.array([[1, 0, step], [0, 1, 0]], np.float32))


def pushed_out(frame: Frame, share: float) -> Frame:
    """Everything moved aside until a share of the face's square lies outside the image."""
    width = frame.colour.pixels.shape[1]
    face = face_square(faces_of(frame)[0].keypoints)
    return shifted(frame, ((share - 0.5) * face.side + width / 2) / width - _aside(face.cx, width))


def _aside(x: float, width: int) -> float:
    return abs(x / width - 0.5)


def rolled(frame: Frame, deg: float) -> Frame:
    """Everything turned in the image, about the face."""
    face = face_square(faces_of(frame)[0].keypoints)
    return _warped(frame, cv2.getRotationMatrix2D((face.cx, face.cy), deg, 1.0))


def turned(frame: Frame) -> Frame:
    """Every picture turned by 180 degrees, as a camera sees who hangs upside down."""
    images = {m.value: _turned(image) for m in Modality if (image := frame.image(m)) is not None}
    return replace(frame, **images)


def _turned(image: Image) -> Image:
    (height, width), seen = image.pixels.shape[:2], image.viewpoint
    k, half = seen.intrinsics, np.diag([-1.0, -1.0, 1.0])
    viewpoint = Viewpoint(
        replace(k, cx=width - 1 - k.cx, cy=height - 1 - k.cy),
        half @ seen.rotation @ half,
        half @ seen.translation_mm,
    )
    return replace(
        image, pixels=np.ascontiguousarray(image.pixels[::-1, ::-1]), viewpoint=viewpoint
    )


def nose_pressed_in(frame: Frame, mm: float) -> Frame:
    """Depth within 14 mm of the nose tip moved away from the camera."""
    face = faces_of(frame)[0]
    radius = round(14 / 210 * face_square(face.keypoints).side)
    x, y = (round(float(v)) for v in face.keypoints[NOSE])
    near = np.zeros(frame.depth.pixels.shape, np.uint8)
    cv2.circle(near, (x, y), radius, 1, -1)
    depth = frame.depth.pixels + (near * (frame.depth.pixels > 0) * mm).astype(np.uint16)
    return altered(frame, depth=depth)


def _warped(frame: Frame, matrix: np.ndarray) -> Frame:
    height, width = frame.colour.pixels.shape[:2]
    return altered(
        frame,
        **{
            name: cv2.warpAffine(
                pixels,
                matrix,
                (width, height),
                flags=cv2.INTER_NEAREST,
                borderMode=cv2.BORDER_REPLICATE,
            )
            for name, pixels in pixels_of(frame).items()
        },
    )


def covered(frame: Frame, share: float) -> Frame:
    """The lower share of the middle of the face behind an object 100 mm before it."""
    faces, crop = view_of(frame)
    assert crop is not None
    assert crop.distance_mm is not None
    square = face_square(faces[0].keypoints)
    bottom, half = square.cy + square.side / 4, square.side / 4
    rows = slice(int(bottom - share * square.side / 2), int(bottom + half))
    columns = slice(int(square.cx - half), int(square.cx + half))
    pixels = {name: array.copy() for name, array in pixels_of(frame).items()}
    grain = np.random.default_rng(2).integers(0, 40, pixels["infrared"][rows, columns].shape)
    pixels["colour"][rows, columns] = (grain + 90)[..., None]
    pixels["infrared"][rows, columns] = grain + 90
    pixels["depth"][rows, columns] = int(crop.distance_mm) - 100
    return altered(frame, **pixels)


def depth_lost_at_the_mouth(frame: Frame, radius_mm: float) -> Frame:
    """No depth readings within a distance of the mouth's centre."""
    face = faces_of(frame)[0]
    radius = round(radius_mm / 210 * face_square(face.keypoints).side)
    x, y = (round(float(v)) for v in face.keypoints[3])
    depth = frame.depth.pixels.copy()
    cv2.circle(depth, (x, y), radius, 0, -1)
    return altered(frame, depth=depth)


def doubled(frame: Frame, scale: float) -> Frame:
    """The face a second time beside itself, at a scale, in colour."""
    square = face_square(faces_of(frame)[0].keypoints)
    pixels = frame.colour.pixels
    half = round(square.side / 2)
    x, y = round(square.cx), round(square.cy)
    face = pixels[max(0, y - half) : y + half, max(0, x - half) : x + half]
    size = (round(face.shape[1] * scale), round(face.shape[0] * scale))
    face = cv2.resize(face, size, interpolation=cv2.INTER_AREA)
    both = pixels.copy()
    left = 0 if square.cx > pixels.shape[1] / 2 else pixels.shape[1] - face.shape[1]
    both[40 : 40 + face.shape[0], left : left + face.shape[1]] = face
    return altered(frame, colour=both)


def emptied(frame: Frame, grey: float) -> Frame:
    """Nobody there: colour of one grey."""
    return altered(frame, colour=np.full_like(frame.colour.pixels, int(grey)))
