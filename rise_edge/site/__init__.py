"""One site: its radii, and whether it is still what it was."""
