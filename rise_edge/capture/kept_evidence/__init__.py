"""Kept evidence: the pictures that a session's verdict rests on, in a folder, where asked for."""

from rise_edge.capture.kept_evidence.folder import EvidenceFolder, Retention
from rise_edge.capture.kept_evidence.keeper import KEEP, KeptEvidence
from rise_edge.capture.kept_evidence.kept import Kept

__all__ = ["KEEP", "EvidenceFolder", "Kept", "KeptEvidence", "Retention"]
