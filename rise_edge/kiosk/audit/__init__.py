"""The audit: how every session ended, in a SQLite file, and never a picture."""

from rise_edge.kiosk.audit.audit import Audit

__all__ = ["Audit"]
