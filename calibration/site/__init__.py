"""A radius for one site, from sessions that were watched there."""
