"""The benchmark's cells and tables: one domain left out in turn."""
