"""Reading files that others wrote, and writing files whole."""
