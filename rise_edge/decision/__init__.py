"""From embeddings to a verdict: readings, sessions, lock-out."""
