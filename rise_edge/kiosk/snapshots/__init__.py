"""Kept evidence: the pictures that a session's verdict rests on, in a folder, where asked for."""

from rise_edge.capture.kept import Kept
from rise_edge.kiosk.snapshots.folder import EvidenceFolder, Retention
from rise_edge.kiosk.snapshots.keeper import KEEP, KeptEvidence

__all__ = ["KEEP", "EvidenceFolder", "Kept", "KeptEvidence", "Retention"]
