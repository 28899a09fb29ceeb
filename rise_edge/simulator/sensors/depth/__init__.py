"""Depth cameras: stereo, structured light, time of flight."""
