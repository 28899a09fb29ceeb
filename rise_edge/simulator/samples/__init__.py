"""Who is seen, and the crops and films that are taken of them."""
