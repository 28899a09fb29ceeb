"""Calibration of a bundle for its sensor and its site."""
