"""A world in colour, depth and infrared where the truth is known: people, attacks and sensors."""

from rise_edge.simulator.radiance import Radiance

__all__ = ["Radiance"]
