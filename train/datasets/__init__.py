"""Data sets: where training enters the way of the data, at the crop."""
