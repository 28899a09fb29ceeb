"""PAC-Bayes bounds on error rates for new people."""
