"""Comparison: the simulator's faces against recordings of real ones, in numbers."""

from rise_edge.evaluation.comparison.compare import Comparison, compare
from rise_edge.evaluation.comparison.face_statistics import STATISTICS, face_statistics

__all__ = ["STATISTICS", "Comparison", "compare", "face_statistics"]
