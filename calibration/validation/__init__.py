"""Whether the calibrations keep what they promise, measured by simulation."""
