"""Fake quantisation, fine-tuning and conversion to integers."""
