"""The C interface of `device/cpp/include/rise_edge.h` for ctypes, field by field."""

from __future__ import annotations

import ctypes as c
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rise_edge.decision.lockout import LockoutConfig
from rise_edge.decision.session import SessionConfig
from rise_edge.face import Crop
from rise_edge.frame import Image, Modality, Viewpoint

OK, ARGUMENT, BUNDLE, RUNTIME, MODALITIES, MEMORY, INTERNAL = range(7)
EXECUTORCH, ONNX, ONNX_FLOAT = range(3)
UNDECIDED, LIVE, SPOOF = range(3)
RGB8, RGBA8, BGRA8, YUV420_FULL, YUV420_VIDEO = range(5)
GREY8, GREY16 = 16, 17
MM_U16, DEPTH16_ANDROID, METRES_F32, METRES_F16, DISPARITY_F32, DISPARITY_F16 = range(32, 38)
BITS = {Modality.COLOUR: 1, Modality.DEPTH: 2, Modality.INFRARED: 4}


class Sized(c.Structure):
    """A structure that begins with its size, which is set."""

    def __init__(self, *fields: Any, **named: Any) -> None:
        super().__init__(c.sizeof(self), *fields, **named)


class Plane(c.Structure):
    _fields_ = (
        ("data", c.c_void_p),
        ("size_bytes", c.c_int64),
        ("row_stride", c.c_int32),
        ("pixel_stride", c.c_int32),
    )


class CViewpoint(c.Structure):
    _fields_ = (
        ("fx", c.c_double),
        ("fy", c.c_double),
        ("cx", c.c_double),
        ("cy", c.c_double),
        ("rotation", c.c_double * 9),
        ("translation_mm", c.c_double * 3),
    )


class CImage(Sized):
    _fields_ = (
        ("size", c.c_uint32),
        ("format", c.c_int32),
        ("width", c.c_int32),
        ("height", c.c_int32),
        ("planes", Plane * 3),
        ("viewpoint", CViewpoint),
    )


class CFrame(Sized):
    _fields_ = (
        ("size", c.c_uint32),
        ("colour", c.POINTER(CImage)),
        ("depth", c.POINTER(CImage)),
        ("infrared", c.POINTER(CImage)),
        ("rotation_deg", c.c_int32),
        ("mirrored", c.c_int32),
    )


class CFace(c.Structure):
    _fields_ = (("right_eye", c.c_float * 2), ("left_eye", c.c_float * 2), ("mouth", c.c_float * 2))


class CCrop(c.Structure):
    _fields_ = (
        ("size", c.c_int32),
        ("colour", c.POINTER(c.c_uint8)),
        ("depth_mm", c.POINTER(c.c_uint16)),
        ("infrared", c.POINTER(c.c_uint8)),
        ("side_px", c.c_float),
        ("outside", c.c_float),
        ("distance_mm", c.c_float),
    )


class CReading(c.Structure):
    _fields_ = (
        ("modalities", c.c_uint32),
        ("norm", c.c_float),
        ("radius", c.c_double),
        ("margin", c.c_double),
    )


class CVerdict(Sized):
    _fields_ = (
        ("size", c.c_uint32),
        ("outcome", c.c_int32),
        ("reason", c.c_int32),
        ("reading", CReading),
    )


class CInfo(Sized):
    _fields_ = (
        ("size", c.c_uint32),
        ("simulated", c.c_int32),
        ("crop_size", c.c_int32),
        ("embedding_size", c.c_int32),
        ("name", c.c_char_p),
        ("notice", c.c_char_p),
        ("identity", c.c_char_p),
        ("runtime", c.c_char_p),
    )


class CProof(Sized):
    _fields_ = (
        ("size", c.c_uint32),
        ("count", c.c_int32),
        ("largest_difference", c.c_double),
        ("flips", c.c_int32),
        ("holds", c.c_int32),
        ("line", c.c_char * 128),
    )


class COptions(Sized):
    _fields_ = (
        ("size", c.c_uint32),
        ("min_readings", c.c_int32),
        ("agreement", c.c_double),
        ("deadline_ms", c.c_double),
        ("absent_ms", c.c_double),
        ("retry_ms", c.c_double),
        ("max_step", c.c_double),
        ("max_growth", c.c_double),
        ("false_live", c.c_double),
        ("false_spoof", c.c_double),
        ("delta", c.c_double),
        ("lockout_spoofs", c.c_int32),
        ("lockout_window_ms", c.c_double),
        ("lockout_ms", c.c_double),
    )


