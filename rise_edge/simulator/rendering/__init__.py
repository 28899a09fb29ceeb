"""Rendering: shapes and lights in, radiance out."""

from rise_edge.simulator.rendering.canvas import Canvas
from rise_edge.simulator.rendering.hits import Hits, Shape
from rise_edge.simulator.rendering.lighting import Lighting
from rise_edge.simulator.rendering.pose import Pose
from rise_edge.simulator.rendering.view import View

__all__ = ["Canvas", "Hits", "Lighting", "Pose", "Shape", "View"]
