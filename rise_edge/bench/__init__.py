"""`python -m rise_edge.bench`: what this device takes for a check, and for a kiosk."""
