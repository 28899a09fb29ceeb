"""From model files to a bundle: golden vectors, radii, reports, provenance."""
