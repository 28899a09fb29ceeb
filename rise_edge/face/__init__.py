"""From a frame to the crop that the model reads: detection and registration of the face."""

from rise_edge.face.crop import CROP_SIZE, Crop, crop_face, cut_square
from rise_edge.face.depth_noise import depth_noise_mm
from rise_edge.face.detector import FaceDetector
from rise_edge.face.face import Face, Square, face_square
from rise_edge.face.head_angles import HeadAngles, head_angles
from rise_edge.face.likeness import likeness
from rise_edge.face.sharpness import sharpness

__all__ = [
    "CROP_SIZE",
    "Crop",
    "Face",
    "FaceDetector",
    "HeadAngles",
    "Square",
    "crop_face",
    "cut_square",
    "depth_noise_mm",
    "face_square",
    "head_angles",
    "likeness",
    "sharpness",
]
