"""How a verdict gathers over a presentation, and how margins scatter."""
