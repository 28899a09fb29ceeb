"""Frames as phones deliver them, for Kotlin as files and for ctypes as structures."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from rise_edge.face.face import LEFT_EYE, MOUTH, RIGHT_EYE
from rise_edge.frame import Intrinsics, Viewpoint
from tests.device.cpp import interface as c
from tests.support.rendered_faces import faces_of, rendered

_PADDING_BYTES = 12
_NAMES = {
    c.RGB8: "RGB8",
    c.YUV420_FULL: "YUV420_FULL",
    c.GREY8: "GREY8",
    c.MM_U16: "DEPTH_MM_U16",
    c.METRES_F32: "DEPTH_METRES_F32",
}


@dataclass(frozen=True, eq=False)
class Plane:
    content: bytes
    row_stride: int = 0
    pixel_stride: int = 0


@dataclass(frozen=True, eq=False)
class Picture:
    kind: int
    width: int
    height: int
    planes: tuple[Plane, ...]
    viewpoint: Viewpoint


@dataclass(frozen=True, eq=False)
class CameraFrame:
    pictures: dict[str, Picture]
    points: NDArray[np.float32]  # right eye, left eye, mouth
    required: int
    rotation_deg: int = 0
    mirrored: bool = False

    def write(self, file: Path) -> Path:
        """The file that `FrameFileCases.kt` reads, and a file for each plane beside it."""
        lines = [
            f"frame {self.rotation_deg} {int(self.mirrored)} {self.required}",
            "face " + " ".join(str(float(x)) for x in self.points.ravel()),
        ]
        for modality, picture in self.pictures.items():
            k = picture.viewpoint.intrinsics
            numbers = (
                k.fx,
                k.fy,
                k.cx,
                k.cy,
                *picture.viewpoint.rotation.ravel(),
                *picture.viewpoint.translation_mm,
            )
            words = (modality, _NAMES[picture.kind], picture.width, picture.height)
            lines.append(" ".join(map(str, (*words, *map(float, numbers)))))
            for number, plane in enumerate(picture.planes):
                content = file.with_name(f"{file.stem}.{modality}{number}")
                content.write_bytes(plane.content)
                lines.append(f"plane {content.name} {plane.row_stride} {plane.pixel_stride}")
        file.write_text("\n".join(lines))
        return file

    def judge(self, library: ctypes.CDLL, checker: ctypes.c_void_p) -> c.CVerdict:
        """The verdict that the C interface gives without Kotlin."""
        images = {modality: _image(picture) for modality, picture in self.pictures.items()}
        pointers = [
            ctypes.pointer(images[m]) if m in images else None
            for m in ("colour", "depth", "infrared")
        ]
        frame = c.CFrame(*pointers, self.rotation_deg, self.mirrored)
        face = c.CFace(*((ctypes.c_float * 2)(*point) for point in self.points))
        verdict = c.CVerdict()
        status = library.rise_check(checker, frame, face, self.required, verdict)
        assert status == c.OK, library.rise_last_error()
        return verdict


def _image(picture: Picture) -> c.CImage:
    planes = (c.Plane * 3)(
        *(
            c.Plane(
                ctypes.cast(ctypes.c_char_p(plane.content), ctypes.c_void_p),
                len(plane.content),
                plane.row_stride,
                plane.pixel_stride,
            )
            for plane in picture.planes
        )
    )
    seen_from = c.viewpoint(picture.viewpoint)
    return c.CImage(picture.kind, picture.width, picture.height, planes, seen_from)


def kiosk_frame() -> CameraFrame:
    """Three sensors, each with a viewpoint in which every number counts and none is another's."""
    frame = rendered("office", 1)
    seen_from = {
        "colour": _placed(601.0, 603.0, 325.0, 236.0, 0.01, (11.0, -3.0, 2.0)),
        "depth": _placed(600.0, 600.0, 319.5, 239.5, 0.0, (0.0, 0.0, 0.0)),
        "infrared": _placed(598.0, 599.0, 317.0, 242.0, -0.02, (-6.0, 4.0, 1.0)),
    }
    kinds = {"colour": c.RGB8, "depth": c.MM_U16, "infrared": c.GREY8}
    pictures = {}
    for modality, kind in kinds.items():
        image = getattr(frame, modality)
        height, width = image.pixels.shape[:2]
        plane = Plane(image.pixels.tobytes())
        pictures[modality] = Picture(kind, width, height, (plane,), seen_from[modality])
    points = faces_of(frame)[0].keypoints[[RIGHT_EYE, LEFT_EYE, MOUTH]]
    return CameraFrame(pictures, points, required=7)


def _placed(
    fx: float, fy: float, cx: float, cy: float, turned: float, moved: tuple[float, ...]
) -> Viewpoint:
    rotation = cv2.Rodrigues(np.array([turned, turned / 2, -turned]))[0]
    return Viewpoint(Intrinsics(fx, fy, cx, cy), rotation, np.array(moved))


def phone_frame() -> CameraFrame:
    """A front camera: lying, mirrored; colour as NV12 with padded rows, depth in metres."""
    frame = rendered("office", 1)
    assert frame.colour is not None
    assert frame.depth is not None
    width = frame.colour.pixels.shape[1]
    points = faces_of(frame)[0].keypoints[[RIGHT_EYE, LEFT_EYE, MOUTH]].copy()
    points[:, 0] = width - 1 - points[:, 0]
    colour = _lying(frame.colour.pixels, frame.colour.viewpoint, _nv12, c.YUV420_FULL)
    depth = _lying(frame.depth.pixels, frame.depth.viewpoint, _metres, c.METRES_F32)
    pictures = {"colour": colour, "depth": depth}
    return CameraFrame(pictures, points, required=3, rotation_deg=90, mirrored=True)


def _lying(pixels: NDArray, viewpoint: Viewpoint, planes_of, kind: int) -> Picture:
    k = viewpoint.intrinsics
    turned = Intrinsics(k.fy, k.fx, k.cy, pixels.shape[1] - 1 - k.cx)
    lying = np.ascontiguousarray(np.rot90(pixels))
    height, width = lying.shape[:2]
    return Picture(kind, width, height, planes_of(lying), Viewpoint(turned))


def _nv12(rgb: NDArray[np.uint8]) -> tuple[Plane, ...]:
    height, width = rgb.shape[:2]
    y, cr, cb = cv2.split(cv2.cvtColor(rgb, cv2.COLOR_RGB2YCrCb))
    small = (width // 2, height // 2)
    chroma = [cv2.resize(plane, small, interpolation=cv2.INTER_AREA) for plane in (cb, cr)]
    luma_rows = np.pad(y, ((0, 0), (0, _PADDING_BYTES)))
    pairs = np.stack(chroma, axis=-1).reshape(height // 2, width)
    pair_rows = np.pad(pairs, ((0, 0), (0, _PADDING_BYTES))).tobytes()
    stride = width + _PADDING_BYTES
    return (
        Plane(luma_rows.tobytes(), stride),
        Plane(pair_rows, stride, 2),
        Plane(pair_rows[1:], stride, 2),
    )


def _metres(depth_mm: NDArray[np.uint16]) -> tuple[Plane, ...]:
    return (Plane((depth_mm / 1000).astype(np.float32).tobytes()),)
