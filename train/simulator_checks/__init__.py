"""What the simulated world must measure up to before anything is learned from it."""
