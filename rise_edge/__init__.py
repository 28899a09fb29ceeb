"""rise_edge: on-device face presentation attack detection from colour, depth and infrared.

>>> import rise_edge
>>> checker = rise_edge.load()  # the shipped demonstration bundle
>>> checker.bundle.manifest.simulated
True
"""

from rise_edge.bundle.bundle import Bundle, Manifest, open_bundle, write_bundle
from rise_edge.checker import Checker, load
from rise_edge.checks.evidence import EvidenceConfig, StreamGate
from rise_edge.checks.quality import Quality, QualityConfig, measure_quality
from rise_edge.decision.embedding import Embedding
from rise_edge.decision.observation import Observation
from rise_edge.decision.opinion import Opinion
from rise_edge.decision.reading import Reading
from rise_edge.decision.session import SessionConfig, SessionResult, Sessions
from rise_edge.decision.verdict import Outcome, Reason, Verdict
from rise_edge.errors import (
    AuditError,
    BundleError,
    CameraError,
    GuidanceError,
    MissingExtraError,
    OpinionError,
    OutputError,
    RiseEdgeError,
    SiteError,
    TrustError,
)
from rise_edge.face import Crop, Face, FaceDetector, crop_face
from rise_edge.frame import (
    ALL_MODALITIES,
    Frame,
    Image,
    Intrinsics,
    Modality,
    Truth,
    Viewpoint,
)
from rise_edge.second_opinion import SecondOpinion
from rise_edge.site.site_file import Site, read_site, write_site

__version__ = "0.1.0"

__all__ = [
    "ALL_MODALITIES",
    "AuditError",
    "Bundle",
    "BundleError",
    "CameraError",
    "Checker",
    "Crop",
    "Embedding",
    "EvidenceConfig",
    "Face",
    "FaceDetector",
    "Frame",
    "GuidanceError",
    "Image",
    "Intrinsics",
    "Manifest",
    "MissingExtraError",
    "Modality",
    "Observation",
    "Opinion",
    "OpinionError",
    "Outcome",
    "OutputError",
    "Quality",
    "QualityConfig",
    "Reading",
    "Reason",
    "RiseEdgeError",
    "SecondOpinion",
    "SessionConfig",
    "SessionResult",
    "Sessions",
    "Site",
    "SiteError",
    "StreamGate",
    "TrustError",
    "Truth",
    "Verdict",
    "Viewpoint",
    "crop_face",
    "load",
    "measure_quality",
    "open_bundle",
    "read_site",
    "write_bundle",
    "write_site",
]
