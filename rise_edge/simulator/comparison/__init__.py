"""Comparison: the simulator's faces against recordings of real ones, in numbers."""

from rise_edge.simulator.comparison.compare import Comparison, compare
from rise_edge.simulator.comparison.face_statistics import STATISTICS, face_statistics

__all__ = ["STATISTICS", "Comparison", "compare", "face_statistics"]
