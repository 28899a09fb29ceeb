"""Strengths of the augmentation, chosen by the data."""
