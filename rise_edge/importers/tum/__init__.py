"""Sequences in the layout of the TUM RGB-D benchmark."""
