"""Crops of pictures that a list names: a user's CSV, the MMDG benchmark."""
