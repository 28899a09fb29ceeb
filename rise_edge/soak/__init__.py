"""The soak: many frames, with faults, through the real loop, and what must hold at its end."""
