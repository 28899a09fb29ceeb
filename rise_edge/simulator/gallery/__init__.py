"""Pictures of the simulated world for people."""
