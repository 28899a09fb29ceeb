"""Where colour, infrared and depth look from, found with a printed board."""
