"""Cameras: simulated, RealSense, recordings and image folders."""