_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "rise_version": (c.c_char_p, ()),
    "rise_abi": (c.c_int32, ()),
    "rise_open": (c.c_int32, (c.c_char_p, c.c_int32, c.c_int32, c.POINTER(c.c_void_p))),
    "rise_open_pinned": (
        c.c_int32,
        (c.c_char_p, c.c_int32, c.c_int32, c.c_char_p, c.c_int32, c.POINTER(c.c_void_p)),
    ),
    "rise_close": (None, (c.c_void_p,)),
    "rise_get_info": (c.c_int32, (c.c_void_p, c.POINTER(CInfo))),
    "rise_has_radius": (c.c_int32, (c.c_void_p, c.c_uint32)),
    "rise_accept_colour_alone": (c.c_int32, (c.c_void_p, c.c_int32)),
    "rise_read": (
        c.c_int32,
        (c.c_void_p, c.POINTER(CCrop), c.POINTER(CReading), c.POINTER(c.c_float), c.c_int32),
    ),
    "rise_judge": (c.c_int32, (c.c_void_p, c.POINTER(CCrop), c.c_uint32, c.POINTER(CVerdict))),
    "rise_cut": (
        c.c_int32,
        (c.c_void_p, c.POINTER(CFrame), c.POINTER(CFace), c.c_uint32, c.POINTER(CCrop)),
    ),
    "rise_check": (
        c.c_int32,
        (c.c_void_p, c.POINTER(CFrame), c.POINTER(CFace), c.c_uint32, c.POINTER(CVerdict)),
    ),
    "rise_session_options_default": (c.c_int32, (c.POINTER(COptions),)),
    "rise_session_open": (
        c.c_int32,
        (c.c_void_p, c.c_uint32, c.POINTER(COptions), c.POINTER(c.c_void_p)),
    ),
    "rise_session_close": (None, (c.c_void_p,)),
    "rise_session_frame": (
        c.c_int32,
        (
            c.c_void_p,
            c.POINTER(CFrame),
            c.POINTER(CFace),
            c.c_double,
            c.POINTER(CVerdict),
            c.POINTER(CVerdict),
        ),
    ),
    "rise_selftest": (c.c_int32, (c.c_void_p, c.c_char_p, c.POINTER(CProof))),
    "rise_last_error": (c.c_char_p, ()),
    "rise_status_name": (c.c_char_p, (c.c_int32,)),
    "rise_outcome_name": (c.c_char_p, (c.c_int32,)),
    "rise_reason_name": (c.c_char_p, (c.c_int32,)),
}


def declare(library: c.CDLL) -> c.CDLL:
    """Tell ctypes what every function takes and gives."""
    for name, (gives, takes) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = gives, takes
    return library


def bits(modalities: Iterable[Modality]) -> int:
    return sum(BITS[modality] for modality in modalities)


def viewpoint(of: Viewpoint) -> CViewpoint:
    k = of.intrinsics
    return CViewpoint(
        k.fx,
        k.fy,
        k.cx,
        k.cy,
        (c.c_double * 9)(*of.rotation.ravel()),
        (c.c_double * 3)(*of.translation_mm),
    )


def plane(pixels: NDArray[Any], row_stride: int = 0, pixel_stride: int = 0) -> Plane:
    """A plane over an array, which must outlive it."""
    assert pixels.flags.c_contiguous
    return Plane(pixels.ctypes.data, pixels.nbytes, row_stride, pixel_stride)


def image(kind: int, pixels: NDArray[Any], seen_from: Viewpoint) -> CImage:
    """A picture of one plane over an array, which must outlive it."""
    height, width = pixels.shape[:2]
    planes = (Plane * 3)(plane(pixels))
    return CImage(kind, width, height, planes, viewpoint(seen_from))


def native(of: Image, modality: Modality) -> CImage:
    """A picture of a `rise_edge.Frame` as it is."""
    kind = {Modality.COLOUR: RGB8, Modality.DEPTH: MM_U16, Modality.INFRARED: GREY8}[modality]
    return image(kind, of.pixels, of.viewpoint)


def face(keypoints: NDArray[np.floating]) -> CFace:
    """A face of the keypoints of `rise_edge.face.Face`."""
    right, left, mouth = ((c.c_float * 2)(*keypoints[i]) for i in (0, 1, 3))
    return CFace(right, left, mouth)


def options(of: SessionConfig) -> COptions:
    """A session's options."""
    lockout = of.lockout or LockoutConfig()
    return COptions(
        of.min_readings,
        of.agreement,
        of.deadline_ms,
        of.absent_ms,
        of.retry_ms,
        of.max_step,
        of.max_growth,
        of.test.false_live,
        of.test.false_spoof,
        of.test.delta,
        lockout.spoofs if of.lockout else 0,
        lockout.window_ms,
        lockout.lock_ms,
    )


def crop(of: Crop) -> CCrop:
    """A crop over the arrays of a `rise_edge.face.Crop`, which must outlive it."""

    def pointer(modality: Modality, pixels: NDArray[Any], kind: Any) -> Any:
        return pixels.ctypes.data_as(c.POINTER(kind)) if modality in of.present else None

    return CCrop(
        of.size,
        pointer(Modality.COLOUR, of.colour, c.c_uint8),
        pointer(Modality.DEPTH, of.depth_mm, c.c_uint16),
        pointer(Modality.INFRARED, of.infrared, c.c_uint8),
        0,
        0,
        0,
    )


def pixels(of: CCrop, modality: Modality) -> NDArray[Any]:
    """A copy of a crop's pixels, which the checker owns until its next call."""
    size = of.size
    name = {Modality.COLOUR: "colour", Modality.DEPTH: "depth_mm", Modality.INFRARED: "infrared"}
    shape = (size, size, 3) if modality is Modality.COLOUR else (size, size)
    return np.ctypeslib.as_array(getattr(of, name[modality]), shape).copy()
