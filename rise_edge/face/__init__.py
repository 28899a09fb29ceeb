"""From a frame to the crop that the model reads: detection and registration of the face."""

from rise_edge.face.crop import CROP_SIZE, Crop, crop_face
from rise_edge.face.detector import FaceDetector
from rise_edge.face.face import Face, Square, face_square

__all__ = ["CROP_SIZE", "Crop", "Face", "FaceDetector", "Square", "crop_face", "face_square"]
