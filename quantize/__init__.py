"""From a trained network to a bundle that devices run. Not part of the wheel."""
