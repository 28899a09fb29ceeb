"""rise_edge: on-device face presentation attack detection from colour, depth and infrared.

>>> import rise_edge
>>> checker = rise_edge.load()  # the shipped demonstration bundle
>>> checker.bundle.manifest.simulated
True

The names below are what most programs need. Everything else is in a submodule, which is imported
when it is first named:

>>> rise_edge.cameras.open_camera("simulated").live
False
"""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from rise_edge.bundle.bundle import Bundle, open_bundle
from rise_edge.checker import Checker, load
from rise_edge.checks.evidence import EvidenceConfig
from rise_edge.decision.observation import Observation
from rise_edge.decision.reading import Reading
from rise_edge.decision.session import SessionConfig, Sessions
from rise_edge.decision.verdict import Outcome, Reason, Verdict
from rise_edge.errors import BundleError, CameraError, RiseEdgeError
from rise_edge.face import Crop, Face, FaceDetector, crop_face
from rise_edge.frame import Frame, Image, Intrinsics, Modality, Viewpoint
from rise_edge.second_opinion import SecondOpinion
from rise_edge.site.site_file import Site

if TYPE_CHECKING:
    from rise_edge import bench as bench
    from rise_edge import bundle as bundle
    from rise_edge import cameras as cameras
    from rise_edge import capture as capture
    from rise_edge import check_pictures as check_pictures
    from rise_edge import checker as checker
    from rise_edge import checks as checks
    from rise_edge import decision as decision
    from rise_edge import errors as errors
    from rise_edge import evaluation as evaluation
    from rise_edge import face as face
    from rise_edge import frame as frame
    from rise_edge import frame_pipeline as frame_pipeline
    from rise_edge import guidance as guidance
    from rise_edge import importers as importers
    from rise_edge import kiosk as kiosk
    from rise_edge import pad_metrics as pad_metrics
    from rise_edge import runtimes as runtimes
    from rise_edge import second_opinion as second_opinion
    from rise_edge import selftest as selftest
    from rise_edge import simulator as simulator
    from rise_edge import site as site
    from rise_edge import soak as soak
    from rise_edge import trust as trust

__version__ = "0.1.0"

__all__ = [
    "Bundle",
    "BundleError",
    "CameraError",
    "Checker",
    "Crop",
    "EvidenceConfig",
    "Face",
    "FaceDetector",
    "Frame",
    "Image",
    "Intrinsics",
    "Modality",
    "Observation",
    "Outcome",
    "Reading",
    "Reason",
    "RiseEdgeError",
    "SecondOpinion",
    "SessionConfig",
    "Sessions",
    "Site",
    "Verdict",
    "Viewpoint",
    "crop_face",
    "load",
    "open_bundle",
]

_SUBMODULES = frozenset(
    (
        "bench",
        "bundle",
        "cameras",
        "capture",
        "check_pictures",
        "checker",
        "checks",
        "decision",
        "errors",
        "evaluation",
        "face",
        "frame",
        "frame_pipeline",
        "guidance",
        "importers",
        "kiosk",
        "pad_metrics",
        "runtimes",
        "second_opinion",
        "selftest",
        "simulator",
        "site",
        "soak",
        "trust",
    )
)


def __getattr__(name: str) -> ModuleType:
    """Import a submodule when it is first named (PEP 562)."""
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_SUBMODULES})
