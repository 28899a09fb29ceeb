"""What a quantised model decides, how fast, and whether that meets its targets."""
