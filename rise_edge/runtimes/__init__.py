"""Model runtimes behind one interface: crops in, embeddings out."""
