"""What Python says of a picture that a page is shown: colour alone, accepted by name."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

import rise_edge
from rise_edge import Checker, Frame, Image
from rise_edge.cameras.folder.description import assumed_sensor
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.decision.observation import Observation
from rise_edge.frame import COLOUR_ALONE
from rise_edge.simulator import Presentation


@lru_cache
def python_checker(runtime: str) -> Checker:
    """The shipped bundle on a runtime; one for all tests."""
    evidence = EvidenceConfig(required=COLOUR_ALONE, accept_colour_alone=True)
    return rise_edge.load(runtime=runtime, evidence=evidence)


def observed_by_python(pixels: np.ndarray, runtime: str = "onnx_float") -> Observation:
    """What is seen in a picture of an assumed lens, as the page assumes it."""
    height, width = pixels.shape[:2]
    image = Image(pixels, assumed_sensor(width, height).viewpoint, 1, 0.0)
    return python_checker(runtime).observe(Frame(image, None, None))


def attack(number: int, species: str) -> np.ndarray:
    """A simulated attack presentation in colour."""
    shown = Presentation(5000 + number, domain="lobby", species=species, subject=400_100 + number)
    return shown.frame_at(shown.presented_ms).colour.pixels
