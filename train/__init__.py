"""Full-precision training: networks, algorithms, data sets, evaluation. Not part of the wheel."""
